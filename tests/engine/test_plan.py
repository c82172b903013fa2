"""What a scenario plans besides faults: operations and changes of settings at a time."""

import pickle
from typing import Any

import pytest

from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.run import Run
from tests.engine.station import PATTERNS, at, document, kinds, run_of, station, text, way

GIVE = {"at": "2s", "node": "a", "operation": "Give", "arguments": {}}


def test_an_operation_happens_at_its_time_without_a_line_in_the_journal() -> None:
    run = run_of(station("a"), operations=[GIVE])

    run.advance(3 * SECOND)
    records = run.trace.take()

    assert at(records, "intervened") == [2 * SECOND]
    assert run.journal == []


def test_settings_of_a_node_and_of_a_link_change_at_their_times() -> None:
    changes = [
        {"at": "1s", "node": "a", "operation": "change", "arguments": {"note": "new"}},
        {"at": "2s", "link": "a-b", "operation": "change", "arguments": {"loss": 1}},
    ]
    run = run_of(station("a"), station("b"), way("a", "b"), operations=changes)

    run.advance(SECOND)
    assert (run.nodes[0].settings.note, run.links[0].settings.loss) == ("new", 0)

    run.advance(2 * SECOND)
    assert run.links[0].settings.loss == 1


def test_the_plan_survives_a_checkpoint() -> None:
    scenario = documents.read(document(station("a"), operations=[GIVE]), PATTERNS)
    whole, other = Run(scenario), Run(scenario)
    other.advance(SECOND)
    first = other.trace.take()
    again = Run.restore(other.checkpoint(), scenario, [], 0)

    whole.advance(3 * SECOND)
    again.advance(3 * SECOND)

    assert text(whole.trace.take()) == text([*first, *again.trace.take()])
    assert pickle.loads(pickle.dumps(scenario.plan)) == scenario.plan


def test_what_has_become_impossible_is_refused_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(station("a"), operations=[{"at": "2s", "node": "a", "operation": "change", "arguments": {}}])

    def refuse(*_: Any) -> None:
        raise Refused([])

    monkeypatch.setattr(run.nodes[0], "objections", refuse)
    run.advance(3 * SECOND)

    assert kinds(run.trace.take()) == ["refused"]


@pytest.mark.parametrize(
    "operation, path",
    [
        (GIVE | {"operation": "Explode"}, "operations.0.operation"),
        (GIVE | {"node": "z"}, "operations.0"),
        (GIVE | {"link": "a-b"}, "operations.0"),
        (GIVE | {"node": ""}, "operations.0"),
        (GIVE | {"node": "", "link": "a-b"}, "operations.0.operation"),
        (GIVE | {"operation": "Take", "arguments": {"most": "many"}}, "operations.0.arguments.most"),
        (GIVE | {"operation": "change", "arguments": {"colour": 1}}, "operations.0.arguments.colour"),
        (GIVE | {"at": "-1s"}, "operations.0.at"),
        ({"operation": "Give", "node": "a"}, "operations.0.at"),
    ],
)
def test_an_operation_that_cannot_be_is_refused(operation: dict[str, Any], path: str) -> None:
    found = documents.check(document(station("a"), station("b"), way("a", "b"), operations=[operation]), PATTERNS)

    assert [problem.path for problem in found] == [path]
