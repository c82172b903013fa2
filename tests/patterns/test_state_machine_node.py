"""The state machine in a scenario: executions start with messages, take time, and end; their messages are conserved."""

from itertools import pairwise
from typing import Any

import pytest

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import Micros
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    Part,
    conserved,
    custody,
    do,
    document,
    lines,
    name_of,
    producer,
    records,
    scenario,
    seconds,
    state_machine,
    story,
    task,
    times,
    worker,
)

STEP: Micros = 20_000
DONE: dict[str, Any] = {"Type": "Pass", "End": True}
ORDERS: dict[str, Any] = {
    "Check": {
        "Type": "Choice",
        "Choices": [{"Variable": "$.total", "NumericGreaterThan": 50, "Next": "Charge"}],
        "Default": "Pause",
    },
    "Pause": {"Type": "Wait", "Seconds": 3, "Next": "Charge"},
    "Charge": task(
        "card",
        ResultPath="$.paid",
        Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Sorry", "ResultPath": "$.error"}],
        Next="Done",
    ),
    "Sorry": {"Type": "Fail", "Error": "NoMoney"},
    "Done": DONE,
}


def shop(to: str = "orders", **more: Any) -> Part:
    settings: dict[str, Any] = {"arrivals": {"regular": {"per_second": 1}}, "limit": 1, "body": {"total": 80}}
    return producer("shop", to=to, **(settings | more))


def test_a_message_goes_from_state_to_state_and_its_task_is_done_by_a_worker():
    """Source: Step Functions Developer Guide, "Task workflow state"."""
    run = scenario(shop(), state_machine("orders", ORDERS, tasks="card"), worker("card", service=seconds(2)))

    run.advance(seconds(60))

    assert story(run, "m-1") == ["started", "entered", "entered", "entered", "succeeded", "finished"]
    assert [record[4] for record in records(run, "entered")] == ["Check", "Charge", "Done"]
    assert times(run, "succeeded") == [seconds(1) + 10_000 + STEP + 2 * 10_000 + seconds(2) + STEP]
    assert story(run, "orders-1") == ["accepted", "started", "processed", "finished", "answered"]
    assert conserved(run)


def test_a_wait_takes_its_time_and_one_transition():
    """Invariant 11: Wait n adds n seconds and one transition."""
    run = scenario(shop(body={}), state_machine("orders", {"Pause": {"Type": "Wait", "Seconds": 7, "End": True}}))

    run.advance(seconds(60))

    assert times(run, "succeeded")[0] - times(run, "started")[0] == seconds(7)


def test_a_failed_task_is_tried_again_with_a_new_message_each():
    """Invariant 4: with an interval of 1 s and a rate of 2, attempts begin 1 s and 2 s after the failures before."""
    run = scenario(
        shop(), state_machine("orders", ORDERS, tasks="card"), worker("card", service=seconds(1), failure_probability=1)
    )

    run.advance(seconds(60))

    made = times(run, "task_made")
    took = seconds(1) + 20_000
    assert [later - before - took for before, later in pairwise(made)] == [seconds(1), seconds(2)]
    assert [record[5] for record in records(run, "tried_again")] == [2, 3]
    assert [record[4] for record in records(run, "entered")] == ["Check", "Charge", "Sorry"]
    assert story(run, "m-1")[-2:] == ["ended_in_failure", "finished"]
    assert conserved(run)


def test_a_failure_that_nobody_catches_is_a_loss_and_a_fail_state_is_not():
    """A Fail state ends an execution as its definition says; one that breaks down has lost its message."""
    run = scenario(
        shop(), state_machine("orders", {"Charge": task("card")}, tasks="card"), worker("card", failure_probability=1)
    )

    run.advance(seconds(60))

    assert story(run, "m-1")[-1] == "execution_failed"
    assert conserved(run)


def test_each_copy_of_a_message_starts_an_execution_of_its_own():
    """Source: API Reference, StartExecution: without a name, each call starts one."""
    run = scenario(
        shop(link={"duplication": 1}), state_machine("orders", {"Pause": {"Type": "Wait", "Seconds": 1, "End": True}})
    )

    run.advance(seconds(1.5))

    names = [record[4] for record in records(run, "started")]
    assert names == ["m-1", "m-1-2"]
    assert custody(run, "orders") == 2
    run.advance(seconds(10))
    assert custody(run, "orders") == 0
    assert conserved(run)


def test_a_run_is_the_same_after_it_was_stopped_and_restored_anywhere():
    """An execution is a value: tasks under way, waits and retries go on as if nothing had been."""
    parts = (
        shop(limit=20, body={"total": {"one_of": [10, 90]}}),
        state_machine("orders", ORDERS, tasks="card"),
        worker("card", concurrency=2, service={"uniform": {"low": 0.5, "high": 3}}, failure_probability=0.4),
    )
    whole = scenario(*parts)
    whole.advance(seconds(60))

    run = scenario(*parts)
    for second in range(0, 60, 7):
        run.advance(seconds(second))
        told = run.trace.take()
        run = Run.restore(run.checkpoint(), run.scenario, (), 0)
        run.trace.records[:0] = told
    run.advance(seconds(60))

    assert lines(run) == lines(whole)


def test_the_view_tells_where_each_token_is_and_what_it_waits_for():
    run = scenario(
        shop(limit=2, body={"total": {"one_of": [10, 90]}}),
        state_machine("orders", ORDERS, tasks="card"),
        worker("card", service=seconds(9), timeout=20),
        seed=4,
    )

    run.advance(seconds(3))

    view = run.nodes[1].view()
    names = [state[0] for state in run.nodes[1].chart()["states"]]
    rows = {names[token[3]]: token for token in view["tokens"]}
    entered = {record[4]: record[0] for record in records(run, "entered")}
    assert names == ["Check", "Pause", "Charge", "Sorry", "Done"]
    assert {name: row[8] for name, row in rows.items()} == {"Pause": 1, "Charge": 2}
    assert rows["Pause"][4:6] == [entered["Pause"], entered["Pause"] + seconds(3)]
    assert rows["Charge"][4:8] == [entered["Charge"], 0, 0, 0]
    assert (rows["Pause"][10:], rows["Charge"][10:]) == ([0, 2], [0, 1])
    assert view["states"] == [[0, 0, 2, 0, 0, 0], [1, 1, 1, 0, 0, 0], [2, 1, 1, 0, 0, 0]]
    assert (view["running"], view["succeeded"]) == (2, 0)
    assert {name_of(run, token[0]) for token in view["tokens"]} == {"m-1", "m-2"}


def test_the_chart_is_drawn_depth_first_with_labels_at_its_edges():
    """Docs: PROTOCOL, Charts."""
    branch = {"StartAt": "B", "States": {"A": DONE, "B": {"Type": "Pass", "Next": "A"}}}
    states = {
        "Both": {"Type": "Parallel", "Branches": [branch, {"StartAt": "C", "States": {"C": DONE}}], "Next": "Each"},
        "Each": {"Type": "Map", "ItemProcessor": {"StartAt": "Item", "States": {"Item": DONE}}, "End": True},
    }
    run = scenario(state_machine("orders", states))

    chart = run.nodes[0].chart()

    assert chart["states"] == [
        ["Both", "Parallel", -1, 0],
        ["B", "Pass", 0, 0],
        ["A", "Pass", 0, 0],
        ["C", "Pass", 0, 1],
        ["Each", "Map", -1, 0],
        ["Item", "Pass", 4, 0],
    ]
    assert sorted(chart["edges"]) == [[0, 4, 0, ""], [1, 2, 0, ""]]
    assert (chart["start"], chart["version"]) == (0, 1)
    labels = scenario(state_machine("orders", ORDERS, tasks="card"), worker("card")).nodes[0].chart()["edges"]
    assert labels == [[0, 2, 1, "$.total > 50"], [0, 1, 2, ""], [1, 2, 0, ""], [2, 4, 0, ""], [2, 3, 3, "States.ALL"]]


def test_what_runs_goes_on_with_the_definition_it_was_started_with():
    """Source: API Reference, UpdateStateMachine: running executions continue to use the previous definition."""
    run = scenario(
        shop(limit=2, arrivals={"regular": {"per_second": 0.5}}),
        state_machine("orders", {"Pause": {"Type": "Wait", "Seconds": 5, "End": True}}),
    )
    run.advance(seconds(3))
    definition = {"StartAt": "Quick", "States": {"Quick": DONE}}

    call = do(run, "orders", "UpdateStateMachine", definition=definition)
    run.advance(seconds(60))

    assert call.error is None
    assert [record[4] for record in records(run, "entered")] == ["Pause", "Quick"]
    assert times(run, "succeeded", "m-1") == [seconds(7) + 10_000]
    assert run.nodes[1].chart()["version"] == 2
    assert run.nodes[1].view()["states"] == [[0, 0, 1, 0, 0, 0]]


def problems(*parts: Part) -> list[str]:
    return [str(problem) for problem in documents.check(document(*parts), catalog.patterns())]


def test_every_problem_of_a_definition_is_told_at_its_place():
    found = problems(state_machine("orders", {"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Teleport"}}))

    assert [one.partition(":")[0] for one in found] == [
        "nodes.0.settings.definition.States.C.Type",
        "nodes.0.settings.definition.States.C",
        "nodes.0.settings.definition.States.A.Next",
    ]


def test_a_task_that_no_link_does_is_a_problem_with_a_cure():
    """A name that is written out is checked before the run; one that only the run knows is not."""
    found = problems(
        state_machine(
            "orders",
            {
                "Charge": task("card", Next="Send"),
                "Send": task(
                    "sqs:sendMessage", Parameters={"QueueUrl": "https://x/1/mails", "MessageBody": "m"}, Next="Ask"
                ),
                "Ask": task("sqs:sendMessage", Parameters={"QueueUrl.$": "$.url", "MessageBody": "m"}, Next="Glue"),
                "Glue": task("glue:startJobRun", Parameters={"JobName": "j"}),
            },
            tasks="server",
        ),
        worker("server"),
    )

    place, cure = "nodes.0.settings.definition.States", "in the states of a task link."
    nobody, here = "no task link leads to a", "Allowed: one of server. Draw a task link"
    charge = f"{place}.Charge.Resource: calls card, and {nobody} worker of this name. {here} to that worker"
    send = f"{place}.Send.Parameters.QueueUrl: calls https://x/1/mails, and {nobody} queue of this name. {here}"
    assert found == [
        f"{charge}, or name “Charge” {cure}",
        f"{send} to that queue, or name “Send” {cure}",
        f"{place}.Glue.Resource: calls a service that has no station here. {here} or name “Glue” {cure}",
    ]


def test_a_link_can_say_itself_whose_work_it_does():
    """So that any definition can be run as it is, whatever services it calls."""
    states = {"Extract": task("glue:startJobRun.sync", Parameters={"JobName": "j"})}
    run = scenario(
        shop(), state_machine("orders", states, does={"job": ["Extract"]}), worker("job", transform='{"rows": 7}')
    )

    run.advance(seconds(60))

    execution = do(run, "orders", "DescribeExecution").result
    assert (execution["status"], execution["output"]) == ("SUCCEEDED", '{"rows":7}')
    assert problems(state_machine("orders", states, does={"job": ["Extract", "Load"]}), worker("job")) == [
        "links.0.settings.states.1: is 'Load', and the definition has no Task of this name. Allowed: Extract."
    ]


@pytest.mark.parametrize("definition", ["{", "[]", '{"StartAt": "A"}', "null", '{"StartAt":"A","States":{"A":{}}}'])
def test_a_broken_definition_is_refused_and_nothing_changes(definition: str):
    run = scenario(shop(limit=3), state_machine("orders", {"Hello": DONE}))
    run.advance(seconds(1.5))

    call = do(run, "orders", "UpdateStateMachine", definition=definition)
    run.advance(seconds(60))

    assert call.error is not None
    assert call.error.code == "InvalidDefinition"
    assert len(records(run, "succeeded")) == 3
