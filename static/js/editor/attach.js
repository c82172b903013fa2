/**
 * Finds the text fields that hold a definition and makes editors of them; the editor itself is loaded only where there is one.
 *
 * `<textarea data-definition="…">` names the address that answers what is wrong with a text (docs/PROTOCOL.md, "Checking a text").
 * Without this script it is a plain field, and the server's answer lists the same problems.
 */

/** @param {ParentNode} root */
export async function attachDefinitionEditors(root) {
  const fields = root.querySelectorAll('textarea[data-definition]:not([data-edited])');
  if (!fields.length) return;
  for (const field of fields) field.setAttribute('data-edited', '');
  const { DefinitionEditor } = await import('app/editor/definition-editor.js');
  for (const field of fields) {
    if (field instanceof HTMLTextAreaElement && field.isConnected) new DefinitionEditor(field);
  }
}
