"""The drawing half of a template: small objects that make the parts of a message body.

A template is taken apart once, into what is always the same and what is drawn; making a body copies the former and
fills in the latter. Parts that never vary are shared between messages, which is safe because a message does not change.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import floor
from random import Random
from typing import Any

from simulator.engine.clock import MILLISECOND, Micros
from simulator.engine.message import TYPE_MEMBERS
from simulator.engine.samplers import Sampler

_SYLLABLES = tuple(consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou")
_FIRST_NAMES = (
    "Ada", "Amara", "Anton", "Bela", "Carla", "Chidi", "Dario", "Edda", "Emre", "Farid", "Greta", "Hana", "Ines", "Ivo",
    "Jonas", "Kaito", "Lena", "Leyla", "Malik", "Mira", "Nadia", "Noor", "Oskar", "Paula", "Quinn", "Rosa", "Samir",
    "Tara", "Uma", "Viktor", "Wanda", "Yusuf",
)  # fmt: skip
_LAST_NAMES = (
    "Abel", "Adeyemi", "Bauer", "Berg", "Castro", "Cohen", "Demir", "Duarte", "Ekberg", "Ferrari", "Fischer", "Garcia",
    "Haddad", "Horvat", "Ito", "Jansen", "Keller", "Kovac", "Lindgren", "Marin", "Mbeki", "Moreau", "Novak", "Okafor",
    "Patel", "Rossi", "Sato", "Silva", "Tanaka", "Virtanen", "Weber", "Zhang",
)  # fmt: skip
_DOMAINS = ("example.com", "example.org")


class Part(ABC):
    """Makes one part of a body."""

    __slots__ = ()

    @abstractmethod
    def make(self, serial: int, now: Micros) -> Any:
        """Make the part for the `serial`-th message, at virtual time `now`."""

    def copied(self) -> int:
        """Give how many values are made anew each time, at most; 16 letters count as one."""
        return 1

    def possible(self) -> list[Any]:
        """Give the values it can make, as far as there are few and they are known beforehand."""
        return []

    def types(self) -> list[Any]:
        """Give the values of the member that states the type (`TYPE_MEMBERS`), where it makes an object."""
        return []


class Same(Part):
    """Always the same value, the same object each time."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def copied(self) -> int:
        return 0

    def make(self, serial: int, now: Micros) -> Any:
        return self.value

    def possible(self) -> list[Any]:
        return [self.value]

    def types(self) -> list[Any]:
        members = self.value if isinstance(self.value, dict) else {}
        return next(([members[name]] for name in TYPE_MEMBERS if name in members), [])


class Members(Part):
    """An object some of whose members are drawn; the order of its keys is the template's."""

    __slots__ = ("drawn", "pattern")

    def __init__(self, members: Mapping[str, Part]) -> None:
        self.pattern = {key: part.value if isinstance(part, Same) else None for key, part in members.items()}
        self.drawn = tuple((key, part) for key, part in members.items() if not isinstance(part, Same))

    def copied(self) -> int:
        return len(self.pattern) + sum(part.copied() for _, part in self.drawn)

    def make(self, serial: int, now: Micros) -> Any:
        made = self.pattern.copy()
        for key, part in self.drawn:
            made[key] = part.make(serial, now)
        return made

    def types(self) -> list[Any]:
        name = next((name for name in TYPE_MEMBERS if name in self.pattern), "")
        drawn = dict(self.drawn).get(name)
        if drawn is not None:
            return drawn.possible()
        return [self.pattern[name]] if name else []


class Items(Part):
    """An array some of whose items are drawn."""

    __slots__ = ("parts",)

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)

    def make(self, serial: int, now: Micros) -> Any:
        return [part.make(serial, now) for part in self.parts]

    def copied(self) -> int:
        return len(self.parts) + sum(part.copied() for part in self.parts)


class OneOf(Part):
    """One of several parts, as likely as its weight says."""

    __slots__ = ("limits", "parts", "random", "total")

    def __init__(self, random: Random, parts: Sequence[Part], weights: Sequence[float]) -> None:
        likely = [(part, weight) for part, weight in zip(parts, weights, strict=True) if weight > 0]
        self.random = random
        self.parts = tuple(part for part, _ in likely)
        limits = tuple(accumulate(weight for _, weight in likely))
        self.total = limits[-1]
        self.limits = limits[:-1]

    def make(self, serial: int, now: Micros) -> Any:
        return self.parts[bisect_right(self.limits, self.random.random() * self.total)].make(serial, now)

    def copied(self) -> int:
        return max(part.copied() for part in self.parts)

    def possible(self) -> list[Any]:
        return [value for part in self.parts for value in part.possible()]

    def types(self) -> list[Any]:
        return [value for part in self.parts for value in part.types()]


class Whole(Part):
    """A whole number from `low` to `high`, each as likely."""

    __slots__ = ("count", "low", "random")

    def __init__(self, random: Random, low: int, high: int) -> None:
        self.random = random
        self.low = low
        self.count = high - low + 1

    def make(self, serial: int, now: Micros) -> Any:
        return self.low + floor(self.random.random() * self.count)


class Fractional(Part):
    """A number from `low` to `high`, rounded to some digits after the point."""

    __slots__ = ("digits", "low", "random", "width")

    def __init__(self, random: Random, low: float, high: float, digits: int) -> None:
        self.random = random
        self.low = low
        self.width = high - low
        self.digits = digits

    def make(self, serial: int, now: Micros) -> Any:
        return round(self.low + self.width * self.random.random(), self.digits)


class Drawn(Part):
    """A value from a distribution, rounded to six digits after the point."""

    __slots__ = ("sampler",)

    def __init__(self, sampler: Sampler) -> None:
        self.sampler = sampler

    def make(self, serial: int, now: Micros) -> Any:
        return round(self.sampler.draw(), 6)


class Word(Part):
    """A made-up word that can be said aloud."""

    __slots__ = ("length", "random", "syllables")

    def __init__(self, random: Random, length: int) -> None:
        self.random = random
        self.length = length
        self.syllables = range((length + 1) // 2)

    def make(self, serial: int, now: Micros) -> Any:
        uniform, count = self.random.random, len(_SYLLABLES)
        return "".join([_SYLLABLES[floor(uniform() * count)] for _ in self.syllables])[: self.length]

    def copied(self) -> int:
        return 1 + self.length // 16


class Unique(Part):
    """A UUID of version 4 from the stream. Source: RFC 9562, section 5.4."""

    __slots__ = ("random",)

    def __init__(self, random: Random) -> None:
        self.random = random

    def make(self, serial: int, now: Micros) -> Any:
        bits = self.random.getrandbits(128)
        digits = f"{bits & ~(0xF << 76) & ~(0x3 << 62) | 0x4 << 76 | 0x2 << 62:032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Serial(Part):
    """The number of the message, counted from `first`."""

    __slots__ = ("before",)

    def __init__(self, first: int) -> None:
        self.before = first - 1

    def make(self, serial: int, now: Micros) -> Any:
        return self.before + serial


class Now(Part):
    """Virtual time in milliseconds."""

    __slots__ = ()

    def make(self, serial: int, now: Micros) -> Any:
        return now // MILLISECOND


class Name(Part):
    """A person's name, made up."""

    __slots__ = ("random",)

    def __init__(self, random: Random) -> None:
        self.random = random

    def make(self, serial: int, now: Micros) -> Any:
        return f"{_pick(self.random, _FIRST_NAMES)} {_pick(self.random, _LAST_NAMES)}"


class Email(Part):
    """An e-mail address in a domain that belongs to nobody. Source: RFC 2606, section 3."""

    __slots__ = ("random",)

    def __init__(self, random: Random) -> None:
        self.random = random

    def make(self, serial: int, now: Micros) -> Any:
        random = self.random
        name = f"{_pick(random, _FIRST_NAMES)}.{_pick(random, _LAST_NAMES)}".lower()
        return f"{name}{floor(random.random() * 100)}@{_pick(random, _DOMAINS)}"


def _pick(random: Random, names: tuple[str, ...]) -> str:
    return names[floor(random.random() * len(names))]
