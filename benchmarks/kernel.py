"""The kernel against SimPy, with the same models: M/M/1, M/M/4, five in a row, ten thousand timers; and against theory.

An event is one of the model: an arrival, a departure, a timer that fires; the same number for both, so that what an
engine does besides does not count for it. The peer does not trace, whether we do or not.
"""

import sys
from collections import deque
from collections.abc import Callable
from math import factorial, sqrt
from statistics import mean, stdev

from benchmarks import measure, textbook
from simulator.engine.chance import Distribution, stream
from simulator.engine.clock import SECOND, Micros
from simulator.engine.kernel import Kernel
from simulator.engine.trace import Record

CUSTOMERS = 30_000
TIMERS = 10_000
FIRES = 100_000

# A long run for theory: after a warm-up, so many customers in so many batches.
WARM_UP, BATCHES, IN_A_BATCH = 20_000, 30, 30_000
STUDENT_95 = 2.045  # the 97.5 % point of Student's t with 29 degrees of freedom

Customer = tuple[int, Micros]


class Station:
    """Servers, and a line before them; who is done goes on to `out`. Writes records if there is a trace."""

    def __init__(self, kernel: Kernel, index: int, servers: int, trace: list[Record] | None) -> None:
        self.kernel = kernel
        self.index = index
        self.free = servers
        self.line: deque[Customer] = deque()
        self.service = (
            Distribution.model_validate({"exponential": {"mean": 1}}).sampler(stream(1, str(index), "service")).micros
        )
        self.trace = trace
        self.out: Station | Exit

    def accept(self, customer: Customer) -> None:
        if self.trace is not None:
            self.trace.append((self.kernel.now, "arrived", self.index, customer[0]))
        if self.free:
            self.free -= 1
            self.kernel.after(self.service(), self.done, customer)
        else:
            self.line.append(customer)

    def done(self, customer: Customer) -> None:
        if self.trace is not None:
            self.trace.append((self.kernel.now, "served", self.index, customer[0]))
        if self.line:
            self.kernel.after(self.service(), self.done, self.line.popleft())
        else:
            self.free += 1
        self.out.accept(customer)


class Exit:
    """Adds up how long the customers were inside."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.spent: list[Micros] = []

    def accept(self, customer: Customer) -> None:
        self.spent.append(self.kernel.now - customer[1])


class Source:
    """Customers, at random, until there have been enough."""

    def __init__(self, kernel: Kernel, per_second: float, customers: int, out: Station) -> None:
        self.kernel = kernel
        gap = Distribution.model_validate({"exponential": {"mean": 1 / per_second}})
        self.gap = gap.sampler(stream(1, "source", "arrivals")).micros
        self.left = customers
        self.out = out

    def arrive(self) -> None:
        self.left -= 1
        self.out.accept((self.left, self.kernel.now))
        if self.left:
            self.kernel.after(self.gap(), self.arrive)


class Clockwork:
    """Fires again and again."""

    def __init__(self, kernel: Kernel, period: Micros) -> None:
        self.kernel = kernel
        self.period = period
        self.count = 0

    def fire(self) -> None:
        self.count += 1
        self.kernel.after(self.period, self.fire)


def stations(customers: int, per_second: float, servers: int, count: int, traced: bool) -> list[Micros]:
    """How long each customer was inside, in the order of leaving."""
    kernel = Kernel()
    trace: list[Record] | None = [] if traced else None
    row = [Station(kernel, index, servers, trace) for index in range(count)]
    leaving = Exit(kernel)
    for station, following in zip(row, [*row[1:], leaving], strict=True):
        station.out = following
    source = Source(kernel, per_second, customers, row[0])
    kernel.after(source.gap(), source.arrive)
    while kernel.peek() is not None:
        kernel.run(kernel.now + 1000 * SECOND)
    assert len(leaving.spent) == customers, "a customer is still inside"
    assert trace is None or len(trace) == 2 * customers * count, "a record is missing"
    return leaving.spent


def timers(periods: list[Micros], until: Micros) -> list[int]:
    kernel = Kernel()
    clocks = [Clockwork(kernel, period) for period in periods]
    for clock in clocks:
        kernel.after(clock.period, clock.fire)
    kernel.run(until)
    return [clock.count for clock in clocks]


def speed() -> None:
    """Events per second, and how many times as fast as the peer."""
    simpy = measure.peer("simpy")
    rows = [
        _row("M/M/1", 4, 2 * CUSTOMERS, simpy, 0.8, 1, 1),
        _row("M/M/4", 4, 2 * CUSTOMERS, simpy, 3.2, 4, 1),
        _row("tandem of five", 4, 2 * CUSTOMERS, simpy, 0.8, 1, 5),
        _timer_row(simpy),
    ]
    title = "Thousands of events per CPU second: median (lowest-highest)"
    measure.table(title, ("model", "ours", "ours, traced", "SimPy", "ratio", "ratio, traced", "to reach"), rows)


def _row(
    name: str, wanted: int, events: int, simpy: object, per_second: float, servers: int, count: int
) -> tuple[str, ...]:
    customers = events // (2 * count)
    contenders: dict[str, Callable[[], float]] = {
        "ours": lambda: measure.cpu_seconds(lambda: stations(customers, per_second, servers, count, False)),
        "traced": lambda: measure.cpu_seconds(lambda: stations(customers, per_second, servers, count, True)),
    }
    if simpy is not None:
        contenders["peer"] = lambda: measure.cpu_seconds(
            lambda: textbook.stations(simpy, customers, per_second, servers, count)
        )
    taken = measure.interleaved(contenders)
    return _cells(name, events, taken, f"≥ {wanted}, traced ≥ 3")


def _timer_row(simpy: object) -> tuple[str, ...]:
    draw = stream(1, "timers", "periods")
    periods = [draw.randrange(SECOND, 20 * SECOND) for _ in range(TIMERS)]
    until = round(FIRES / sum(1 / period for period in periods))
    fired = sum(timers(periods, until))
    contenders: dict[str, Callable[[], float]] = {"ours": lambda: measure.cpu_seconds(lambda: timers(periods, until))}
    if simpy is not None:
        assert textbook.timers(simpy, periods, until) == timers(periods, until), "the two do not do the same work"
        contenders["peer"] = lambda: measure.cpu_seconds(lambda: textbook.timers(simpy, periods, until))
    return _cells("10,000 timers", fired, measure.interleaved(contenders), "≥ 2")


def _cells(name: str, events: int, taken: dict[str, list[float]], wanted: str) -> tuple[str, ...]:
    def rate(who: str) -> str:
        return measure.spread([events / seconds / 1000 for seconds in taken[who]]).text() if who in taken else "-"

    def ratio(who: str) -> str:
        both = who in taken and "peer" in taken
        return measure.ratios(taken["peer"], taken[who]).text(1) if both else "-"

    return name, rate("ours"), rate("traced"), rate("peer"), ratio("ours"), ratio("traced"), wanted


def theory() -> None:
    """The mean time inside, with its 95 % confidence interval by batch means, beside the closed form.

    Source: Law, "Simulation Modeling and Analysis", section 9.5.3 (batch means); Kleinrock, "Queueing Systems" I,
    sections 3.2 and 3.5 (M/M/1, and M/M/m by Erlang's C formula).
    """
    rows = []
    for name, per_second, servers in (("M/M/1", 0.8, 1), ("M/M/4", 3.2, 4)):
        spent = stations(WARM_UP + BATCHES * IN_A_BATCH, per_second, servers, 1, False)[WARM_UP:]
        means = [mean(spent[begin : begin + IN_A_BATCH]) / SECOND for begin in range(0, len(spent), IN_A_BATCH)]
        centre, half = mean(means), STUDENT_95 * stdev(means) / sqrt(BATCHES)
        expected = 1 + erlang_c(per_second, servers) / (servers - per_second)
        inside = "inside" if abs(centre - expected) <= half else "OUTSIDE"
        rows.append((name, f"{centre:.4f}", f"{centre - half:.4f} to {centre + half:.4f}", f"{expected:.4f}", inside))
    title = f"Mean time in the system in seconds, service 1 s, {BATCHES * IN_A_BATCH:,} customers"
    measure.table(title, ("model", "measured", "95 % interval", "closed form", "closed form is"), rows)


def erlang_c(load: float, servers: int) -> float:
    """The share of customers that have to wait, with exponential service of mean 1."""
    waiting = load**servers / factorial(servers) * servers / (servers - load)
    return waiting / (sum(load**count / factorial(count) for count in range(servers)) + waiting)


def main() -> int:
    measure.heading("kernel")
    speed()
    theory()
    return 0


if __name__ == "__main__":
    sys.exit(main())
