"""What engine, folds and patterns must not do, because a run has to be the same on any machine and at any time.

No wall clock, no input or output, no threads, no chance except a seeded stream, and nothing whose result depends on
the order of a set or on where an object lies in memory. A set may be sorted, counted and asked; only its order is
forbidden. Source: Python Language Reference, `object.__hash__` (the hashes of strings differ from process to
process).
"""

import ast
from collections.abc import Iterator

BANNED_MODULES = {
    "asyncio": "a run has no event loop",
    "concurrent": "a run has one thread",
    "logging": "what happens is said in the trace",
    "multiprocessing": "a run has one process",
    "os": "a run knows no machine",
    "secrets": "chance comes from a seeded stream",
    "socket": "a run has no network",
    "subprocess": "a run has one process",
    "threading": "a run has one thread",
    "time": "time is the kernel's",
}
BANNED_CALLS = {
    "hash": "differs from process to process",
    "id": "differs from process to process",
    "input": "a run asks nobody",
    "open": "a run does no input or output",
    "print": "what happens is said in the trace",
}
BANNED_NAMES = {"uuid1": "depends on the clock", "uuid4": "is drawn outside the seeded streams"}
WALL_CLOCK = ("now", "utcnow", "today", "fromtimestamp")
ORDER_DOES_NOT_MATTER = ("sorted", "len", "min", "max", "any", "all", "set", "frozenset", "bool", "isinstance")
SET_TYPES = ("set", "frozenset", "Set", "AbstractSet", "MutableSet")
SET_METHODS = ("union", "intersection", "difference", "symmetric_difference", "copy")


def complaints(module: str, source: str) -> list[str]:
    tree = ast.parse(source)
    found = [*_banned_imports(tree), *_banned_uses(tree), *_ordered_sets(tree)]
    return [f"{module}, line {line}: {problem}" for line, problem in sorted(found)]


def _banned_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        origins = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
        for origin in origins:
            outer = origin.split(".")[0]
            if outer in BANNED_MODULES and not getattr(node, "level", 0):
                yield node.lineno, f"imports {outer}: {BANNED_MODULES[outer]}"
            if outer == "random" and isinstance(node, ast.ImportFrom) and names != ["Random"]:
                yield node.lineno, "imports from random more than Random: chance comes from a seeded stream"


def _banned_uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A `random` that is not the module is somebody's seeded stream."""
    has_random = any(
        alias.name == "random" for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS:
            yield node.lineno, f"calls {node.func.id}(): {BANNED_CALLS[node.func.id]}"
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        name = node.name if isinstance(node, ast.alias) else name
        if name in BANNED_NAMES:
            yield node.lineno, f"uses {name}: {BANNED_NAMES[name]}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if has_random and node.value.id == "random" and node.attr != "Random":
                yield node.lineno, f"uses random.{node.attr}: chance comes from a seeded stream"
        if (
            isinstance(node, ast.Attribute)
            and node.attr in WALL_CLOCK
            and _last_name(node.value) in ("datetime", "date")
        ):
            yield node.lineno, f"uses {_last_name(node.value)}.{node.attr}: time is the kernel's"


def _ordered_sets(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every place where the order of something we can see to be a set would show."""
    returning = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_set_type(node.returns)
    }
    yield from _Orders(returning).look(tree, set())


class _Orders:
    """Walks scope by scope, knowing which names hold sets: those annotated so, or given a set."""

    def __init__(self, returning: set[str]) -> None:
        self.returning = returning
        self.attributes: set[str] = set()

    def look(self, scope: ast.AST, outer: set[str]) -> Iterator[tuple[int, str]]:
        known = set(outer)
        if isinstance(scope, ast.ClassDef | ast.Module):
            self.attributes |= {name for node in ast.walk(scope) for name in self._attributes_given(node, known)}
        nodes = list(_within(scope))
        for _ in range(2):  # a name may be given a set that is named further down
            known |= {name for node in nodes for name in self._names_given(node, known)}
        for node in nodes:
            yield from self._showing(node, known)
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                yield from self.look(node, known)

    def is_set(self, node: ast.AST | None, known: set[str]) -> bool:
        if isinstance(node, ast.Set | ast.SetComp):
            return True
        if isinstance(node, ast.Name):
            return node.id in known
        if isinstance(node, ast.Attribute):
            return node.attr in self.attributes
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
            sides = (node.left, node.right)
            return any(self.is_set(side, known) or _is_keys(side) for side in sides)
        if isinstance(node, ast.IfExp):
            return self.is_set(node.body, known) or self.is_set(node.orelse, known)
        if isinstance(node, ast.Call):
            called = _last_name(node.func)
            on_set = isinstance(node.func, ast.Attribute) and self.is_set(node.func.value, known)
            return called in ("set", "frozenset") or called in self.returning or (on_set and called in SET_METHODS)
        return False

    def _names_given(self, node: ast.AST, known: set[str]) -> Iterator[str]:
        if isinstance(node, ast.arg) and _is_set_type(node.annotation):
            yield node.arg
        for target, given in _assignments(node):
            if isinstance(target, ast.Name) and (given is True or (given is not False and self.is_set(given, known))):
                yield target.id

    def _attributes_given(self, node: ast.AST, known: set[str]) -> Iterator[str]:
        """`self.names: set[str]`, `self.names = set()`, and fields declared in a class body."""
        for target, given in _assignments(node):
            is_set = given is True or (given is not False and self.is_set(given, known))
            if is_set and isinstance(target, ast.Attribute):
                yield target.attr
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    if _is_set_type(statement.annotation):
                        yield statement.target.id

    def _showing(self, node: ast.AST, known: set[str]) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.For | ast.AsyncFor) and self.is_set(node.iter, known):
            yield node.lineno, f"iterates over the set {ast.unparse(node.iter)}: sort it first"
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            for part in node.generators:
                if self.is_set(part.iter, known) and not getattr(node, "order_does_not_matter", False):
                    yield node.lineno, f"iterates over the set {ast.unparse(part.iter)}: sort it first"
        if isinstance(node, ast.Starred) and self.is_set(node.value, known):
            if not getattr(node, "order_does_not_matter", False):
                yield node.lineno, f"unpacks the set {ast.unparse(node.value)}: sort it first"
        if isinstance(node, ast.Call):
            yield from self._showing_in_call(node, known)

    def _showing_in_call(self, node: ast.Call, known: set[str]) -> Iterator[tuple[int, str]]:
        called = _last_name(node.func)
        takes_order = (
            "list",
            "tuple",
            "iter",
            "enumerate",
            "zip",
            "map",
            "filter",
            "join",
            "extend",
            "sum",
            "fromkeys",
        )
        if called in takes_order and any(self.is_set(argument, known) for argument in node.args):
            yield node.lineno, f"{called}() takes a set in its order: sort it first"
        if called == "pop" and not node.args and isinstance(node.func, ast.Attribute):
            if self.is_set(node.func.value, known):
                yield node.lineno, f"pops any member of the set {ast.unparse(node.func.value)}: choose one"


def _assignments(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | bool]]:
    """(target, value): True instead of a value when the annotation says it is a set, False when it says it is not."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign):
        yield node.target, _is_set_type(node.annotation)
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of one scope; an inner function or class is given, not entered. Marks where order does not matter."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and _last_name(node.func) in ORDER_DOES_NOT_MATTER:
            for argument in node.args:
                argument.order_does_not_matter = True  # type: ignore[attr-defined]
        if isinstance(node, ast.Set):
            for element in node.elts:
                element.order_does_not_matter = True  # type: ignore[attr-defined]
        waiting = list(ast.iter_child_nodes(node)) + waiting


def _is_set_type(annotation: ast.AST | None) -> bool:
    if isinstance(annotation, ast.BinOp):
        return _is_set_type(annotation.left) or _is_set_type(annotation.right)
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return _last_name(outer) in SET_TYPES


def _is_keys(node: ast.AST) -> bool:
    """`mapping.keys()`, whose union or difference with anything is a set."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys"


def _last_name(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
