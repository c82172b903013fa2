"""Frames: slices of virtual time as the page gets them (docs/PROTOCOL.md, `frame`), of bounded size whatever the load.

Hops travel as columns of small integers: measured against a list of objects they are a quarter of the size and take a
sixtieth of the time to encode. Above a budget hops are sampled by the serial numbers of their messages, so that the
same messages are kept on every link and from frame to frame; the frame says how many hops one stands for, and the
counts stay exact. Only what has changed since the frame before is in a frame; a key frame holds everything that can
be seen at its moment.
"""

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import orjson

from simulator.engine.clock import Micros
from simulator.engine.message import BY_HAND, ORIGINS
from simulator.engine.run import Run
from simulator.engine.scenario import Scenario
from simulator.engine.trace import Record
from simulator.folds.narration import Line, shortened

# Bytes of one encoded frame, at most.
LARGEST = 32_768

# Hops in one frame, at most. The weight goes down again when, for so many frames on end, half of it would have brought
# no more than this share of them.
MOST_HOPS = 500
RELAXED = 0.6
LIGHT_FRAMES = 8

# Hop times are sent in ticks of this many microseconds.
TICK: Micros = 100

# Active faults in one frame, at most: the latest. And characters of a text where there is no room for more.
MOST_FAULTS = 200
LONGEST_TEXT = 240

_HEAVIEST = 1 << 24
_ORIGIN = ORIGINS - 1
_ORIGIN_BITS = _ORIGIN.bit_length()
_HOPS = frozenset(("sent", "carried"))
_BEST_LINES = 8
_LONG_LISTS = ("head", "shelf", "seats", "last")
_LISTS_KEPT = (6, 3, 0)

# Places of the values in a record of a hop.
_MESSAGE, _LINK, _ARRIVES = 3, 4, 6
_link_of = itemgetter(_LINK)

Hops = list[Record]
Views = dict[str, dict[str, Any]]
Charts = dict[str, dict[str, Any]]


class Motion:
    """The hops in motion at one moment, as a checkpoint keeps them; nothing is computed before it is pickled."""

    __slots__ = ("now", "sources", "weight")

    def __init__(self, sources: Sequence[Sequence[Record]], now: Micros, weight: int) -> None:
        self.sources = sources
        self.now = now
        self.weight = weight

    def __reduce__(self) -> tuple[Any, ...]:
        hops, weight = self.thinned()
        return Motion, ([hops], self.now, weight)

    def thinned(self) -> tuple[Hops, int]:
        """Those that have not arrived, at most MOST_HOPS of them, and how many of them one stands for."""
        moving = [hop for source in self.sources for hop in source if hop[1] in _HOPS and hop[_ARRIVES] > self.now]
        weight = self.weight
        hops = _sample(moving, weight)
        while len(hops) > MOST_HOPS and weight < _HEAVIEST:
            weight *= 2
            hops = _sample(moving, weight)
        return hops[-MOST_HOPS:], weight


class FrameFold:
    """Makes the frames of one run, one after another; remembers only what the next one needs."""

    def __init__(self, scenario: Scenario) -> None:
        self._indices = {node.id: ("node", index) for index, node in enumerate(scenario.nodes)}
        for index, link in enumerate(scenario.links):
            self._indices.setdefault(link.id, ("link", index))
        self._moving: Hops = []
        self._moving_weight = 1
        self._weight = 1
        self._light_frames = 0
        self._views: Views = {}
        self._charts: dict[str, int] = {}
        self._faults: list[list[Any]] = []
        self._looks = 0

    def motion(self, records: Sequence[Record], now: Micros) -> Motion:
        """What is in motion at `now`; `records` are those that have been written since the last frame."""
        lightest = self._moving_weight if 2 * len(self._moving) > MOST_HOPS else 1
        return Motion((self._moving, records), now, lightest)

    def set_motion(self, motion: Motion) -> None:
        """Go on from a checkpoint: what is in motion there is in motion now, and nothing else."""
        self._moving, self._moving_weight = motion.thinned()

    def absorb(self, records: Sequence[Record], now: Micros) -> None:
        """Take in what has happened without making a frame of it, for the key frame that follows."""
        self._moving, self._moving_weight = self.motion(records, now).thinned()

    def frame(
        self,
        run: Run,
        records: list[Record],
        since: Micros,
        mode: str,
        pace: dict[str, Any],
        furthest: Micros,
        number: int,
        *,
        beat: dict[str, Any] | None = None,
        log: Sequence[Line] = (),
        unlogged: int = 0,
    ) -> dict[str, Any]:
        """The frame of what has happened after `since`: `records`, up to where the run is now."""
        hops = [record for record in records if record[1] in _HOPS]
        self._reweigh(hops)
        kept = _sample(hops, self._weight)
        self.absorb(hops, run.now)
        counts = sorted(Counter(map(_link_of, hops)).items())
        frame = self._outline(run, False, since, mode, pace, furthest, number, beat)
        frame |= {"hops": columns(kept, since, self._weight), "counts": counts, "views": self._changed_views(run)}
        charts = self._changed_charts(run)
        if charts:
            frame["charts"] = charts
        faults, looks = self._active_faults(run), _short(run.looks)
        if faults != self._faults:
            frame["faults"] = self._faults = faults
        if len(looks) != self._looks:
            frame["looks"], self._looks = looks, len(looks)
        frame |= {"log": log, "unlogged": unlogged}
        return self._bounded(frame, kept)

    def key_frame(
        self,
        run: Run,
        mode: str,
        pace: dict[str, Any],
        furthest: Micros,
        number: int,
        *,
        beat: dict[str, Any] | None = None,
        log: Sequence[Line] = (),
    ) -> dict[str, Any]:
        """Everything that can be seen now, for a page that knows nothing yet.

        All records must have been in a frame or absorbed; frames that follow hold only what changes from here on.
        """
        self.absorb((), run.now)
        self._views = {str(node.index): node.view() for node in run.nodes}
        self._charts = {}
        self._faults, looks = self._active_faults(run), _short(run.looks)
        self._looks = len(looks)
        frame = self._outline(run, True, run.now, mode, pace, furthest, number, beat)
        frame |= {"hops": columns(self._moving, run.now, self._moving_weight), "counts": [], "views": dict(self._views)}
        frame["charts"] = self._changed_charts(run)
        frame |= {"faults": self._faults, "looks": looks, "log": log, "unlogged": 0}
        return self._bounded(frame, self._moving)

    def _outline(
        self,
        run: Run,
        key: bool,
        since: Micros,
        mode: str,
        pace: dict[str, Any],
        furthest: Micros,
        number: int,
        beat: dict[str, Any] | None,
    ) -> dict[str, Any]:
        frame: dict[str, Any] = {"type": "frame", "n": number, "key": key, "from": since, "to": run.now, "mode": mode}
        frame |= {"pace": pace, "furthest": furthest, "beat": beat}
        return frame

    def _reweigh(self, hops: Hops) -> None:
        """Choose how many hops one stands for. It rises at once and falls late, so that it does not flicker."""
        while len(hops) > MOST_HOPS and len(_sample(hops, self._weight)) > MOST_HOPS and self._weight < _HEAVIEST:
            self._weight *= 2
            self._light_frames = 0
        if self._weight > 1 and len(_sample(hops, self._weight // 2)) <= RELAXED * MOST_HOPS:
            self._light_frames += 1
            if self._light_frames >= LIGHT_FRAMES:
                self._weight //= 2
                self._light_frames = 0
        else:
            self._light_frames = 0

    def _changed_views(self, run: Run) -> Views:
        known = self._views
        now = {str(node.index): node.view() for node in run.nodes}
        changed = {index: view for index, view in now.items() if view != known.get(index)}
        self._views = now
        return changed

    def _changed_charts(self, run: Run) -> Charts:
        """The charts that the page does not have in this version."""
        charts = {str(node.index): chart for node in run.nodes if (chart := node.chart()) is not None}
        changed = {index: chart for index, chart in charts.items() if chart["version"] != self._charts.get(index)}
        self._charts |= {index: chart["version"] for index, chart in changed.items()}
        return changed

    def _active_faults(self, run: Run) -> list[list[Any]]:
        places = self._indices
        active = list(run.faults.items())[-MOST_FAULTS:]
        return [[*places[where], name, fault.until] for (where, name), fault in active]

    def _bounded(self, frame: dict[str, Any], kept: Hops) -> dict[str, Any]:
        """Make a frame that is too large smaller, what matters least first: long lists, log lines, hops, texts, charts,
        views.

        A chart or a view that is left out comes with the next frame.
        """
        if _size(frame) <= LARGEST:
            return frame
        for most in _LISTS_KEPT:
            frame["views"] = {index: _with_short_lists(view, most) for index, view in frame["views"].items()}
            if _size(frame) <= LARGEST:
                return frame
        frame["unlogged"] += len(frame["log"][:-_BEST_LINES])
        frame["log"] = frame["log"][-_BEST_LINES:]
        weight = frame["hops"]["weight"] if frame["hops"] else _HEAVIEST
        while _size(frame) > LARGEST and weight < _HEAVIEST:
            weight *= 2
            kept = _sample(kept, weight)
            frame["hops"] = columns(kept, frame["from"], weight)
        if frame["beat"] is not None and _size(frame) > LARGEST:
            frame["beat"] = _shortened(frame["beat"])
        charts = frame.get("charts", {})
        while _size(frame) > LARGEST and len(charts) > 1:
            del self._charts[charts.popitem()[0]]
        while _size(frame) > LARGEST and frame["views"]:
            left_out = frame["views"].popitem()[0]
            del self._views[left_out]
        return frame


def encode(frame: dict[str, Any]) -> bytes:
    """A frame as the bytes of its JSON."""
    return orjson.dumps(frame)


def columns(hops: Hops, since: Micros, weight: int) -> dict[str, Any] | None:
    """Hops as columns of integers (docs/PROTOCOL.md); None where there are none.

    One plain loop: measured, it is a quarter quicker than a comprehension for each column.
    """
    if not hops:
        return None
    serials: list[int] = []
    origins: list[int] = []
    ways: list[int] = []
    looks: list[int] = []
    leaves: list[int] = []
    travels: list[int] = []
    before = left = 0
    for time, _, _, message, link, back, arrives, glyph in hops:
        serial, leave = message >> _ORIGIN_BITS, (time - since) // TICK
        serials.append(serial - before)
        origins.append(message & _ORIGIN)
        ways.append(link + link + back)
        looks.append(glyph)
        leaves.append(leave - left)
        travels.append((arrives - time) // TICK or 1)
        before, left = serial, leave
    # Serials are always a list: it tells how many hops there are.
    columns = {"origin": origins, "link": ways, "look": looks, "leave": leaves, "travel": travels}
    return {"weight": weight, "serial": serials} | {name: _column(values) for name, values in columns.items()}


def _column(values: list[int]) -> list[int] | int:
    """The values, or the one value they all have."""
    first = values[0]
    return first if first == values[-1] and values.count(first) == len(values) else values


def _sample(hops: Hops, weight: int) -> Hops:
    """The hops of one message in `weight`, always the same ones, and of all that were sent by hand."""
    if weight == 1:
        return hops
    mask = (weight - 1) * ORIGINS
    kept = [hop for hop in hops if not hop[_MESSAGE] & mask or hop[_MESSAGE] % ORIGINS == BY_HAND]
    return kept if len(kept) <= MOST_HOPS else [hop for hop in kept if not hop[_MESSAGE] & mask]


def _with_short_lists(view: dict[str, Any], most: int) -> dict[str, Any]:
    short = {name: value[:most] for name, value in view.items() if name in _LONG_LISTS and isinstance(value, list)}
    return view | short


def _short(looks: list[str]) -> list[str]:
    return [shortened(look, LONGEST_TEXT // 4) for look in looks]


def _shortened(value: Any) -> Any:
    """Nested JSON with its texts cut short."""
    if isinstance(value, str):
        return shortened(value, LONGEST_TEXT)
    if isinstance(value, dict):
        return {name: _shortened(inner) for name, inner in value.items()}
    return [_shortened(inner) for inner in value] if isinstance(value, list) else value


def _size(frame: dict[str, Any]) -> int:
    return len(orjson.dumps(frame))
