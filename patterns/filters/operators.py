"""What a pattern can ask of one value: the operators of EventBridge, each a small immutable value.

Two operators that ask the same are equal, which is how an index shares them. `word` and `asked` are what the pattern
said, for people; `holds` is the rule.
Source: EventBridge User Guide, "Comparison operators for use in event patterns"; aws/event-ruler, README and
ByteMachine for what the guide leaves open (anything-but holds for null, booleans and numbers, too).
"""

from dataclasses import dataclass, field
from math import inf, nextafter
from typing import Protocol

from patterns.filters import letters, wildcards
from patterns.filters.addresses import Address, address
from patterns.filters.scalars import Json, Scalar, Spelled, shown


class Operator(Protocol):
    @property
    def word(self) -> str: ...

    @property
    def asked(self) -> Json: ...

    def holds(self, value: Scalar) -> bool: ...


@dataclass(frozen=True, slots=True)
class Exactly:
    """A text, true, false, null, or a number that no double holds."""

    value: str | bool | Spelled | None

    word = "exactly"

    @property
    def asked(self) -> Json:
        return shown(self.value)

    def holds(self, value: Scalar) -> bool:
        return type(value) is type(self.value) and value == self.value


@dataclass(frozen=True, slots=True)
class SameAddress:
    """A text that spells an IP address: every spelling of that address is the same."""

    text: str
    address: Address

    word = "exactly"

    @property
    def asked(self) -> Json:
        return self.text

    def holds(self, value: Scalar) -> bool:
        return isinstance(value, str) and (value == self.text or address(value) == self.address)


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `low` to `high`, both included; an open end is the next double, an exact number the same twice."""

    low: float
    high: float
    word: str = field(default="numeric", compare=False)
    asked: Json = field(default=None, compare=False)

    def holds(self, value: Scalar) -> bool:
        return type(value) is float and self.low <= value <= self.high

    @staticmethod
    def exactly(number: float) -> "Between":
        return Between(number, number, "exactly", shown(number))

    @staticmethod
    def of(asked: tuple[Json, ...], bounds: list[tuple[str, float]]) -> "Between":
        low, high = -inf, inf
        for comparison, number in bounds:
            if comparison in ("=", ">", ">="):
                low = nextafter(number, inf) if comparison == ">" else number
            if comparison in ("=", "<", "<="):
                high = nextafter(number, -inf) if comparison == "<" else number
        return Between(low, high, "numeric", asked)


@dataclass(frozen=True, slots=True)
class Beginning:
    text: str

    word = "prefix"

    @property
    def asked(self) -> Json:
        return self.text

    def holds(self, value: Scalar) -> bool:
        return isinstance(value, str) and value.startswith(self.text)


@dataclass(frozen=True, slots=True)
class Ending:
    text: str

    word = "suffix"

    @property
    def asked(self) -> Json:
        return self.text

    def holds(self, value: Scalar) -> bool:
        return isinstance(value, str) and value.endswith(self.text)


@dataclass(frozen=True, slots=True)
class IgnoringCase:
    """The whole text, its beginning (`prefix`) or its end (`suffix`), in any case."""

    part: str
    text: str

    @property
    def word(self) -> str:
        return self.part

    @property
    def asked(self) -> Json:
        return self.text if self.part == "equals-ignore-case" else {"equals-ignore-case": self.text}

    def holds(self, value: Scalar) -> bool:
        if not isinstance(value, str):
            return False
        if self.part == "equals-ignore-case":
            return letters.stands_for(self.text, value)
        longest = len(self.text) if self.text.isascii() else letters.LONGEST_FORM * len(self.text)
        lengths = range(len(self.text), min(len(value), longest) + 1)
        if self.part == "prefix":
            return any(letters.stands_for(self.text, value[:length]) for length in lengths)
        return any(letters.stands_for(self.text, value[len(value) - length :]) for length in lengths)


@dataclass(frozen=True, slots=True)
class Wildcard:
    text: str
    pieces: tuple[str, ...] = field(compare=False)

    word = "wildcard"

    @property
    def asked(self) -> Json:
        return self.text

    def holds(self, value: Scalar) -> bool:
        return isinstance(value, str) and wildcards.fits(self.pieces, value)


@dataclass(frozen=True, slots=True)
class Within:
    """An address of a CIDR block: all but its last `free` bits are those of `address`."""

    bits: int
    network: int
    free: int
    text: str = field(compare=False)

    word = "cidr"

    @property
    def asked(self) -> Json:
        return self.text

    def holds(self, value: Scalar) -> bool:
        found = address(value) if isinstance(value, str) else None
        return found is not None and found[0] == self.bits and found[1] >> self.free == self.network


@dataclass(frozen=True, slots=True)
class AnythingBut:
    """A value for which none of these holds. The field must be there; null, for one, is a value."""

    those: tuple[Operator, ...]
    asked: Json = field(compare=False)

    word = "anything-but"

    def holds(self, value: Scalar) -> bool:
        return not any(one.holds(value) for one in self.those)


@dataclass(frozen=True, slots=True)
class Exists:
    """`true`: any value. `false` holds for no value; that there is none is looked after by whoever asks."""

    wanted: bool

    word = "exists"

    @property
    def asked(self) -> Json:
        return self.wanted

    def holds(self, value: Scalar) -> bool:
        return self.wanted
