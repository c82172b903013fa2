"""Letters whose case does not matter, one character at a time.

Event Ruler lets each character of the pattern stand for its lower and its upper form, whatever their lengths: `ß`
stands for `ß` and `SS`. Characters beyond the first 65,536 stand for themselves only, because Java sees halves of them.
`fold` brings texts that can meet this way to one form, so that an index finds them.
Source: aws/event-ruler, EqualsIgnoreCaseParser.
"""

import re
from functools import lru_cache

LONGEST_FORM = 3
"""Characters in the longest form of one: `ΐ` has three in upper case."""


def fold(text: str) -> str:
    """Two texts of which one stands for the other have the same form; so have beginnings and ends of such texts."""
    return text.lower() if text.isascii() else "".join([_folded(character) for character in text])


def stands_for(text: str, other: str) -> bool:
    """Whether the other text is this one, with each character in its lower or its upper form."""
    if text.isascii():
        return other.isascii() and other.lower() == text.lower()
    return _expression(text).fullmatch(other) is not None


@lru_cache(maxsize=512)
def _expression(text: str) -> re.Pattern[str]:
    return re.compile("".join(_forms(character) for character in text), re.DOTALL)


def _forms(character: str) -> str:
    if ord(character) > 0xFFFF:
        return re.escape(character)
    lower, upper = character.lower(), character.upper()
    return re.escape(lower) if lower == upper else f"(?:{re.escape(lower)}|{re.escape(upper)})"


def _folded(character: str) -> str:
    """Up and down twice, one character at a time: `ẞ` is lower `ß`, which is upper `SS`."""
    for _ in range(2):
        character = "".join([one.lower() for one in character.upper()])
    return character
