"""The leaves of a pattern: the array of a field, and the match expressions in it.

Every sentence is Event Ruler's, spelling included, and errors come in the order in which its streaming parser meets
them. SNS reads the same grammar with an earlier release of it, so some forms are refused there (`Dialect`).
Source: aws/event-ruler, JsonRuleCompiler (writeRules, processMatchExpression and what they call); for SNS, Developer
Guide, "String value matching" and what the service answers: `Unsupported anything-but pattern: suffix`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patterns.filters import addresses, wildcards
from patterns.filters.operators import (
    AnythingBut,
    Beginning,
    Between,
    Ending,
    Exactly,
    Exists,
    IgnoringCase,
    Operator,
    SameAddress,
    Wildcard,
    Within,
)
from patterns.filters.problems import InvalidPattern
from patterns.filters.scalars import Json, Members, Spelled, number, shown


@dataclass(frozen=True)
class Dialect:
    """What a service leaves out of the grammar, and to how many decimals it looks at numbers (None: all)."""

    inside_anything_but: tuple[str, ...] = ("prefix", "suffix", "equals-ignore-case", "wildcard")
    lists_inside_anything_but: bool = True
    parts_in_any_case: bool = True
    decimals: int | None = None


EVENTBRIDGE = Dialect()
SNS = Dialect(("prefix",), False, False, 5)

_ONLY_ONE_KEY = "Only one key allowed in match expression"
_TOO_MANY = "Too many elements in numeric expression"
_NO_ANYTHING_BUT = "Value of anything-but must be an array or single string/number value."


def operators(values: Sequence[Json], place: str, dialect: Dialect) -> tuple[Operator, ...]:
    """What a field's array asks for, in its order and each once. Raises InvalidPattern."""
    found = [_operator(value, f"{place}[{index}]", dialect) for index, value in enumerate(values)]
    if not found:
        raise InvalidPattern("Empty arrays are not allowed", place)
    return tuple(dict.fromkeys(found))


def members(value: Json) -> Sequence[tuple[str, Json]] | None:
    """The members of an object in order, or None where the value is no object."""
    if isinstance(value, dict):
        return list(value.items())
    return value if isinstance(value, Members) else None


def elements(value: Json) -> Sequence[Json] | None:
    """The elements of an array, or None where the value is no array."""
    return value if isinstance(value, list | tuple) and not isinstance(value, Members) else None


def _operator(value: Json, place: str, dialect: Dialect) -> Operator:
    expression = members(value)
    if expression is not None:
        return _expression(expression, place, dialect)
    if isinstance(value, str):
        return _exact_text(value)
    if value is None or isinstance(value, bool):
        return Exactly(value)
    if _is_number(value):
        given = _rounded(value, dialect)
        return Exactly(given) if isinstance(given, Spelled) else Between.exactly(given)
    raise InvalidPattern("Match value must be String, number, true, false, or null", place)


def _exact_text(text: str) -> Operator:
    found = addresses.address(text)
    return Exactly(text) if found is None else SameAddress(text, found)


def _expression(expression: Sequence[tuple[str, Json]], place: str, dialect: Dialect) -> Operator:
    if not expression:
        raise InvalidPattern("Match expression name not found", place)
    word, asked = expression[0]
    compile_ = _EXPRESSIONS.get(word)
    if compile_ is None:
        raise InvalidPattern(f"Unrecognized match type {word}", place)
    found = compile_(asked, f"{place}.{word}", dialect)
    if len(expression) > 1:
        raise InvalidPattern(_TOO_MANY if word in ("numeric", "anything-but") else _ONLY_ONE_KEY, place)
    return found


def _exactly(asked: Json, place: str, dialect: Dialect) -> Operator:
    return Exactly(_string(asked, "exact match pattern must be a string", place))


def _part(word: str, plain: Callable[[str], Operator]) -> Callable[[Json, str, Dialect], Operator]:
    def compile_(asked: Json, place: str, dialect: Dialect) -> Operator:
        inner = members(asked) if dialect.parts_in_any_case else None
        if inner is None:
            return plain(_string(asked, f"{word} match pattern must be a string", place))
        if not inner:
            raise InvalidPattern(f"{word.capitalize()} expression name not found", place)
        name, text = inner[0]
        if name != "equals-ignore-case":
            raise InvalidPattern(f"Unsupported {word} pattern: {name}", place)
        found = IgnoringCase(word, _string(text, "equals-ignore-case match pattern must be a string", place))
        if len(inner) > 1:
            raise InvalidPattern(_ONLY_ONE_KEY, place)
        return found

    return compile_


def _ignoring_case(asked: Json, place: str, dialect: Dialect) -> Operator:
    return IgnoringCase(
        "equals-ignore-case", _string(asked, "equals-ignore-case match pattern must be a string", place)
    )


def _wildcard(asked: Json, place: str, dialect: Dialect) -> Operator:
    return _checked_wildcard(_string(asked, "wildcard match pattern must be a string", place), place)


def _checked_wildcard(text: str, place: str) -> Wildcard:
    try:
        pieces = wildcards.pieces(text)
    except ValueError as error:
        raise InvalidPattern(str(error), place) from None
    return Wildcard(text, pieces)


def _cidr(asked: Json, place: str, dialect: Dialect) -> Operator:
    text = _string(asked, "prefix match pattern must be a string", place)  # the service really says prefix
    try:
        (bits, value), free = addresses.block(text)
    except ValueError as error:
        raise InvalidPattern(str(error), place) from None
    return Within(bits, value >> free, free, text)


def _exists(asked: Json, place: str, dialect: Dialect) -> Operator:
    if not isinstance(asked, bool):
        raise InvalidPattern("exists match pattern must be either true or false.", place)
    return Exists(asked)


def _numeric(asked: Json, place: str, dialect: Dialect) -> Operator:
    """`["=", n]`, `["<", n]`, or `[">", a, "<=", b]` with a below b."""
    terms = elements(asked)
    if terms is None:
        raise InvalidPattern("Value of numeric must be an array.", place)
    comparison = terms[0] if terms else _END
    if not isinstance(comparison, str):
        raise InvalidPattern(f"Invalid member in numeric match: {_text(comparison)}", place)
    if comparison not in ("=", "<", "<=", ">", ">="):
        raise InvalidPattern(f"Unrecognized numeric range operator: {comparison}", place)
    bounds = [(comparison, _operand(terms, 1, "equals" if comparison == "=" else comparison, place, dialect))]
    if len(terms) > 2:
        if comparison not in (">", ">="):
            raise InvalidPattern(_TOO_MANY, place)
        bounds.append(_top(terms, place, dialect))
        if not bounds[0][1] < bounds[1][1]:
            raise InvalidPattern("Bottom must be less than top", place)
    return Between.of(tuple(shown(term) if _is_number(term) else term for term in terms), bounds)


def _top(terms: Sequence[Json], place: str, dialect: Dialect) -> tuple[str, float]:
    comparison = terms[2]
    if not isinstance(comparison, str):
        raise InvalidPattern(f"Bad value in numeric range: {_text(comparison)}", place)
    if comparison not in ("<", "<="):
        raise InvalidPattern(f"Bad numeric range operator: {comparison}", place)
    top = _operand(terms, 3, comparison, place, dialect)
    if len(terms) > 4:
        raise InvalidPattern("Too many terms in numeric range expression", place)
    return comparison, top


def _operand(terms: Sequence[Json], index: int, name: str, place: str, dialect: Dialect) -> float:
    given = terms[index] if len(terms) > index else _END
    if not _is_number(given):
        raise InvalidPattern(f"Value of {name} must be numeric", place)
    return _comparable(given, place, dialect)


def _anything_but(asked: Json, place: str, dialect: Dialect) -> Operator:
    inner = members(asked)
    if inner is None:
        return _anything_but_values(asked, place, dialect)
    if not inner:
        raise InvalidPattern("Anything-But expression name not found", place)
    word, texts = inner[0]
    if word not in dialect.inside_anything_but:
        raise InvalidPattern(f"Unsupported anything-but pattern: {word}", place)
    listed = elements(texts)
    if listed is not None and not dialect.lists_inside_anything_but:
        raise InvalidPattern("prefix/suffix match pattern must be a string", place)
    if listed is None and not isinstance(texts, str) and not _is_number(texts):
        raise InvalidPattern(_NO_ANYTHING_BUT, place)
    those = tuple(_inside_anything_but(word, text, place) for text in ([texts] if listed is None else listed))
    if len(inner) > 1:
        raise InvalidPattern(_TOO_MANY, place)
    return AnythingBut(those, {word: texts if listed is None else list(listed)})


def _inside_anything_but(word: str, text: Json, place: str) -> Operator:
    if word == "equals-ignore-case":
        sentence = "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
        return IgnoringCase(word, _string(text, sentence, place))
    if word == "wildcard":
        return _checked_wildcard(_string(text, "wildcard match pattern must be a string", place), place)
    if not _string(text, "prefix/suffix match pattern must be a string", place):
        raise InvalidPattern("Null prefix/suffix not allowed", place)
    return Beginning(text) if word == "prefix" else Ending(text)


def _anything_but_values(asked: Json, place: str, dialect: Dialect) -> Operator:
    """A text, a number, or a list of either; anything else is refused. Texts are compared as texts, addresses too."""
    listed = elements(asked)
    if listed is None and not isinstance(asked, str) and not _is_number(asked):
        raise InvalidPattern(_NO_ANYTHING_BUT, place)
    values = [asked] if listed is None else listed
    those: list[Operator] = []
    for value in values:
        if isinstance(value, str):
            those.append(Exactly(value))
        elif _is_number(value):
            those.append(Between.exactly(_comparable(value, place, dialect)))
        else:
            raise InvalidPattern("Inside anything but list, start|null|boolean is not supported.", place)
    if len({type(one) for one in those}) != 1:
        sentence = "Inside anything but list, either all values are number or string, mixed type is not supported"
        raise InvalidPattern(sentence, place)
    shown_values = [value if isinstance(value, str) else shown(number(value)) for value in values]
    return AnythingBut(tuple(dict.fromkeys(those)), shown_values[0] if listed is None else shown_values)


def _comparable(value: Json, place: str, dialect: Dialect) -> float:
    given = _rounded(value, dialect)
    if isinstance(given, Spelled):
        raise InvalidPattern(f"Cannot compare number : {given.text}", place)
    return given


def _rounded(value: Json, dialect: Dialect) -> float | Spelled:
    given = value if isinstance(value, Spelled) else number(value)
    return given if isinstance(given, Spelled) or dialect.decimals is None else round(given, dialect.decimals)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float | Spelled) and not isinstance(value, bool)


def _string(value: Json, sentence: str, place: str) -> str:
    if not isinstance(value, str):
        raise InvalidPattern(sentence, place)
    return value


_END = object()


def _text(value: Json) -> str:
    """A value as the streaming parser names the token it has come to."""
    if value is _END:
        return "]"
    if elements(value) is not None:
        return "["
    if members(value) is not None:
        return "{"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(shown(value if isinstance(value, Spelled) else number(value)))


_EXPRESSIONS: dict[str, Callable[[Json, str, Dialect], Operator]] = {
    "exactly": _exactly,
    "prefix": _part("prefix", Beginning),
    "suffix": _part("suffix", Ending),
    "equals-ignore-case": _ignoring_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
    "exists": _exists,
    "anything-but": _anything_but,
}
