"""The trace: the append-only story of a run, one past-tense record after another.

A record is a flat tuple, (time, kind, node index, message id, *values): cheap to write, opaque to the garbage
collector and the same on every machine. What the values mean, and the sentence that tells them, is declared by the
kind, beside the node that writes it. A fold that understands the core kinds (OpenTelemetry's messaging operations as
facts: created, sent, received, processed, settled, discarded) understands every pattern.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from simulator.engine.message import Message

# (time: Micros, kind: str, node index or -1, message id or 0, *values as the kind's fields say)
Record = tuple[Any, ...]

Core = Literal["created", "sent", "received", "processed", "settled", "discarded", ""]
Level = Literal["info", "good", "warn", "bad"]


@dataclass(frozen=True)
class Kind:
    """One kind of record.

    `fields` names the values in order; a unit may follow a colon: `until:time`, `waited:span`, `to:node`, `over:link`,
    `what:target` (the id of a node or a link), `cause:message`, `receives:count`. `sentence` is a format string over
    `{node}`, `{message}`, `{type}`, `{to}` (the other end of a link) and the fields; a count names what it counts:
    `{receives:receive}` says "3 receives".
    `holds` is +1 where the node takes a message into its custody and -1 where it gives it up. `mark` puts it on the
    time track. `span` is the state a journey shows from this record on: travelling, waiting, inflight, working, stored,
    dead, gone ('' = no change).
    """

    name: str
    sentence: str
    fields: tuple[str, ...] = ()
    core: Core = ""
    level: Level = "info"
    holds: int = 0
    mark: str = ""
    span: str = ""


class Trace:
    """Records that nobody has taken yet, and how many there have been in all.

    A run writes; whoever drives the run takes. So the state of a run stays small however long its story is. Beside the
    records lie the messages that were made meanwhile, for whoever wants to know what they say: `made` since the last
    `take`, `told` those of before. They are no part of the story, and of no checkpoint.
    """

    __slots__ = ("_taken", "append", "made", "records", "told")

    def __init__(self, records: list[Record] | None = None, taken: int = 0) -> None:
        self.records: list[Record] = [] if records is None else records
        self._taken = taken
        self.append = self.records.append
        self.made: list[Message] = []
        self.told: list[Message] = []

    def __reduce__(self) -> tuple[Any, ...]:
        return Trace, (self.records, self._taken)

    @property
    def count(self) -> int:
        """How many records the run has written since it began."""
        return self._taken + len(self.records)

    def take(self) -> list[Record]:
        """The records written since the last call, oldest first."""
        taken = self.records[:]
        self._taken += len(taken)
        self.records.clear()
        self.told, self.made = self.made, []
        return taken


def line(record: Record) -> str:
    """A record as one line of JSON: what two identical runs have in common, byte for byte."""
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)
