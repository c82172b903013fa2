"""`manage.py simulate SCENARIO`: run any scenario without a browser, as fast as the machine can, and say what came of
it.

The scenario is a slug of the library or a path to a JSON document. The run is the one the browser shows for the same
seed, record for record. `--trace` writes every record as a line of JSON (with `--narrate`, its sentence too),
`--metrics` all figures as JSON.
"""

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from simulator import catalog
from simulator.engine import clock
from simulator.engine import scenario as documents
from simulator.engine.clock import Micros
from simulator.engine.errors import Refused
from simulator.engine.run import Run
from simulator.engine.trace import Record, line
from simulator.folds.guarantees import Guarantees, Row
from simulator.folds.metrics import Metrics
from simulator.folds.narration import Narrator
from simulator.models import Scenario

LITTLE = "Little's law"
LARGEST_SEED = 2**53
BROKEN = 2  # exit code of a scenario with problems
AT_ONCE = 20_000  # actions between two looks at what was written


class Command(BaseCommand):
    help = "Run a scenario without a browser and print what came of it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenario", help="slug of a scenario, or path to a JSON document")
        parser.add_argument("--seed", type=_seed, default=None, help="default: the document's own")
        parser.add_argument(
            "--for",
            dest="span",
            type=_span,
            default=None,
            metavar="SPAN",
            help="virtual time, such as 10m or 1h30m; default: the document's length",
        )
        parser.add_argument(
            "--trace", metavar="FILE", help="write every record as a line of JSON; - means the standard output"
        )
        parser.add_argument(
            "--narrate", action="store_true", help="with --trace: write each record together with its sentence"
        )
        parser.add_argument("--metrics", metavar="FILE", help="write all figures as JSON; - means the standard output")

    def handle(
        self, *args: Any, scenario: str, seed: int | None, span: Micros | None, verbosity: int, **options: Any
    ) -> None:
        if options["narrate"] and not options["trace"]:
            raise CommandError("--narrate says how to write the trace: give --trace FILE too.")
        try:
            checked = documents.read(_document(scenario), catalog.patterns())
        except Refused as refused:
            told = [f"{scenario} can't be run; it has {len(refused.problems)} problem(s):", *map(str, refused.problems)]
            raise CommandError("\n  ".join(told), returncode=BROKEN) from None
        run = Run(checked, seed)
        until = checked.document.length if span is None else span
        with ExitStack() as files:
            trace = self._open(files, options["trace"])
            figures = self._open(files, options["metrics"])
            metrics, guarantees, wall = self._play(run, until, trace, options["narrate"])
            summary, judged = metrics.summary(run.now), guarantees.rows()
            if figures is not None:
                json.dump(_told(run, summary, judged), figures, indent=2, ensure_ascii=False)
                figures.write("\n")
        if verbosity > 0 and "-" not in (options["trace"], options["metrics"]):
            self._say(run, summary, judged, wall)

    def _open(self, files: ExitStack, path: str | None) -> IO[str] | None:
        if path is None:
            return None
        if path == "-":
            return sys.stdout
        try:
            return files.enter_context(open(path, "w", encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from None

    def _play(self, run: Run, until: Micros, trace: IO[str] | None, narrate: bool) -> tuple[Metrics, Guarantees, float]:
        metrics, guarantees = Metrics(run.scenario), Guarantees(run.scenario)
        narrator = Narrator(run.scenario, run.looks)
        begun = time.perf_counter()
        while run.now < until:
            target = min(until, max(metrics.next_sample, run.now + 1))
            while run.advance(target, AT_ONCE) >= AT_ONCE:
                _file(run.trace.take(), run, (metrics, guarantees), trace, narrator if narrate else None)
            _file(run.trace.take(), run, (metrics, guarantees), trace, narrator if narrate else None)
            metrics.sample(run)
        return metrics, guarantees, time.perf_counter() - begun

    def _say(self, run: Run, summary: dict[str, Any], judged: list[Row], wall: float) -> None:
        title = run.scenario.document.title
        self.stdout.write(self.style.MIGRATE_HEADING(f"{title}: {clock.words(run.now)} with seed {run.seed}"))
        self.stdout.write(
            f"{run.trace.count:,} records in {wall:.2f} s ({run.now / 1e6 / max(wall, 1e-9):,.0f} times real time)\n"
        )
        for text in _paragraphs(run, summary):
            self.stdout.write(text)
        self.stdout.write("Guarantees")
        for row in judged:
            self.stdout.write(f"  {_guarantee(row)}")


def _document(name: str) -> Any:
    """The document a file holds, or that of the scenario with this slug, stored or built in."""
    path = Path(name)
    if path.suffix == ".json" or path.is_file():
        try:
            return path.read_bytes()
        except OSError as error:
            raise CommandError(f"{name} can't be read: {error.strerror}.") from None
    try:
        stored = Scenario.objects.filter(slug=name).values_list("document", flat=True).first()
    except OperationalError:
        stored = None  # no database yet: the built-in scenarios are enough
    if stored is not None:
        return stored
    builtins = {builtin.slug: builtin for builtin in catalog.builtin_scenarios()}
    if name not in builtins:
        raise CommandError(
            f"No scenario is called {name}, and there is no such file. Built in: {', '.join(builtins) or 'none'}."
        )
    if builtins[name].document is None:
        raise Refused(list(builtins[name].problems))
    return builtins[name].document


def _file(
    records: list[Record],
    run: Run,
    folds: tuple[Metrics, Guarantees],
    trace: IO[str] | None,
    narrator: Narrator | None,
) -> None:
    """Take in what the run has just written."""
    for fold in folds:
        fold.add(records)
    if trace is None:
        return
    if narrator is None:
        trace.writelines(f"{line(record)}\n" for record in records)
        return
    narrator.learn(records, run.looks)
    for record in records:
        told = narrator.narrate(record)
        trace.write(json.dumps({"record": record, "sentence": told[4] if told else ""}, ensure_ascii=False) + "\n")


def _told(run: Run, summary: dict[str, Any], judged: list[Row]) -> dict[str, Any]:
    """The figures with what made them, so that a file can be read by itself."""
    made = {"scenario": run.scenario.document.title, "seed": run.seed, "until": run.now, "records": run.trace.count}
    names = ("key", "title", "state", "time", "message", "node", "sentence")
    return {"run": made, **summary, "guarantees": [dict(zip(names, row, strict=True)) for row in judged]}


def _paragraphs(run: Run, summary: dict[str, Any]) -> Iterator[str]:
    """The figures as lines to read: a heading per node, its measures below."""
    for node in run.scenario.nodes:
        told = summary["nodes"][node.id]
        yield f"{node.title} ({node.pattern.names(node.settings)['aws']})"
        for measure in node.pattern.measures:
            yield f"  {measure.title:<24}{_measure(told['measures'][measure.key])}"
        if told["utilisation"] is not None:
            yield f"  {'utilisation':<24}{told['utilisation']:.1%}"
        if told["little"] is not None:
            yield f"  {LITTLE:<24}{_little(told['little'])}"
    if summary["warm_up"] is not None:
        yield f"Warm-up: {clock.words(summary['warm_up'])}; from then on the figures are steady (MSER-5)."


def _guarantee(row: Row) -> str:
    """A guarantee as a line: its title, its state, when it broke, and why it is so."""
    _, title, state, time, _, _, sentence = row
    when = f" at {clock.stamp(time)}" if time is not None else ""
    return f"{title:<24}{state}{when}: {sentence}"


def _measure(figures: dict[str, Any]) -> str:
    """One measure in words; its keys say whether it is a span, a count or a gauge."""
    if "p50" in figures:
        if not figures["count"]:
            return "none"
        spans = ", ".join(f"{name} {clock.words(figures[name])}" for name in ("mean", "p50", "p95", "p99", "max"))
        return f"{spans} (of {figures['count']:,})"
    if "count" in figures:
        return f"{figures['count']:,}, {_number(figures['per_second'])} per s"
    return ", ".join(f"{name} {_number(figures[name])}" for name in ("mean", "max", "now")) + f" {figures['unit']}"


def _little(law: dict[str, Any]) -> str:
    """Source: Little, "A proof for the queuing formula L = λW" (1961)."""
    verdict = "holds" if law["holds"] else "does not hold (yet): more arrive than leave"
    stay = clock.words(law["stay"])
    return f"{law['number']:.2f} inside; {law['rate']:.2f} per s × {stay} = {law['product']:.2f}: {verdict}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.4g}"


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= LARGEST_SEED):
        raise ArgumentTypeError(f"{text!r} is not a seed. A seed is a whole number from 0 to {LARGEST_SEED}.")
    return int(text)


def _span(text: str) -> Micros:
    try:
        span = clock.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    if span <= 0:
        raise ArgumentTypeError(f"{text!r} is no time at all. Give a span such as 10m.")
    return span
