"""Executions of state machines, against moto's interpreter; transitions a second, and the memory of many at once.

Both sides run the same definitions from StartExecution to the end and must give the same output. None of them waits,
because the peer would really wait. The peer takes a definition apart for every execution, as its API does; ours is
compiled once, and beside it stands what an execution takes with the compiling. JSONata the peer hands to a Java
machine, so that it is measured alone here. The transitions are those of a loop of
Pass, Choice and Wait in JSONPath, with its whole history.
"""

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from random import Random
from types import ModuleType
from typing import Any

from benchmarks import measure, memory, product
from patterns.state_machine import Execution, Machine, execute
from patterns.state_machine.playback import Playback
from simulator.engine.clock import SECOND
from simulator.engine.run import Run

PASSES = 2_000
OURS, THEIRS = 400, 8
CONCURRENT = 10_000

Definition = dict[str, Any]

ORDER: Definition = {
    "StartAt": "Price",
    "States": {
        "Price": {
            "Type": "Pass",
            "Parameters": {
                "total.$": "States.MathAdd($.net, $.tax)",
                "items.$": "$.items[*].sku",
                "customer.$": "$.customer",
            },
            "ResultPath": "$.order",
            "Next": "Large",
        },
        "Large": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.order.total", "NumericGreaterThan": 1000, "Next": "Review"},
                {
                    "And": [
                        {"Variable": "$.customer.level", "IsPresent": True},
                        {"Variable": "$.customer.level", "StringEquals": "gold"},
                    ],
                    "Next": "Greet",
                },
            ],
            "Default": "Ship",
        },
        "Review": {"Type": "Pass", "Result": "review", "ResultPath": "$.step", "Next": "Ship"},
        "Greet": {
            "Type": "Pass",
            "Parameters": {
                "text.$": "States.Format('Hello {}, {} items', $.customer.name, States.ArrayLength($.items))"
            },
            "ResultPath": "$.greeting",
            "Next": "Ship",
        },
        "Ship": {"Type": "Pass", "OutputPath": "$.order", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}
MAP: Definition = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 1,
            "ItemSelector": {"sku.$": "$$.Map.Item.Value.sku", "place.$": "$$.Map.Item.Index"},
            "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "End": True}}},
            "End": True,
        }
    },
}
JSONATA: Definition = {
    "QueryLanguage": "JSONata",
    "StartAt": "Price",
    "States": {
        "Price": {
            "Type": "Pass",
            "Assign": {"total": "{% $states.input.net + $states.input.tax %}"},
            "Output": "{% $states.input.items.sku %}",
            "Next": "Large",
        },
        "Large": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $total > 1000 %}", "Next": "Done"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed", "Output": {"total": "{% $total %}", "skus": "{% $states.input %}"}},
    },
}
INPUT = {
    "net": 90,
    "tax": 9,
    "customer": {"name": "Ada", "level": "gold"},
    "items": [{"sku": f"sku-{place}", "count": place} for place in range(10)],
}
LOOP: Definition = {
    "StartAt": "Count",
    "States": {
        "Count": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "Enough"},
        "Enough": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericGreaterThanEquals": PASSES, "Next": "Done"}],
            "Default": "Rest",
        },
        "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Count"},
        "Done": {"Type": "Succeed"},
    },
}
WAITING: Definition = {
    "StartAt": "Price",
    "States": {**ORDER["States"], "Ship": {"Type": "Wait", "Seconds": 3600, "Next": "Done"}},
}


ASKING: Definition = {
    "StartAt": "Price",
    "States": {
        **ORDER["States"],
        "Ship": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "asked", "MessageBody": {"order.$": "$", "TaskToken.$": "$$.Task.Token"}},
            "Next": "Done",
        },
    },
}
DOCUMENT = {
    "title": "many executions at once",
    "length": "1h",
    "nodes": [
        {
            "id": "shop",
            "pattern": "producer",
            "settings": {
                "arrivals": {"regular": {"per_second": 1000}},
                "limit": CONCURRENT,
                "body": {**INPUT, "number": {"sequence": {}}},
            },
        },
        {
            "id": "orders",
            "pattern": "state_machine",
            "settings": {"definition": ASKING, "starts_per_second": 2000},
        },
        {"id": "asked", "pattern": "queue", "settings": {}},
    ],
    "links": [
        {"from": "shop", "to": "orders", "settings": {"latency": 0.01}},
        {"from": "orders", "to": "asked", "kind": "task", "settings": {"latency": 0.01}},
    ],
}
CONCURRENT_AFTER = 30 * SECOND


def beside_the_peer() -> None:
    peer = measure.peer("moto.stepfunctions.parser.models")
    rows = []
    for name, definition in {"JSONPath, 5 states": ORDER, "Map of 10 items": MAP, "JSONata, 3 states": JSONATA}.items():
        machine = Machine(definition)
        ours, compiling = _ours(machine), _ours(definition)
        contenders = {"ours": _seconds(ours, OURS), "compiling": _seconds(compiling, OURS // 4)}
        if peer is not None and definition is not JSONATA:
            theirs = _by_peer(peer, definition)
            assert theirs() == ours() == compiling(), "the two do not do the same work"
            contenders["moto"] = _seconds(theirs, THEIRS)
        taken = measure.interleaved(contenders)
        milliseconds = {each: measure.spread(spent).text(3, 1e3) for each, spent in taken.items()}
        faster = {each: measure.ratios(taken["moto"], taken[each]).text() if "moto" in taken else "-" for each in taken}
        rows.append(
            (
                name,
                milliseconds["ours"],
                milliseconds["compiling"],
                milliseconds.get("moto", "-"),
                faster["ours"],
                faster["compiling"],
                "≥ 50",
            )
        )
    columns = ("definition", "ms an execution", "with compiling", "moto", "times as fast", "with compiling", "to reach")
    measure.table("One execution, CPU time", columns, rows)


def transitions() -> None:
    machine = Machine(LOOP)
    count = sum(event.type.endswith("StateExited") for event in execute(machine, {"n": 0}).events)

    def per(clock: Callable[[], float]) -> Callable[[], float]:
        def once() -> float:
            begun = clock()
            for _ in range(10):
                execute(machine, {"n": 0})
            return 10 * count / (clock() - begun)

        return once

    taken = measure.interleaved({"wall": per(time.perf_counter), "CPU": per(time.process_time)})
    rows = [(f"a {clock} second", measure.spread(rate).text(), "≥ 100,000") for clock, rate in taken.items()]
    measure.table("State transitions of Pass, Choice and Wait, JSONPath", ("transitions", "measured", "to reach"), rows)


def many() -> None:
    machine, world = Machine(WAITING), Playback((), {}, 0, Random(1))
    before = memory.resident()
    runs = [Execution(machine, json.loads(json.dumps(INPUT)), world, name=f"e{place}") for place in range(CONCURRENT)]
    for run in runs:
        run.start()
    world.kernel.run(1)
    assert all(run.waits() for run in runs)
    taken = memory.resident() - before
    rows = [
        (f"{CONCURRENT:,} executions, {len(runs[0].events)} events each", f"{taken / 2**20:,.0f} MB", "< 1,024 MB"),
        ("one of them", f"{taken / CONCURRENT / 1024:,.1f} KB", ""),
    ]
    measure.table("Memory of executions at once", ("what", "measured", "to reach"), rows)


def in_a_scenario() -> None:
    """As many executions as before, in a run: each has sent a message with a task token and waits for a call."""
    before = memory.resident()
    run = Run(product.read(DOCUMENT))
    begun = time.process_time()
    run.advance(CONCURRENT_AFTER)
    spent = time.process_time() - begun
    machine = next(node for node in run.nodes if node.id == "orders")
    view = machine.view()
    assert view["running"] == CONCURRENT, view
    records = len(run.trace.take())
    taken = memory.resident() - before
    looked = measure.spread([_once(machine.view) for _ in range(20)])
    state, stored = run.checkpoint(), _once(run.checkpoint)
    rows = [
        (f"{CONCURRENT:,} executions that wait for a call", f"{taken / 2**20:,.0f} MB", "< 1,024 MB"),
        ("begun each CPU second, with everything recorded", f"{CONCURRENT / spent:,.0f}", ""),
        ("records of one", f"{records / CONCURRENT:,.1f}", ""),
        ("a view of the machine", f"{looked.text(2, 1e3)} ms", ""),
        ("a checkpoint of the run", f"{len(state) / 2**20:,.0f} MB, {stored:,.1f} s", ""),
    ]
    measure.table("Executions at once, in a run", ("what", "measured", "to reach"), rows)


def _once(work: Callable[[], Any]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _ours(definition: Definition | Machine) -> Callable[[], Any]:
    def once() -> Any:
        run = execute(definition, INPUT)
        assert run.status == "SUCCEEDED", run.cause
        return run.output

    return once


def _by_peer(peer: ModuleType, definition: Definition) -> Callable[[], Any]:
    """An execution by moto, which runs it in a thread that is waited for."""
    threads = sys.modules["moto.stepfunctions.parser.utils"].TMP_THREADS
    backend = peer.StepFunctionsParserBackend("us-east-1", "123456789012")
    role = "arn:aws:iam::123456789012:role/any"
    machine = backend.create_state_machine("machine", json.dumps(definition), role, sm_type="STANDARD")
    names = iter(range(1_000_000))

    def once() -> Any:
        place = len(threads)
        run = backend.start_execution(machine.arn, f"e{next(names)}", json.dumps(INPUT))
        threads[place].join()
        assert str(run.exec_status) in ("SUCCEEDED", "ExecutionStatus.SUCCEEDED"), run.cause
        return run.output

    return once


def _seconds(work: Callable[[], Any], count: int) -> Callable[[], float]:
    """The CPU seconds of one piece of work, with all threads of the process."""

    def once() -> float:
        begun = time.process_time()
        for _ in range(count):
            work()
        return (time.process_time() - begun) / count

    return once


def alone(part: Callable[[], None]) -> None:
    """Measure in a process of its own, so that no part finds memory that another has left free."""
    sys.stdout.flush()
    process = multiprocessing.get_context("spawn").Process(target=part)
    process.start()
    process.join()
    assert process.exitcode == 0, f"{part.__name__} ended with {process.exitcode}"


def main() -> int:
    measure.heading("states")
    beside_the_peer()
    transitions()
    for part in (many, in_a_scenario):
        alone(part)
    return 0


if __name__ == "__main__":
    sys.exit(main())
