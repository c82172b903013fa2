/**
 * Where in a JSON text a path such as `States.Order.Choices.0.Next` leads, so that a problem stands beside its line.
 *
 * The server names places by path, because it reads values; the editor's own tree of the text knows where they are. A name may hold
 * dots itself, so all ways to read a path are tried and the one that leads furthest is taken.
 */

/** @typedef {import("@lezer/common").SyntaxNode} SyntaxNode */
/** @typedef {import("@lezer/common").Tree} Tree */
/** @typedef {{from: number, to: number}} Place */
/** @typedef {(from: number, to: number) => string} Slice */

/**
 * @param {Tree} tree of the JSON language
 * @param {Slice} slice the text between two offsets
 * @param {string} path "" is the whole
 * @returns {Place} of the value, or of its name when the value holds others; of the nearest part that there is
 */
export function placeOf(tree, slice, path) {
  const root = tree.topNode.firstChild;
  if (path === '') return firstError(tree) ?? opening(root, tree.length);
  const found = root ? follow(root, null, path, slice) : null;
  return found ? shown(found.node, found.name, tree.length) : opening(root, tree.length);
}

/**
 * @typedef {{node: SyntaxNode, name: SyntaxNode | null, left: number}} Found
 * @param {SyntaxNode} node
 * @param {SyntaxNode | null} name of the property whose value the node is
 * @param {string} path
 * @param {Slice} slice
 * @returns {Found} `left` counts the letters of the path that lead nowhere
 */
function follow(node, name, path, slice) {
  /** @type {Found} */
  let best = { node, name, left: path.length };
  for (const step of path ? steps(node, path, slice) : []) {
    const found = follow(step.node, step.name, path.slice(step.length + 1), slice);
    const missed = found.left > 0 && found.left === best.left; // what is missing is missing in something that holds others
    if (found.left < best.left || (missed && holds(found.node) && !holds(best.node))) best = found;
  }
  return best;
}

/**
 * @param {SyntaxNode} node
 * @param {string} path
 * @param {Slice} slice
 * @returns {{node: SyntaxNode, name: SyntaxNode | null, length: number}[]} the parts whose name the path may begin with
 */
function steps(node, path, slice) {
  if (node.name === 'Array') {
    const place = /^(\d+)(?:\.|$)/.exec(path);
    const item = place ? items(node)[Number(place[1])] : undefined;
    return place && item ? [{ node: item, name: null, length: place[1].length }] : [];
  }
  if (node.name !== 'Object') return [];
  return node.getChildren('Property').flatMap((property) => {
    const name = property.getChild('PropertyName');
    const said = name ? unquoted(slice(name.from, name.to)) : null;
    if (!name || said === null || !(path === said || path.startsWith(`${said}.`))) return [];
    const value = property.lastChild;
    return [{ node: value && value.from > name.from ? value : name, name, length: said.length }];
  });
}

/** @param {SyntaxNode} array */
function items(array) {
  const found = [];
  for (let child = array.firstChild; child; child = child.nextSibling) {
    if (/^[A-Z]/.test(child.name)) found.push(child);
  }
  return found;
}

/** @param {string} text a string of JSON, quotes included */
function unquoted(text) {
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}

/** @param {SyntaxNode} node */
function holds(node) {
  return node.name === 'Object' || node.name === 'Array';
}

/**
 * @param {SyntaxNode} node
 * @param {SyntaxNode | null} name
 * @param {number} length
 * @returns {Place}
 */
function shown(node, name, length) {
  if (!holds(node)) return { from: node.from, to: node.to };
  return name ? { from: name.from, to: name.to } : opening(node, length);
}

/**
 * @param {SyntaxNode | null} node
 * @param {number} length
 * @returns {Place} the first letter: a bracket that opens
 */
function opening(node, length) {
  const from = node?.from ?? 0;
  return { from, to: Math.min(from + 1, length) };
}

/**
 * @param {Tree} tree
 * @returns {Place | null} where the text stops being JSON
 */
function firstError(tree) {
  /** @type {Place | null} */
  let found = null;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && !found) {
        const from = node.from === tree.length ? Math.max(0, node.from - 1) : node.from;
        found = { from, to: Math.min(Math.max(node.to, from + 1), tree.length) };
      }
      return !found;
    },
  });
  return found;
}
