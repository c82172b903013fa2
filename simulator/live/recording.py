"""A recording: what is known of a run from its beginning to the furthest moment computed, in bounded memory.

Playing a past moment again produces the same records; only what is new is filed. Checkpoints hold the folds too, so
that a moment that is restored comes with its charts, its marks and its hops in motion.
"""

import gc
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from simulator.engine.clock import Micros
from simulator.engine.journal import Intervention
from simulator.engine.message import Message
from simulator.engine.run import Run
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Record
from simulator.folds.archive import Archive
from simulator.folds.bodies import Bodies
from simulator.folds.digest import Digest
from simulator.folds.frame import Motion
from simulator.folds.guarantees import Guarantees
from simulator.folds.marks import Marks
from simulator.folds.metrics import Metrics
from simulator.folds.narration import Narrator
from simulator.folds.story import Told
from simulator.live.checkpoints import Checkpoint, Checkpoints

# A checkpoint is due after this many records, or later where its cost would exceed a seventh of the work in between:
# measured, a byte of a state takes 0.05 µs to save, and a record 15 µs to make and to file.
RECORDS_BETWEEN = 4000
BYTES_PER_RECORD = 50

# What a session wants back with a moment: the hops in motion there, and how far the story had been told.
Memory = tuple[Motion, Told]

Folds = tuple[Metrics, Marks, Guarantees, Digest]


class Recording:
    """Archive, charts, marks and checkpoints of one run; `now` moves elsewhere, this only grows (or is cut for a
    fork).
    """

    def __init__(self, run: Run) -> None:
        self.scenario = run.scenario
        self.archive = Archive()
        self.bodies = Bodies()
        self.metrics = Metrics(run.scenario)
        self.marks = Marks(run.scenario)
        self.guarantees = Guarantees(run.scenario)
        self.narrator = Narrator(run.scenario, run.looks)
        self.digest = Digest()
        self.checkpoints = Checkpoints()
        self.furthest: Micros = 0
        self.stored = 0  # how many records there had been at the latest state that is stored
        self._due = 0

    def file(self, run: Run, records: list[Record]) -> None:
        """Take in what the run has just written; records of a past that is played again are known already."""
        new = run.trace.count - self.archive.count
        if new > 0:
            fresh = records[-new:] if new < len(records) else records
            self.archive.append(fresh)
            self.metrics.add(fresh)
            self.marks.add(fresh)
            self.guarantees.add(fresh)
            self.narrator.learn(fresh, run.looks)
            self.bodies.add(run.trace.told if new >= len(records) else self._new_among(run.trace.told))
        if run.now >= self.furthest:
            self.furthest = run.now
            self.digest.add(fresh if new > 0 else [], run.now)

    def _new_among(self, made: list[Message]) -> list[Message]:
        """Those of the messages that a past played again had not made before."""
        return [message for message in made if message.created > self.furthest]

    def sample(self, run: Run) -> None:
        """Read the gauges, if their time has come and this is new ground."""
        if run.now >= self.metrics.next_sample and run.trace.count == self.archive.count:
            self.metrics.sample(run)

    def keep(self, run: Run, more: Memory) -> None:
        """Keep a checkpoint if one is due; `more` is what the session wants back with it. All records must be filed."""
        if run.trace.count < self._due or run.trace.count != self.archive.count:
            return
        with uncollected():
            state = run.checkpoint()
            folds, memory = (pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL) for what in (self._folds(), more))
        self.checkpoints.add(Checkpoint(run.now, run.trace.count, len(run.journal), state, folds, memory))
        self._due = run.trace.count + max(RECORDS_BETWEEN, len(state) // BYTES_PER_RECORD)

    def restore(self, run: Run, time: Micros) -> tuple[Run, Memory]:
        """The last kept run at or before `time`, knowing the journal of `run`, and what the session gave with it.

        The run so far is taken apart: it must not be used any more.
        """
        kept = self.checkpoints.before(time)
        with uncollected():
            restored = Run.restore(kept.state, self.scenario, run.known_journal, kept.applied)
            _take_apart(run)
        memory: Memory = pickle.loads(kept.memory)  # noqa: S301 - written by `keep`, and signed if it was stored
        return restored, memory

    def _folds(self) -> Folds:
        """What a checkpoint holds besides the run, because a fork goes on from there."""
        return self.metrics, self.marks, self.guarantees, self.digest

    @property
    def bytes(self) -> int:
        """What the past takes in memory, nearly; forks share some of it, which is counted for each."""
        return self.checkpoints.bytes + self.archive.bytes + self.bodies.bytes

    def forked(self, run: Run, time: Micros) -> tuple[Run, "Recording", Memory]:
        """A run and a recording of its own that share this past up to the last checkpoint before `time`.

        The run knows the journal up to `time` and has to be advanced to it.
        """
        kept = self.checkpoints.before(time)
        lines = [line for line in run.known_journal if line.time <= time]
        return revived(self._past(self.checkpoints.until(kept.time).kept), self.scenario, lines)

    def past(self) -> "Past":
        """What another process needs in order to go on from the latest checkpoint: the net of checkpoints thinned."""
        return self._past(self.checkpoints.thinned())

    def _past(self, checkpoints: list[Checkpoint]) -> "Past":
        last = checkpoints[-1]
        return Past(self.archive.until(last.count), self.bodies.until(last.time), self.narrator.copy(), checkpoints)


@dataclass(frozen=True)
class Past:
    """The past of a run up to the last of `checkpoints`. Nothing in it changes any more, so it may be pickled in a
    thread.
    """

    archive: Archive
    bodies: Bodies
    narrator: Narrator
    checkpoints: list[Checkpoint]


def revived(past: Past, scenario: Scenario, lines: Sequence[Intervention]) -> tuple[Run, Recording, Memory]:
    """A run and its recording at the last checkpoint of a past; the run knows the journal `lines`."""
    kept = past.checkpoints[-1]
    with uncollected():
        run = Run.restore(kept.state, scenario, lines, kept.applied)
    recording = Recording(run)
    recording.archive, recording.bodies, recording.narrator = past.archive, past.bodies, past.narrator
    folds: Folds = pickle.loads(kept.folds)  # noqa: S301 - written by `keep`, and signed if it was stored
    memory: Memory = pickle.loads(kept.memory)  # noqa: S301 - as above
    recording.metrics, recording.marks, recording.guarantees, recording.digest = folds
    recording.digest.expect([])
    recording.checkpoints = Checkpoints(past.checkpoints)
    recording.furthest = kept.time
    recording._due = kept.count + RECORDS_BETWEEN
    return run, recording, memory


def _take_apart(run: Run) -> None:
    """Cut the references among nodes and links, so that all they hold is freed at once: left to the garbage collector,
    a hundred thousand messages stay in memory beside those of the next run, and make its looks twice as long.
    """
    for part in (*run.nodes, *run.links):
        vars(part).clear()


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for garbage: a state makes a hundred thousand objects, all of them needed.

    Measured on a queue with 54,000 messages, looking for garbage was half of saving and six sevenths of restoring.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
