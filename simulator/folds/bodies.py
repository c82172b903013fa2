"""Bodies: what the messages of a run say, in bounded memory, so that a message can be found by its words.

The trace has no bodies: a record is cheap because it holds numbers. The messages themselves lie beside it (`Trace`),
and are kept here as the archive keeps records: the latest plain, older ones in closed chunks that are compressed and
shared by forks; beyond a limit the oldest chunk is dropped.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from simulator.engine.clock import Micros
from simulator.engine.message import Message, MessageId, as_text

CHUNK = 512
MOST_BYTES = 12_000_000

# Of a longer body only so many characters are kept.
MOST_CHARACTERS = 4_096

_LEVEL = 1

# A message: its number, when it was made, its type, its body.
Said = tuple[MessageId, Micros, str, Any]


class Chunk:
    """A closed stretch of messages, made from `begins` to `ends`."""

    __slots__ = ("begins", "ends", "packed")

    def __init__(self, said: list[Said]) -> None:
        self.begins = said[0][1]
        self.ends = said[-1][1]
        self.packed = zlib.compress(_encoded(said), _LEVEL)

    def text(self) -> str:
        """Everything these messages say, as JSON."""
        return zlib.decompress(self.packed).decode()


class Bodies:
    """The latest messages of a run, in the order in which they were made."""

    def __init__(self) -> None:
        self.dropped = False
        self._chunks: list[Chunk] = []
        self._open: list[Said] = []
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What the closed chunks take; the open one adds nothing while its messages are on their way."""
        return self._bytes

    def add(self, made: Iterable[Message]) -> None:
        """Take in messages that were made after everything so far."""
        self._open += [(message.id, message.created, message.type, _kept(message)) for message in made]
        while len(self._open) >= CHUNK:
            chunk = Chunk(self._open[:CHUNK])
            del self._open[:CHUNK]
            self._chunks.append(chunk)
            self._bytes += len(chunk.packed)
            while self._bytes > MOST_BYTES:
                self._bytes -= len(self._chunks.pop(0).packed)
                self.dropped = True

    def until(self, time: Micros) -> "Bodies":
        """Another one with the messages that were made up to `time`; closed chunks are shared."""
        other = Bodies()
        other.dropped = self.dropped
        other._chunks = [chunk for chunk in self._chunks if chunk.ends <= time]
        other._bytes = sum(len(chunk.packed) for chunk in other._chunks)
        split = [said for chunk in self._chunks if chunk.begins <= time < chunk.ends for said in _decoded(chunk.text())]
        other._open = [said for said in split + self._open if said[1] <= time]
        return other

    def holding(self, words: list[str]) -> Iterator[list[MessageId]]:
        """The messages whose bodies hold every word (in lower case), the latest first, a chunk at a time."""
        yield [message for message, _, _, body in reversed(self._open) if _holds(body, words)]
        for chunk in self._chunks[::-1]:
            text = chunk.text()
            lower = text.lower()
            if all(word in lower or _as_json(word) in lower for word in words):
                yield [message for message, _, _, body in reversed(_decoded(text)) if _holds(body, words)]
            else:
                yield []


def _kept(message: Message) -> Any:
    return message.body if message.size <= MOST_CHARACTERS else as_text(message.body)[:MOST_CHARACTERS]


def _holds(body: Any, words: list[str]) -> bool:
    text = as_text(body).lower()
    return all(word in text for word in words)


def _as_json(word: str) -> str:
    """How a word of a text is written within a chunk: with escapes where JSON has them."""
    return as_text([word])[2:-2]


def _encoded(said: list[Said]) -> bytes:
    try:
        return orjson.dumps(said)
    except orjson.JSONEncodeError:  # a number of more than 64 bits, or half a character
        return orjson.dumps([(*one[:3], as_text(one[3]).encode("utf-8", "replace").decode()) for one in said])


def _decoded(text: str) -> list[Said]:
    said: list[Said] = orjson.loads(text)
    return said
