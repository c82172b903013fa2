"""Measuring fairly on a machine that is not ours alone: turns instead of blocks, CPU time, medians with extremes.

A round runs every contender once, so that a busy moment hits all of them; a ratio is taken within each round and only
then summed up.
Source: Kalibera and Jones, "Rigorous Benchmarking in Reasonable Time", ISMM 2013 (repetition where the noise is).
"""

import gc
import importlib
import importlib.metadata
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import ModuleType

ROUNDS = 5


@dataclass(frozen=True)
class Spread:
    """The median of some measurements, and how far they lie apart."""

    median: float
    low: float
    high: float

    def text(self, digits: int = 0, factor: float = 1.0) -> str:
        middle, low, high = (f"{value * factor:,.{digits}f}" for value in (self.median, self.low, self.high))
        return f"{middle} ({low}-{high})"


def spread(values: Sequence[float]) -> Spread:
    return Spread(median(values), min(values), max(values))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours divided by theirs, round by round."""
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time of this process that `work` takes, without the garbage of whoever ran before."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def interleaved(contenders: dict[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Let each contender measure itself once a round; the order turns round from one round to the next."""
    measured: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)
        for name in names if number % 2 == 0 else reversed(names):
            measured[name].append(contenders[name]())
    return measured


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under columns, the first to the left and the others to the right."""
    print(f"\n{title}")
    widths = [max(len(line[place]) for line in (columns, *rows)) for place in range(len(columns))]
    for line in (columns, ["-" * width for width in widths], *rows):
        first, *others = (f"{cell:{'<' if place == 0 else '>'}{widths[place]}}" for place, cell in enumerate(line))
        print("  ".join([first, *others]), flush=True)


def heading(name: str) -> None:
    """What was measured, on what, and when."""
    print(f"{name}: {machine()}")


def machine() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {_processor()}, {python}, {platform.system()}{load}, {time.strftime('%Y-%m-%d')}"


def peer(package: str) -> ModuleType | None:
    """A package to measure against, or None, having said how to get it."""
    try:
        return importlib.import_module(package)
    except ImportError:
        print(
            f"{package} is missing, so there is nothing to compare with: "
            "python -m pip install -r benchmarks/requirements.txt",
            file=sys.stderr,
        )
        return None


def version(package: str) -> str:
    return f"{package} {importlib.metadata.version(package)}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
