"""The scenario document: a model as people write it. Its text, its format and its shape; what it means is `scenario`'s.

A text can be large, deep, not JSON, or of an older format; each is answered with a problem a person can act on, before
anything is built from it.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from simulator.engine.calendar import MONDAY, moment
from simulator.engine.clock import DAY, MINUTE, SECOND, Duration, Micros, Span
from simulator.engine.errors import Problem, Refused, problems_of

FORMAT = 1
LARGEST = 1_000_000
DEEPEST = 32
MOST_NODES = 200
MOST_LINKS = 1000
MOST_BEATS = 50
MOST_FAULTS = 200

# The longest a fault can be told to last.
LONGEST_FAULT: Micros = 31 * DAY

# No more problems are listed of values that JSON has no form for.
MOST_PROBLEMS = 50

# A step from each older format to the next one: MIGRATIONS[n](document) returns the document in format n + 1.
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}

Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Words = Annotated[str, Field(max_length=2000)]

AnyPart = TypeVar("AnyPart", bound="Part")


class Part(BaseModel):
    """A part of the document: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NodeSpec(Part):
    id: Name
    pattern: str
    title: Annotated[str, Field(max_length=60)] = ""
    settings: dict[str, Any] = {}
    at: tuple[float, float] | None = None


class LinkSpec(Part):
    source: Name = Field(alias="from")
    target: Name = Field(alias="to")
    id: Annotated[str, Field(max_length=90)] = ""
    kind: str = ""
    settings: dict[str, Any] = {}


class When(Part):
    """The moment of a beat: the `nth` record of kind `first` (at `node`, if given), or a time."""

    first: str = ""
    node: str = ""
    nth: Annotated[int, Field(ge=1)] = 1
    at: Duration | None = None


class Question(Part):
    question: Words
    answers: Annotated[list[Words], Field(min_length=2, max_length=6)]
    right: Annotated[int, Field(ge=0)]
    because: Words


class Beat(Part):
    when: When
    title: Annotated[str, Field(max_length=120)]
    say: Words
    pause: bool = True
    focus: str = ""
    ask: Question | None = None


class FaultSpec(Part):
    at: Duration
    fault: str
    node: str = ""
    link: str = ""
    span: Annotated[Micros, Span("how long the fault lasts", 1, LONGEST_FAULT)] | None = Field(
        default=None, alias="for"
    )
    arguments: dict[str, Any] = {}


class OperationSpec(Part):
    """An operation of a node, or `change` with new values of settings of a node or a link."""

    at: Duration
    operation: str
    node: str = ""
    link: str = ""
    arguments: dict[str, Any] = {}


class Document(Part):
    """The document as written. `length` is when the run is finished, `begins` which moment of the calendar is its 0."""

    format: int = FORMAT
    title: Annotated[str, Field(min_length=1, max_length=120)]
    summary: Words = ""
    about: Annotated[str, Field(max_length=20_000)] = ""
    level: Literal["first steps", "going deeper", "expert"] = "first steps"
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=20)] = []
    seed: Annotated[int, Field(ge=0, le=2**53)] = 1
    length: Annotated[Micros, Span("the length", SECOND, 31 * DAY)] = 10 * MINUTE
    begins: Annotated[str, AfterValidator(moment)] = MONDAY
    nodes: Annotated[list[NodeSpec], Field(min_length=1, max_length=MOST_NODES)]
    links: Annotated[list[LinkSpec], Field(max_length=MOST_LINKS)] = []
    story: Annotated[list[Beat], Field(max_length=MOST_BEATS)] = []
    faults: Annotated[list[FaultSpec], Field(max_length=MOST_FAULTS)] = []
    operations: Annotated[list[OperationSpec], Field(max_length=MOST_FAULTS)] = []


@dataclass(frozen=True)
class Shape:
    """What has the right shape in a document, part by part and in place: None stands where a part has not.

    `document` is there only if everything has. `names` are the ids that nodes are given, also those that are wrong
    otherwise, and `ways` those of links.
    """

    document: Document | None
    problems: list[Problem]
    nodes: list[NodeSpec | None]
    links: list[LinkSpec | None]
    story: list[Beat | None]
    faults: list[FaultSpec | None]
    operations: list[OperationSpec | None]
    names: list[str]
    ways: list[str]


def shape(document: dict[str, Any]) -> Shape:
    """The parts of a document, and every problem that can be seen without knowing what the parts mean."""
    whole, problems = None, []
    try:
        whole = Document.model_validate(document)
    except ValidationError as error:
        problems = problems_of(error)
    nodes, links = _listed(document, "nodes", MOST_NODES), _listed(document, "links", MOST_LINKS)
    return Shape(
        whole,
        problems,
        [_part(NodeSpec, given) for given in nodes],
        [_part(LinkSpec, given) for given in links],
        [_part(Beat, given) for given in _listed(document, "story", MOST_BEATS)],
        [_part(FaultSpec, given) for given in _listed(document, "faults", MOST_FAULTS)],
        [_part(OperationSpec, given) for given in _listed(document, "operations", MOST_FAULTS)],
        [_text(given, "id") for given in nodes],
        [_text(given, "id") or f"{_text(given, 'from')}-{_text(given, 'to')}" for given in links],
    )


def migrate(document: dict[str, Any]) -> dict[str, Any]:
    """The document in today's format. Raises Refused when its format is unknown."""
    version = document.get("format", 1)
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= FORMAT:
        raise Refused(
            [Problem("format", f"is {version!r:.40}", f"1 to {FORMAT}", "It may come from a newer Waystation.")]
        )
    for step in range(version, FORMAT):
        document = MIGRATIONS[step](document) | {"format": step + 1}
    return document


def decoded(source: str | bytes | dict[str, Any]) -> dict[str, Any]:
    """The document of a text, or one that is decoded already, as plain JSON that can be stored and sent on."""
    if isinstance(source, (str, bytes)):
        if len(source) > LARGEST:
            unit = "bytes" if isinstance(source, bytes) else "characters"
            raise Refused([_too_large("the document", f"{len(source):,} {unit}", LARGEST)])
        try:
            twice: dict[str, None] = {}
            source = json.loads(source, object_pairs_hook=partial(_once, twice))
            problems = [Problem(name, "is written twice in one object", "once", "Remove one.") for name in twice]
        except RecursionError:
            raise Refused([_too_deep("the document")]) from None
        except ValueError as error:  # also text that is not UTF-8, and a number of thousands of digits
            raise Refused([Problem("", f"the text is not JSON: {error}", cure="Correct it there.")]) from None
        if problems:
            raise Refused(problems[:MOST_PROBLEMS])
    if not isinstance(source, dict):
        raise Refused(
            [Problem("", f"the document is a {type(source).__name__}", "an object with title, nodes and links")]
        )
    problems = unfit(source, LARGEST, "the document")
    if problems:
        raise Refused(problems)
    return source


def _once(twice: dict[str, None], pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs; a name that comes again is noted, because one of its values would be lost unseen."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            twice[name] = None
        found[name] = value
    return found


def unfit(document: dict[str, Any], largest: int, what: str) -> list[Problem]:
    """What no document can hold, whatever it means: too much, too deep, and values for which JSON has no form.

    The arguments of an intervention are held to the same, because they are stored and sent on just as a document is.
    Goes level by level, so that nothing can exhaust the stack.
    """
    problems: list[Problem] = []
    weight = 0
    level: list[tuple[str, Any]] = [("", document)]
    for _ in range(DEEPEST):
        deeper: list[tuple[str, Any]] = []
        for path, outer in level:
            inside = outer.items() if isinstance(outer, dict) else enumerate(outer)
            for key, value in inside:
                place = f"{path}.{key}" if path else str(key)
                if isinstance(value, (dict, list)):
                    deeper.append((place, value))
                    weight += 2
                elif isinstance(value, str):
                    weight += len(value)
                wrong = _wrong_name(key) if isinstance(outer, dict) else ""
                wrong = wrong or _wrong_value(value)
                if wrong:
                    problems.append(Problem(place, wrong, "text, finite numbers, true, false, null, lists and objects"))
                weight += len(key) + 4 if isinstance(key, str) else 2
                if weight > largest:
                    return [_too_large(what, f"more than {largest:,} characters", largest)]
            if len(problems) >= MOST_PROBLEMS:
                return problems
        if not deeper:
            return problems
        level = deeper
    return [*problems, _too_deep(what)]


def _wrong_name(name: Any) -> str:
    if not isinstance(name, str):
        return f"has the name {name!r:.40}, which is not text"
    return "has half a character in its name" if _is_torn(name) else ""


def _wrong_value(value: Any) -> str:
    if isinstance(value, str):
        return "has half a character (a lone surrogate) in its text" if _is_torn(value) else ""
    if value is None or isinstance(value, (bool, dict, list)):
        return ""
    if isinstance(value, int):
        return "" if abs(value) < 2**63 else "is a number of more than 18 digits"
    if isinstance(value, float):
        return "" if math.isfinite(value) else f"is {value}, which is not a number to reckon with"
    return f"is a {type(value).__name__}, which JSON has no form for"


def _is_torn(text: str) -> bool:
    """Whether a text can't be written as UTF-8. Source: RFC 8259, section 8.2."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _too_large(what: str, has: str, largest: int) -> Problem:
    return Problem("", f"{what} has {has}", f"at most {largest:,}", "Shorten it.")


def _too_deep(what: str) -> Problem:
    return Problem("", f"{what} is nested too deeply", f"at most {DEEPEST} levels", "Flatten it.")


def _listed(document: dict[str, Any], name: str, most: int) -> list[Any]:
    given = document.get(name)
    return given[:most] if isinstance(given, list) else []


def _part(model: type[AnyPart], given: Any) -> AnyPart | None:
    try:
        return model.model_validate(given)
    except ValidationError:
        return None


def _text(given: Any, name: str) -> str:
    value = given.get(name) if isinstance(given, dict) else None
    return value if isinstance(value, str) else ""
