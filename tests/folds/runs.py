"""Small runs for the tests of the folds, and how they are driven: records are taken in slices, as a session does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from simulator.engine.clock import SECOND, Micros
from simulator.engine.run import Run
from simulator.engine.trace import Kind, Record
from tests.patterns.vocabulary import Part, producer, queue, scenario, worker

SHOP, EMAILS, MAILER = 0, 1, 2


def mails(
    *more: Part, per_second: float = 4, service: Any = 0.5, concurrency: int = 3, seed: int = 1, **settings: Any
) -> Run:
    """A shop, a queue and a mailer, as nodes 0, 1 and 2; `settings` are the mailer's."""
    return scenario(
        producer(
            "shop",
            to="emails",
            arrivals={"poisson": {"per_second": per_second}},
            body={"type": {"one_of": ["sign-up", "password-reset"]}},
        ),
        queue("emails"),
        worker("mailer", polls="emails", service=service, concurrency=concurrency, **settings),
        *more,
        seed=seed,
    )


def slices(run: Run, until: Micros, step: Micros = SECOND // 20) -> Iterator[list[Record]]:
    """Let the run go on to `until`, and give what it writes in each step."""
    while run.now < until:
        run.advance(min(run.now + step, until))
        yield run.trace.take()


def records_of(run: Run, until: Micros) -> list[Record]:
    """Everything that is written up to `until`."""
    run.advance(until)
    return run.trace.take()


def with_kinds(run: Run, node: int, *kinds: Kind) -> Run:
    """A run whose node declares these kinds, instead of its own of the same names or besides; for records made up."""
    placed = run.scenario.nodes[node]
    declared = {kind.name: kind for kind in (*placed.pattern.kinds, *kinds)}
    changed = replace(placed, pattern=replace(placed.pattern, kinds=tuple(declared.values())))
    nodes = tuple(changed if index == node else one for index, one in enumerate(run.scenario.nodes))
    run.scenario = replace(run.scenario, nodes=nodes)
    return run
