"""The archive: the records of a run, however long it is, in bounded memory.

A record takes about 250 bytes as a tuple and a tenth of that pickled and compressed, so only the latest are kept
plain and older ones lie in closed chunks; beyond a limit the oldest chunk is dropped and `first_index` says so. A
closed chunk never changes, so that a fork shares what it holds, and knows which messages it speaks of, so that the
life of one message is found without opening them all.
"""

import pickle
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from itertools import chain
from operator import itemgetter

from simulator.engine.clock import Micros
from simulator.engine.message import ORIGINS, MessageId
from simulator.engine.trace import Record

CHUNK = 2048
PLAIN_CHUNKS = 4
MOST_BYTES = 48_000_000

# A chunk whose records hold more text than that is opened at every search.
MOST_TEXT = 8_000

# Messages whose records are looked for together, at most.
MOST_IN_A_FAMILY = 200

# Records that a journey may have, at most: the latest ones.
MOST_IN_A_LIFE = 1000

_LEVEL = 1
_time = itemgetter(0)
_message = itemgetter(3)


class Chunk:
    """A closed stretch of records, from `begins` to `ends`. `messages` are the ids it speaks of, sorted."""

    __slots__ = ("begins", "ends", "messages", "packed", "plain", "texts")

    def __init__(self, records: list[Record]) -> None:
        self.begins: Micros = records[0][0]
        self.ends: Micros = records[-1][0]
        self.plain: list[Record] | None = records
        self.packed = b""
        self.messages = array("q", sorted(_spoken_of(records)))
        self.texts: str | None = None

    def records(self) -> list[Record]:
        if self.plain is not None:
            return self.plain
        unpacked: list[Record] = pickle.loads(zlib.decompress(self.packed))  # noqa: S301 - packed in this same process
        return unpacked

    def pack(self) -> None:
        """Keep the records compressed; they are unpacked again each time somebody asks."""
        if self.plain is not None:
            self.packed = zlib.compress(pickle.dumps(self.plain, protocol=pickle.HIGHEST_PROTOCOL), _LEVEL)
            self.plain = None

    def speaks_of(self, family: Collection[MessageId]) -> bool:
        messages = self.messages
        for message in family:
            place = bisect_left(messages, message)
            if place < len(messages) and messages[place] == message:
                return True
        return False

    def tells(self, words: list[str]) -> bool:
        """Whether each of these words (in lower case) occurs in some record. Found out at the first search."""
        if self.texts is None:
            texts = "\n".join({text: True for record in self.records() for text in _texts(record)}).lower()
            if len(texts) > MOST_TEXT:
                return all(word in texts for word in words)
            self.texts = texts
        return all(word in self.texts for word in words)

    @property
    def bytes(self) -> int:
        return len(self.packed) + 8 * len(self.messages)


class Archive:
    """The records from `first_index` to `count`; indices count from the beginning of the run."""

    def __init__(self) -> None:
        self.first_index = 0
        self._chunks: list[Chunk] = []
        self._open: list[Record] = []

    @property
    def count(self) -> int:
        """How many records there have been, dropped ones included."""
        return self.first_index + len(self._chunks) * CHUNK + len(self._open)

    @property
    def bytes(self) -> int:
        """What the compressed chunks take; the plain ones add about 250 bytes for each of at most 10,240 records."""
        return sum(chunk.bytes for chunk in self._chunks)

    def append(self, records: list[Record]) -> None:
        """Take in what was written after everything so far."""
        self._open += records
        while len(self._open) >= CHUNK:
            self._chunks.append(Chunk(self._open[:CHUNK]))
            del self._open[:CHUNK]
            if len(self._chunks) > PLAIN_CHUNKS:
                self._chunks[-PLAIN_CHUNKS - 1].pack()
                self._keep_within(MOST_BYTES)

    def since(self, index: int) -> list[Record]:
        """The records from `index` on, as far as they are kept."""
        place = max(index - self.first_index, 0)
        closed = [chunk.records() for chunk in self._chunks[place // CHUNK :]]
        begun = min(place // CHUNK, len(self._chunks)) * CHUNK
        return list(chain(*closed, self._open))[place - begun :]

    def truncate(self, count: int) -> None:
        """Forget the records from index `count` on."""
        kept = max(count - self.first_index, 0)
        if kept >= self.count - self.first_index:
            return
        whole, rest = divmod(kept, CHUNK)
        self._open = (self._chunks[whole].records() if whole < len(self._chunks) else self._open)[:rest]
        del self._chunks[whole:]
        self.first_index = min(self.first_index, count)

    def until(self, count: int) -> "Archive":
        """Another archive with the first `count` records, of which nobody else changes anything: it may be pickled in
        a thread. What closed chunks hold is shared, not copied.
        """
        other = Archive()
        other.first_index = self.first_index
        other._chunks, other._open = list(map(copy, self._chunks)), list(self._open)
        other.truncate(count)
        return other

    def backwards(self, before: Micros) -> Iterator[Record]:
        """The records of times less than `before`, the latest first."""
        yield from reversed(self._open[: bisect_left(self._open, before, key=_time)])
        for chunk in self._chunks[::-1]:
            if chunk.begins < before:
                records = chunk.records()
                end = len(records) if chunk.ends < before else bisect_left(records, before, key=_time)
                yield from reversed(records[:end])

    def of_message(self, message: MessageId) -> Iterator[list[Record]]:
        """The records of a message, of those from which it was made and of those it caused, in parts, each in order,
        the latest part first.

        Where there is more work to do first the part is empty, so that whoever asks can do something else in between.
        """
        line = {message: True}
        _add_causes(self._open, line)
        for chunk in self._chunks[::-1]:
            if chunk.speaks_of(line) and _add_causes(chunk.records(), line):
                yield []
        family = {message: True}
        parts: list[list[Record]] = []
        for chunk in self._chunks:
            if chunk.speaks_of(line) or chunk.speaks_of(family):
                parts.append(_of_family(chunk.records(), family, line))
                yield []
        parts.append(_of_family(self._open, family, line))
        room = MOST_IN_A_LIFE
        for part in reversed(parts):
            yield part[-room:] if room else []
            room = max(room - len(part), 0)

    def telling(self, words: list[str]) -> Iterator[tuple[list[MessageId], int]]:
        """The messages of which a record holds every word (in lower case) in its kind or its values, the latest first,
        in parts, each with how many records were looked through for it.
        """
        yield _told_of(self._open, words), len(self._open)
        for chunk in self._chunks[::-1]:
            yield (_told_of(chunk.records(), words) if chunk.tells(words) else []), CHUNK

    def latest_of(self, messages: Collection[MessageId]) -> Iterator[list[Record]]:
        """The records of these messages in parts, the latest part first, each in order; parts may be empty.

        Whoever takes a message out of `messages` meanwhile hears no more of it.
        """
        yield [record for record in self._open if record[3] in messages]
        for chunk in self._chunks[::-1]:
            if not messages:
                return
            if chunk.speaks_of(messages):
                yield [record for record in chunk.records() if record[3] in messages]

    def _keep_within(self, most: int) -> None:
        size = self.bytes
        while size > most:
            size -= self._chunks.pop(0).bytes
            self.first_index += CHUNK


def _spoken_of(records: list[Record]) -> Iterable[MessageId]:
    messages = dict.fromkeys(map(_message, records))
    created = [record for record in records if record[1] == "created"]
    messages |= dict.fromkeys([value for record in created for value in record[4:] if _could_be_message(value)])
    return messages


def _could_be_message(value: object) -> bool:
    return type(value) is int and ORIGINS <= value < 1 << 62


def _of_family(records: list[Record], family: dict[MessageId, bool], line: Collection[MessageId]) -> list[Record]:
    """The records that speak of the family, which grows by the messages that its members have caused, or of the line
    that it comes from.
    """
    found = []
    for record in records:
        message = record[3]
        if message in family or message in line:
            found.append(record)
        elif record[1] == "created" and any(_could_be_message(value) and value in family for value in record[4:]):
            if len(family) < MOST_IN_A_FAMILY:
                family[message] = True
            found.append(record)
    return found


def _add_causes(records: list[Record], line: dict[MessageId, bool]) -> bool:
    """Add to a line the messages from which its members were made; whether the records speak of the line at all."""
    spoken = False
    for record in reversed(records):
        if record[3] in line:
            spoken = True
            if record[1] == "created" and len(line) < MOST_IN_A_FAMILY:
                line.update((value, True) for value in record[4:] if _could_be_message(value))
    return spoken


def _texts(record: Record) -> list[str]:
    """What a record says in words: the name of its kind, and those of its values that are text."""
    return [record[1].replace("_", " "), *[value for value in record[4:] if type(value) is str]]


def _told_of(records: list[Record], words: list[str]) -> list[MessageId]:
    """The messages of which these records hold every word, the latest first."""
    told: dict[MessageId, bool] = {}
    known: dict[tuple[str, ...], bool] = {}
    for record in reversed(records):
        if record[3] > 0 and record[3] not in told:
            texts = tuple(_texts(record))
            if texts not in known:
                whole = "\n".join(texts).lower()
                known[texts] = all(word in whole for word in words)
            if known[texts]:
                told[record[3]] = True
    return list(told)
