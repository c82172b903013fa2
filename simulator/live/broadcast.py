"""The broadcast of a run: what has happened since the last frame becomes the next one, encoded once for everyone.

Frames are numbered without gaps. Who is new, was away or fell behind starts from a key frame, which is made right after
an ordinary one: it shows exactly what the others see.
"""

from dataclasses import dataclass
from typing import Any

from simulator.engine.clock import Micros
from simulator.engine.run import Run
from simulator.engine.trace import Record
from simulator.folds.frame import FrameFold, Motion, encode
from simulator.live import protocol
from simulator.live.followers import Follower
from simulator.live.protocol import Packet
from simulator.live.recording import Recording

LOG_LINES = 40


@dataclass(frozen=True)
class Scene:
    """What a frame says besides what has happened: the run as it stands, and how it is being played."""

    run: Run
    mode: str
    pace: dict[str, Any]
    beat: dict[str, Any] | None


class Broadcast:
    """The frames of one run, and the followers they go to."""

    def __init__(self, run: Run, recording: Recording) -> None:
        self.followers: list[Follower] = []
        self.number = 0
        self._recording = recording
        self._frames = FrameFold(run.scenario)
        self._fresh: list[Record] = []
        self._since: Micros = run.now

    def add(self, records: list[Record]) -> None:
        """These have happened since the last frame."""
        self._fresh += records

    def motion(self, now: Micros) -> Motion:
        """What is in motion, for a checkpoint."""
        return self._frames.motion(self._fresh, now)

    def rewind(self, motion: Motion) -> None:
        """The run is at a checkpoint now, with this in motion."""
        self._frames.set_motion(motion)
        self._fresh = []

    def skip(self, now: Micros) -> None:
        """What has happened since the last frame was passed over on the way to another moment: it is not shown."""
        self._frames.absorb(self._fresh, now)
        self._fresh = []

    def publish(self, scene: Scene) -> None:
        """Make the next frame and put it into every mailbox."""
        records, self._fresh = self._fresh, []
        self.number += 1
        log, unlogged = self._recording.narrator.lines(records)
        frame = self._frames.frame(
            scene.run,
            records,
            self._since,
            scene.mode,
            scene.pace,
            self._recording.furthest,
            self.number,
            beat=scene.beat,
            log=log,
            unlogged=unlogged,
        )
        self._since = scene.run.now
        packet = protocol.packet(encode(frame))
        for follower in self.followers:
            follower.offer(self.number, packet)
        self.serve(scene)

    def jump(self, scene: Scene) -> None:
        """Everyone is somewhere else now: a key frame for all."""
        self.skip(scene.run.now)
        self._since = scene.run.now
        self.number += 1
        self._catch_up(self.followers, scene)

    def serve(self, scene: Scene) -> None:
        """A key frame for those who need one and can take it; only when nothing has happened since the last frame."""
        self._catch_up([one for one in self.followers if one.wants_key and one.ready], scene)

    def tell(self, packet: Packet) -> None:
        for follower in self.followers:
            follower.tell(packet)

    def _catch_up(self, followers: list[Follower], scene: Scene) -> None:
        if not followers:
            return
        recording, run = self._recording, scene.run
        log = recording.narrator.tail(recording.archive, run.now, LOG_LINES)
        frame = self._frames.key_frame(
            run, scene.mode, scene.pace, recording.furthest, self.number, beat=scene.beat, log=log
        )
        packet = protocol.packet(encode(frame))
        for follower in followers:
            follower.catch_up(self.number, packet)
