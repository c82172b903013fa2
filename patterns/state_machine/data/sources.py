"""What a JSONPath state reads values from: a path into its input, the context object, a variable, or a function call.

A `View` is what a field sees: the data at `$`, and the flow whose context object and variables it reads. A source is
compiled once with the definition and then read with a view. Sources: Amazon States Language specification, "Paths",
"The Context Object", "Intrinsic Functions"; Step Functions Developer Guide, "Passing data between states with
variables".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from patterns.state_machine.data import intrinsics
from patterns.state_machine.data.calls import Argument, Call, Literal, call, is_call
from patterns.state_machine.data.jsonpath import NAME, BadPath, Path, PathMissing, path
from patterns.state_machine.data.text import WIDE, gathered
from patterns.state_machine.errors import too_large

if TYPE_CHECKING:
    from patterns.state_machine.flow import Flow


class View:
    """What a field sees: `root` stands at `$`; `item` is the item of a Map for which ItemSelector is evaluated."""

    __slots__ = ("flow", "item", "root")

    def __init__(self, root: Any, flow: Flow, item: Any = None) -> None:
        self.root = root
        self.flow = flow
        self.item = item

    @property
    def context(self) -> dict[str, Any]:
        return self.flow.context(self.item)


class Missing(Exception):  # noqa: N818 - it is what happened, and reads so at the call
    """A source leads nowhere: `text` as written, `reason` in the words of the library, `seen` what it was read from."""

    def __init__(self, text: str, reason: str, seen: Any) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason
        self.seen = seen


class Source(Protocol):
    """`reads`: how many values it puts together."""

    text: str
    reads: int

    def read(self, view: View) -> Any:
        """The value. Raises Missing, or StateError (a function's)."""


class InputSource:
    """A path into the data at `$`."""

    __slots__ = ("path", "text")

    reads = 1

    def __init__(self, text: str) -> None:
        self.text = text
        self.path = path(text)

    def read(self, view: View) -> Any:
        try:
            return self.path.read(view.root)
        except PathMissing as missing:
            raise Missing(self.text, str(missing), view.root) from None


class ContextSource:
    """A path into the context object."""

    __slots__ = ("path", "text")

    reads = 1

    def __init__(self, text: str) -> None:
        self.text = text
        self.path = path(text[1:])

    def read(self, view: View) -> Any:
        context = view.context
        try:
            return self.path.read(context)
        except PathMissing as missing:
            raise Missing(self.text, str(missing), context) from None


class VariableSource:
    """A variable, or a path into it."""

    __slots__ = ("name", "path", "text")

    reads = 1

    def __init__(self, text: str) -> None:
        found = NAME.match(text, 1)
        if not found:
            raise BadPath(f"“{text}” names no variable")
        self.text = text
        self.name = found.group()
        self.path: Path | None = path("$" + text[found.end() :]) if found.end() < len(text) else None

    def read(self, view: View) -> Any:
        variables = view.flow.variables
        if self.name not in variables:
            raise Missing(self.text, f"No results for path: $['{self.name}']", variables)
        value = variables[self.name]
        if self.path is None:
            return value
        try:
            return self.path.read(value)
        except PathMissing as missing:
            raise Missing(self.text, str(missing), value) from None


class CallSource:
    """A call of an intrinsic function."""

    __slots__ = ("arguments", "name", "reads", "text")

    def __init__(self, text: str, parsed: Call | None = None) -> None:
        """Raises BadCall or BadPath."""
        found = parsed or call(text)
        self.text = text
        self.name = found.name
        if self.name not in intrinsics.FUNCTIONS:
            raise BadPath(f"there is no intrinsic function States.{self.name}")
        _, fewest, most = intrinsics.FUNCTIONS[self.name]
        if not fewest <= len(found.arguments) <= most:
            raise BadPath(f"States.{self.name} takes {fewest} to {most} arguments, not {len(found.arguments)}")
        self.arguments = tuple(
            _argument(argument, is_template=self.name == "Format" and not place)
            for place, argument in enumerate(found.arguments)
        )
        self.reads = sum(argument.reads for argument in self.arguments)

    def read(self, view: View) -> Any:
        values = (argument.read(view) for argument in self.arguments)
        given = list(values) if self.reads <= WIDE else gathered(values)
        if given is None:
            raise too_large(view.flow.state.name)
        function = intrinsics.FUNCTIONS[self.name][0]
        try:
            if self.name in intrinsics.RANDOM:
                return function(view.flow.execution.surroundings.random, *given)
            return function(*given)
        except RecursionError:
            raise intrinsics.failure(f"States.{self.name} was given data that is nested too deeply.") from None


class Constant:
    """A value that is written in the definition."""

    __slots__ = ("text", "value")

    reads = 0

    def __init__(self, value: Any) -> None:
        self.text = ""
        self.value = value

    def read(self, view: View) -> Any:
        return self.value


def source(text: str) -> Source:
    """Compile what stands behind a key that ends in `.$`, or in a field that takes a path.

    Raises BadPath or BadCall.
    """
    if is_call(text):
        return CallSource(text)
    if text.startswith("$$"):
        return ContextSource(text)
    if len(text) > 1 and text.startswith("$") and text[1] not in ".[":
        return VariableSource(text)
    return InputSource(text)


def _argument(argument: Argument, is_template: bool) -> Source:
    if isinstance(argument, Call):
        return CallSource(f"States.{argument.name}", argument)
    if isinstance(argument, Literal):
        value = argument.value
        return Constant(intrinsics.unescaped(value) if isinstance(value, str) and not is_template else value)
    return source(argument.text)
