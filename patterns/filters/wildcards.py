"""Texts with `*` for any run of characters, matched without going back, and refused where they would be too complex.

Source: EventBridge User Guide, "Wildcard matching" and "Wildcard matching considerations"; aws/event-ruler,
WildcardParser and MachineComplexityEvaluator.
"""

from collections.abc import Sequence

MOST_COMPLEX = 10
"""The service does not publish its bound; reports of rules that it took and refused agree with 10."""

TOO_COMPLEX = (
    "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
    "after a wildcard character"
)


_MOST_LOOKED_AT = 2000
"""Sets of beginnings that are looked at before a field counts as too complex."""

_STAR = "star"  # longer than any character
_ANY_OTHER = "any other"


def pieces(text: str) -> tuple[str, ...]:
    """The literal texts between the stars, escapes undone; one piece means that there is no star.

    Only `\\*` and `\\\\` are escapes. Raises ValueError with Ruler's sentence; it counts positions in bytes of UTF-8
    from the opening quotation mark.
    """
    found = [""]
    place = 0
    while place < len(text):
        character, following = text[place], text[place + 1 : place + 2]
        if character == "*":
            if following == "*":
                raise ValueError(f"Consecutive wildcard characters at pos {_position(text, place)}")
            found.append("")
        elif character == "\\":
            if following not in ("*", "\\") or not following:
                raise ValueError(f"Invalid escape character at pos {_position(text, place)}")
            found[-1] += following
            place += 1
        else:
            found[-1] += character
        place += 1
    return tuple(found)


def fits(pieces: tuple[str, ...], text: str) -> bool:
    """Whether the text consists of these pieces with anything between them. Takes each piece as early as it comes."""
    first, *middle = pieces
    if not middle:
        return text == first
    last = middle.pop()
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    begin, end = len(first), len(text) - len(last)
    for piece in middle:
        begin = text.find(piece, begin, end)
        if begin < 0:
            return False
        begin += len(piece)
    return True


def too_complex(owners: Sequence[Sequence[tuple[str, ...]]]) -> bool:
    """Whether a worst text can match more than MOST_COMPLEX beginnings of these wildcards at once.

    `owners`: for each operator of a field its wildcards, as pieces; several wildcards of one operator share their
    beginning up to the first star. In `*aaaa` after the star four beginnings are alive at once, in `*abcd` one; a star
    stays alive for good. A text has quotation marks, which count as characters.
    Source: aws/event-ruler, MachineComplexityEvaluator.
    """
    wildcards = [(owner, pieces) for owner, all_ in enumerate(owners) for pieces in all_ if len(pieces) > 1]
    at_most = sum(sum(1 + _overlaps(piece) for piece in _quoted(pieces)[1:]) for _, pieces in wildcards)
    return at_most > MOST_COMPLEX and _Beginnings(wildcards).most_at_once() > MOST_COMPLEX


class _Beginnings:
    """All beginnings of some wildcards, and which of them are alive after which text."""

    def __init__(self, wildcards: Sequence[tuple[int, tuple[str, ...]]]) -> None:
        self.numbers: dict[tuple[object, ...], int] = {}
        """A number for each beginning that counts; what `same` says is one beginning has one number."""
        self.tokens: list[list[str]] = [_tokens(pieces) for _, pieces in wildcards]
        self.same = [
            [self._number(owner, index, place) for place in range(len(self.tokens[index]))]
            for index, (owner, _) in enumerate(wildcards)
        ]
        known = dict.fromkeys(token for tokens in self.tokens for token in tokens)
        self.alphabet = [*(token for token in known if token != _STAR), _ANY_OTHER]

    def most_at_once(self) -> int:
        most = 0
        seen: dict[_Alive, None] = {tuple((index, -1) for index in range(len(self.tokens))): None}
        waiting = list(seen)
        while waiting:
            alive = waiting.pop()
            for character in self.alphabet:
                following = self._after(alive, character)
                most = max(most, self._count(following))
                if most > MOST_COMPLEX or len(seen) > _MOST_LOOKED_AT:
                    return max(most, MOST_COMPLEX + 1)
                if following and following not in seen:
                    seen[following] = None
                    waiting.append(following)
        return most

    def _number(self, owner: int, index: int, place: int) -> int:
        tokens = self.tokens[index][: place + 1]
        shared = _STAR not in tokens[:-1]
        key = (owner, *tokens) if shared else (owner, index, place)
        return self.numbers.setdefault(key, len(self.numbers))

    def _after(self, alive: "_Alive", character: str) -> "_Alive":
        """Each goes on by one character; a star takes any character, or none and gives way to what follows."""
        following: dict[tuple[int, int], None] = {}
        for index, place in alive:
            tokens = self.tokens[index]
            if place >= 0 and tokens[place] == _STAR:
                following[index, place] = None
            if place + 1 == len(tokens):
                continue
            if tokens[place + 1] == _STAR:
                following[index, place + 1] = None
                place += 1
            if tokens[place + 1] == character:
                following[index, place + 1] = None
        return tuple(sorted(following))

    def _count(self, alive: "_Alive") -> int:
        """Beginnings alive, with the stars that may follow them at once."""
        counted = {self.same[index][place] for index, place in alive}
        for index, place in alive:
            if self.tokens[index][place + 1 : place + 2] == [_STAR]:
                counted.add(self.same[index][place + 1])
        return len(counted)


_Alive = tuple[tuple[int, int], ...]
"""(wildcard, number of the last token taken)."""


def _quoted(pieces: tuple[str, ...]) -> tuple[str, ...]:
    return ('"' + pieces[0], *pieces[1:-1], pieces[-1] + '"')


def _tokens(pieces: tuple[str, ...]) -> list[str]:
    first, *others = _quoted(pieces)
    return [*first, *(token for piece in others for token in (_STAR, *piece))]


def _overlaps(piece: str) -> int:
    """The most beginnings of the piece that end at one place in it, found as Knuth, Morris and Pratt do."""
    borders, alive = [0], [1]
    for character in piece[1:]:
        border = borders[-1]
        while border and piece[border] != character:
            border = borders[border - 1]
        border += piece[border] == character
        borders.append(border)
        alive.append(1 + (alive[border - 1] if border else 0))
    return max(alive)


def _position(text: str, place: int) -> int:
    return 1 + len(text[:place].encode("utf-8", "surrogatepass"))
