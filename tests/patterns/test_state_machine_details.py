"""Looking at executions: what there is to list, what each field did to the data, and the history."""

import json
from typing import Any

from patterns.state_machine.folding import MOST
from patterns.state_machine.node import StateMachine
from simulator.engine.details import LONGEST, Detail, Listed
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    do,
    lines,
    producer,
    scenario,
    seconds,
    state_machine,
    task,
    worker,
)


def look(run: Run, key: str = "") -> Detail:
    details = run.scenario.nodes[0].pattern.details
    assert details is not None
    found = details.shown(run.nodes[0], key or details.listed(run.nodes[0])[0].key)
    assert found is not None
    return found


def listing(run: Run) -> list[Listed]:
    details = run.scenario.nodes[0].pattern.details
    assert details is not None
    return details.listed(run.nodes[0])


def steps(detail: Detail, state: str) -> dict[str, Any]:
    visit = next(visit for visit in detail.visits if visit.name == state)
    return {step.field: json.loads(step.text) for step in visit.steps}


def test_each_path_field_is_told_with_what_it_did_to_the_data():
    """Invariants 2 and 3: InputPath, Parameters, ResultSelector, ResultPath and OutputPath, one after the other.

    Source: Step Functions Developer Guide, "Processing input and output".
    """
    charge = task(
        "card",
        InputPath="$.order",
        Parameters={"amount.$": "$.total", "currency": "EUR"},
        ResultSelector={"id.$": "$.receipt.number"},
        ResultPath="$.order.paid",
        OutputPath="$.order",
        Next="Done",
    )
    run = scenario(
        state_machine("orders", {"Charge": charge, "Done": {"Type": "Succeed"}}, tasks="card"),
        worker("card", service=seconds(1), transform='{"receipt": {"number": 7, "at": "noon"}}'),
    )
    do(run, "orders", "StartExecution", input={"order": {"total": 12}, "customer": "Ann"})
    run.advance(seconds(5))

    found = steps(look(run), "Charge")

    assert found == {
        "Input": {"order": {"total": 12}, "customer": "Ann"},
        "InputPath": {"total": 12},
        "Parameters": {"amount": 12, "currency": "EUR"},
        "Result": {"receipt": {"number": 7, "at": "noon"}},
        "ResultSelector": {"id": 7},
        "ResultPath": {"order": {"total": 12, "paid": {"id": 7}}, "customer": "Ann"},
        "OutputPath": {"total": 12, "paid": {"id": 7}},
        "Output": {"total": 12, "paid": {"id": 7}},
    }
    assert steps(look(run), "Done")["Input"] == found["Output"]


def test_a_state_without_a_result_is_told_with_its_output_path():
    pause = {"Type": "Wait", "Seconds": 1, "InputPath": "$.a", "OutputPath": "$.b", "End": True}
    run = scenario(state_machine("orders", {"Pause": pause}))
    do(run, "orders", "StartExecution", input={"a": {"b": 3}})
    run.advance(seconds(5))

    found = steps(look(run), "Pause")

    assert found == {"Input": {"a": {"b": 3}}, "InputPath": {"b": 3}, "OutputPath": 3, "Output": 3}


def test_a_jsonata_state_is_told_with_its_arguments_result_and_what_it_assigns():
    charge = task(
        "card",
        Arguments={"amount": "{% $states.input.total * 2 %}"},
        Assign={"paid": "{% $states.result.ok %}"},
        Output="{% {'all': $states.result} %}",
        Next="Done",
    )
    done = {"Type": "Pass", "Output": {"paid": "{% $paid %}"}, "End": True}
    run = scenario(
        state_machine("orders", {"Charge": charge, "Done": done}, tasks="card", more={"QueryLanguage": "JSONata"}),
        worker("card", transform='{"ok": true}'),
    )
    do(run, "orders", "StartExecution", input={"total": 4})
    run.advance(seconds(5))

    found = steps(look(run), "Charge")

    assert found["Arguments"] == {"amount": 8}
    assert (found["Result"], found["Assign"]) == ({"ok": True}, {"paid": True})
    assert found["Output"] == {"all": {"ok": True}}
    assert steps(look(run), "Done")["Output"] == {"paid": True}


def test_an_execution_can_be_looked_at_while_it_runs_and_that_changes_nothing():
    """Also where a function of chance is in a field: the run's own chance is not touched by a look."""
    states = {
        "Draw": {"Type": "Pass", "Parameters": {"n.$": "States.MathRandom(1, 1000)"}, "Next": "Pause"},
        "Pause": {"Type": "Wait", "Seconds": 5, "Next": "Again"},
        "Again": {"Type": "Pass", "Parameters": {"n.$": "States.MathRandom(1, 1000)"}, "End": True},
    }
    alone = scenario(state_machine("orders", states))
    looked_at = scenario(state_machine("orders", states))
    for run in (alone, looked_at):
        do(run, "orders", "StartExecution")
        run.advance(seconds(2))

    detail = look(looked_at)
    for run in (alone, looked_at):
        run.advance(seconds(9))

    assert (detail.status, [visit.exited for visit in detail.visits]) == ("RUNNING", [0, None])
    assert ("waits for", "Pause: a time") in detail.facts
    assert lines(alone) == lines(looked_at)
    outputs = [do(run, "orders", "DescribeExecution").result["output"] for run in (alone, looked_at)]
    assert outputs[0] == outputs[1]


def test_the_list_begins_with_the_newest_and_says_what_went_wrong():
    run = scenario(
        state_machine("orders", {"Charge": task("card")}, tasks="card"),
        worker("card", failure_probability=1, service=seconds(1.5)),
        producer("shop", to="orders", arrivals={"regular": {"per_second": 1}}, limit=3),
    )
    run.advance(seconds(3.5))

    rows = listing(run)

    assert [(row.key, row.status, row.note) for row in rows] == [
        ("m-3", "RUNNING", "Charge"),
        ("m-2", "FAILED", "Lambda.TooManyRequestsException"),
        ("m-1", "FAILED", "Exception"),
    ]
    assert [row.began for row in rows] == [seconds(second) + 10_000 for second in (3, 2, 1)]
    assert [visit.note for visit in look(run, "m-1").visits] == ["failed: Exception"]
    assert look(run, "m-1").visits[0].failed


def test_the_history_has_the_names_and_details_of_the_service():
    """Invariant 1. Source: API Reference, GetExecutionHistory."""
    run = scenario(state_machine("orders", {"Hello": {"Type": "Pass", "End": True}}))
    do(run, "orders", "StartExecution", input='{"a": 1}', name="one")

    told = look(run, "one").events

    assert [event.type for event in told] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert [event.previous for event in told] == [0, 0, 2, 3]
    assert json.loads(told[1].text)["input"] == '{"a":1}'


def test_long_values_are_cut_with_a_note():
    run = scenario(state_machine("orders", {"Hello": {"Type": "Pass", "End": True}}))
    do(run, "orders", "StartExecution", input={"text": "x" * 100_000})

    texts = [step.text for visit in look(run).visits for step in visit.steps]

    assert max(map(len, texts)) < LONGEST + 100
    assert all("characters in all" in text for text in texts)


def test_of_too_much_history_the_end_is_kept_and_the_numbers_go_on():
    """Very many executions hold very many events: then long histories are folded, and nothing else changes."""
    out = {"Variable": "$.out", "IsPresent": True, "Next": "Out"}
    loop = {
        "A": {"Type": "Wait", "Seconds": 1, "Next": "B"},
        "B": {"Type": "Choice", "Choices": [out], "Default": "A"},
        "Out": {"Type": "Succeed"},
    }
    alone, among_many = (scenario(state_machine("orders", loop)) for _ in range(2))
    machine = among_many.nodes[0]
    assert isinstance(machine, StateMachine)
    machine.event_count = MOST
    for run in (alone, among_many):
        do(run, "orders", "StartExecution")
        run.advance(seconds(100))

    whole, folded = look(alone).events, look(among_many).events

    assert len(whole) > 350 and len(folded) < 100
    assert whole[-len(folded) :] == folded
    assert lines(alone) == lines(among_many)
    assert alone.nodes[0].view() == among_many.nodes[0].view()
    restored = Run.restore(among_many.checkpoint(), among_many.scenario, among_many.journal, 1)
    assert look(restored).events == folded


def test_nothing_is_known_of_an_execution_that_never_was():
    run = scenario(state_machine("orders", {"Hello": {"Type": "Pass", "End": True}}))
    details = run.scenario.nodes[0].pattern.details

    assert details is not None
    assert details.shown(run.nodes[0], "nobody") is None
    assert listing(run) == []
