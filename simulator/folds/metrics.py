"""Metrics: how many, how fast, how long, how busy: every measure the patterns declare, over time and in all.

Records are counted in groups of the same kind and node, because that is what Python does fast; the state is bounded
however long the run is, and small, because every checkpoint holds a copy. Rates, spans and occupancy come exactly
from the records; gauges are what only a node knows, and are read at `next_sample`.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from simulator.engine.clock import MILLISECOND, Micros
from simulator.engine.pattern import Measure
from simulator.engine.run import Run
from simulator.engine.scenario import PlacedNode, Scenario
from simulator.engine.trace import Kind, Record
from simulator.folds.kinds import Kinds, asks_for_messages, ends_work, field_of
from simulator.folds.occupancy import Inside, Occupancy, Workload
from simulator.folds.series import MOST_POINTS, AnySeries, CountSeries, GaugeSeries, SpanSeries

# The first buckets are this long; gauges are read so often within one.
FIRST_BUCKET: Micros = 250 * MILLISECOND
READINGS = 4

# Numbers in all series together, at most, as a page gets them: with very many series each has fewer points.
MOST_NUMBERS = 24_000

# Gauges with these keys say how many a node works on now, and how many at most: together, its utilisation.
BUSY, CAPACITY = "busy", "concurrency"

_time, _node = itemgetter(0), itemgetter(2)


@dataclass
class Uses:
    """What the records of one kind and node are for."""

    counts: list[CountSeries] = field(default_factory=list)
    spans: list[tuple[SpanSeries, int]] = field(default_factory=list)
    arrive: list[Inside] = field(default_factory=list)
    leave: list[Inside] = field(default_factory=list)

    def count(self, records: list[Record]) -> None:
        """Use these records, except for those inside who leave: that comes when all arrivals are known."""
        for counts in self.counts:
            counts.add(len(records))
        for spans, place in self.spans:
            spans.add([record[place] for record in records], records)
        for inside in self.arrive:
            inside.arrive(records)


@dataclass(frozen=True)
class Gauged:
    """The gauges of one node, each with the key under which the node states it."""

    node: int
    series: list[tuple[str, GaugeSeries]]

    def of(self, key: str) -> GaugeSeries:
        return next(series for gauge, series in self.series if gauge == key)


class Metrics:
    """The measures of one run. It can be pickled at any time and goes on as if it had not been."""

    def __init__(self, scenario: Scenario) -> None:
        self.bucket: Micros = FIRST_BUCKET
        self.next_sample: Micros = 0
        self._end: Micros = FIRST_BUCKET
        self._sampled: Micros = -1
        self._known = False
        self._closed = 0
        self._series: dict[str, AnySeries] = {}
        self._gauged: list[Gauged] = []
        self._inside: dict[str, Inside] = {}
        self._uses: dict[str, dict[int, Uses]] = {}
        self._titles = {node.id: (node.title, node.pattern.name) for node in scenario.nodes}
        kinds = Kinds(scenario)
        for index, node in enumerate(scenario.nodes):
            self._measure(index, node)
            self._occupy(index, node, kinds.by_node[index])

    def add(self, records: list[Record]) -> None:
        """Take in records, in order."""
        begin = 0
        while records and records[-1][0] > self._end:
            cut = bisect_right(records, self._end, begin, key=_time)
            self._count(records[begin:cut])
            self._close()
            begin = cut
        self._count(records[begin:] if begin else records)

    def sample(self, run: Run) -> None:
        """Read the gauges; to be called when the run has come to `next_sample`, with all its records added."""
        now = run.now
        while self._end < now:
            self._close()
        for gauged in self._gauged:
            values = run.nodes[gauged.node].gauges()
            for key, series in gauged.series:
                series.read(values.get(key), now)
        self._known, self._sampled = True, now
        if self._end == now:
            self._close()
        self.next_sample = min(self._end, now + max(self.bucket // READINGS, 1))

    def series(self) -> dict[str, list[Any]]:
        """The whole run so far: `time` in microseconds, and the points of each line at those times.

        Keys are `<node>.<measure>`, with `.p95` behind it for a quantile. At most 240 points.
        """
        bucket, closed_until = self.bucket, self._end - self.bucket
        part = max(self._sampled - closed_until, 0) or int(self._sampled == 0 == self._closed)
        times = [place * bucket for place in range(1, self._closed + 1)] + ([self._sampled] if part else [])
        lines: dict[str, list[Any]] = {"time": times}
        for key, series in self._series.items():
            lines |= {key + ending: points for ending, points in series.lines(bucket, part).items()}
        stride = max(1, -(-len(lines) * len(times) // MOST_NUMBERS))
        return lines if stride == 1 else {key: points[::-1][::stride][::-1] for key, points in lines.items()}

    def summary(self, now: Micros) -> dict[str, Any]:
        """The run from its beginning to `now`: for each node its measures, its utilisation, and Little's law.

        `{"time": µs, "warm_up": µs or None, "nodes": {id: {"title": …, "pattern": …, "measures": {key: {…}},
        "utilisation": share or None, "little": {…} or None}}}`. A measure is a gauge (unit, now, mean, max), a count
        (unit, count, per_second) or a span (unit µs, count, mean, min, p50, p95, p99, max, warm_up, steady_mean). The
        `warm_up` of the run is the longest of its spans; `little` is as in `Occupancy.little`.
        """
        nodes: dict[str, Any] = {
            identity: {"title": title, "pattern": pattern, "measures": {}, "utilisation": None, "little": None}
            for identity, (title, pattern) in self._titles.items()
        }
        for key, series in self._series.items():
            identity, _, measure = key.partition(".")
            nodes[identity]["measures"][measure] = series.summary(now)
        for identity, inside in self._inside.items():
            nodes[identity]["little"] = inside.little(now)
        for gauged, identity in zip(self._gauged, self._titles, strict=True):
            nodes[identity]["utilisation"] = _utilisation(gauged, self._inside.get(identity), now)
        warm_ups = [one.warm_up.steady() for one in self._series.values() if isinstance(one, SpanSeries)]
        return {"time": now, "warm_up": max((one.begins for one in warm_ups if one), default=None), "nodes": nodes}

    @property
    def inside(self) -> int:
        """How many copies of messages are in the custody of channels and consumers now."""
        return sum(inside.inside for inside in self._inside.values() if isinstance(inside, Occupancy))

    def _measure(self, index: int, node: PlacedNode) -> None:
        """Set up the series of a node."""
        gauges: list[tuple[str, GaugeSeries]] = []
        for measure in node.pattern.measures:
            key = f"{node.id}.{measure.key}"
            if measure.values is not None:
                self._series[key] = spans = SpanSeries(measure.quantiles)
                kind = next((kind for kind in node.pattern.kinds if kind.name == measure.values[0]), None)
                value = field_of(kind, measure.values[1]) if kind else None
                assert value, f"{node.pattern.name}.{measure.key} measures {measure.values}, and there is no such field"
                self._use(measure.values[0], index).spans.append((spans, value.place))
            elif measure.counts:
                self._series[key] = counts = CountSeries(measure.unit)
                for name in measure.counts:
                    self._use(name, index).counts.append(counts)
            else:
                self._series[key] = gauge = GaugeSeries(measure.unit)
                gauges.append((measure.gauge, gauge))
        gauges += [(name, GaugeSeries("")) for name in (BUSY, CAPACITY) if name not in dict(gauges)]
        self._gauged.append(Gauged(index, gauges))

    def _occupy(self, index: int, node: PlacedNode, kinds: dict[str, Kind]) -> None:
        """Set up the number inside a node: what it works on where it asks for messages, else what is in its custody."""
        if node.pattern.role == "producer":
            return
        inside: Inside
        if asks_for_messages(node):
            self._inside[node.id] = inside = Workload()
            begin = [kind for kind in node.pattern.kinds if kind.span == "working"]
            end = [kind for kind in node.pattern.kinds if ends_work(kind)]
        else:
            self._inside[node.id] = inside = Occupancy()
            begin = [kind for kind in kinds.values() if kind.holds > 0]
            end = [kind for kind in kinds.values() if kind.holds < 0]
        for kind in begin:
            self._use(kind.name, index).arrive.append(inside)
        for kind in end:
            self._use(kind.name, index).leave.append(inside)

    def _use(self, kind: str, node: int) -> Uses:
        return self._uses.setdefault(kind, {}).setdefault(node, Uses())

    def _count(self, records: list[Record]) -> None:
        groups: defaultdict[str, list[Record]] = defaultdict(list)
        for record in records:
            groups[record[1]].append(record)
        if groups:
            self._known = False
        leaving: list[tuple[Uses, list[Record]]] = []
        for name, group in groups.items():
            if name in self._uses:
                for uses, part in _parted(group, self._uses[name]):
                    uses.count(part)
                    if uses.leave:
                        leaving.append((uses, part))
        for uses, part in leaving:
            for inside in uses.leave:
                inside.leave(part)

    def _close(self) -> None:
        """End a bucket; where there are too many, make one of each two."""
        for series in self._series.values():
            series.close(self._known)
        self._closed += 1
        if self._closed >= MOST_POINTS:
            for series in self._series.values():
                series.halve()
            self._closed //= 2
            self.bucket *= 2
        self._end = (self._closed + 1) * self.bucket


def _parted(group: list[Record], by_node: dict[int, Uses]) -> Iterator[tuple[Uses, list[Record]]]:
    """The records of a kind by the node that wrote them, with what they are for."""
    nodes = dict.fromkeys(map(_node, group))
    parts: dict[int, list[Record]] = {node: group if len(nodes) == 1 else [] for node in nodes}
    if len(nodes) > 1:
        for record in group:
            parts[record[2]].append(record)
    yield from ((by_node[node], part) for node, part in parts.items() if node in by_node)


def _utilisation(gauged: Gauged, inside: Inside | None, now: Micros) -> float | None:
    """How much of its capacity a node used: work from its records where it has any, else from readings."""
    capacity = gauged.of(CAPACITY).mean(now)
    if not capacity or not now:
        return None
    if inside is not None and inside.arrivals:
        return round(inside.area(now) / now / capacity, 4)
    busy = gauged.of(BUSY).mean(now)
    return None if busy is None else round(busy / capacity, 4)


def charts(scenario: Scenario) -> list[dict[str, Any]]:
    """What the page can chart, channels first: a line's key, node, title, unit, and the keys of lines drawn with it."""
    order = sorted(enumerate(scenario.nodes), key=lambda placed: _ROLES.index(placed[1].pattern.role))
    return [chart for index, node in order for chart in _charts_of(index, node)]


_ROLES = ("channel", "consumer", "producer")


def _charts_of(index: int, node: PlacedNode) -> Iterator[dict[str, Any]]:
    measures = node.pattern.measures
    for measure in measures:
        if measure.beside:
            continue
        beside = [other for other in measures if other.beside == measure.key]
        first, *more = [key for one in (measure, *beside) for key in _keys(node.id, one)]
        yield {"key": first, "node": index, "title": measure.title, "unit": _unit(measure), "with": more}


def _keys(node: str, measure: Measure) -> list[str]:
    key = f"{node}.{measure.key}"
    return [f"{key}.p{share}" for share in measure.quantiles] if measure.values else [key]


def _unit(measure: Measure) -> str:
    """The unit of the numbers in the series: spans are microseconds, counts are per second."""
    if measure.values:
        return "µs"
    return "per s" if measure.counts else measure.unit
