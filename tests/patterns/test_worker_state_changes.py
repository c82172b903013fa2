"""What EC2 tells a bus of a server's instances.

Source: Amazon EC2 User Guide, "Instance state change events"; EventBridge User Guide, "Events from AWS services".
"""

from typing import Any

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.message import SERVICE
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    bus,
    conserved,
    do,
    document,
    producer,
    queue,
    records,
    scenario,
    seconds,
    target,
    worker,
)


def watched(**settings: Any) -> Run:
    """A run in which `bus` hears of the instances of `mailer`, and `alarms` gets every event."""
    part = worker("mailer", polls="emails", kind="server", service=seconds(1), **settings)
    part.links.append({"from": "mailer", "to": "bus", "kind": "state-changes", "settings": {"latency": 0.01}})
    return scenario(
        producer("shop", to="emails", arrivals={"bursts": {"size": 60, "every": "1h"}}),
        queue("emails"),
        part,
        bus("bus", rules={"ec2": {"source": ["aws.ec2"]}}, targets=[target("ec2", "alarms")]),
        queue("alarms"),
    )


def told(run: Run) -> list[str]:
    return [record[5] for record in records(run, "state_changed")]


def test_a_server_tells_that_it_runs_has_crashed_and_has_recovered():
    run = watched()
    run.advance(seconds(5))
    do(run, "mailer", "crash", seconds=10)
    run.advance(seconds(30))
    assert told(run) == ["running", "stopped", "running"]
    alarms: Any = run.find("alarms")
    events = [entry.message.body for entry in alarms.entries.values()]
    assert [event["detail"]["state"] for event in events] == ["running", "stopped", "running"]
    assert {event["detail-type"] for event in events} == {"EC2 Instance State-change Notification"}
    assert len({event["detail"]["instance-id"] for event in events}) == 1
    assert events[0]["resources"][0].endswith(events[0]["detail"]["instance-id"])
    assert conserved(run)


def test_a_fleet_tells_of_each_instance_that_comes_and_goes():
    run = watched(scaling={"maximum": 4, "backlog_per_worker": 5, "every": 10, "scale_in_cooldown": 0})
    run.advance(seconds(1800))
    names = [record[4] for record in records(run, "state_changed")]
    assert told(run)[:4] == ["running"] * 4 and told(run).count("terminated") == 3
    assert len(dict.fromkeys(names)) == 4
    assert conserved(run)


def test_what_it_sends_is_marked_as_coming_from_the_service():
    run = watched()
    assert [message.attributes for message in run.trace.made] == [{SERVICE: "aws.ec2"}]


def test_a_server_that_nobody_listens_to_tells_nothing():
    run = scenario(producer("shop", to="emails"), queue("emails"), worker("mailer", polls="emails", kind="server"))
    run.advance(seconds(10))
    do(run, "mailer", "crash", seconds=10)
    assert not records(run, "state_changed")


def test_a_bus_that_feeds_the_server_it_hears_of_in_two_ways_is_no_circle():
    """No message causes a change of state, so nothing multiplies."""
    part = worker("mailer", polls=["emails", "letters"], kind="server")
    part.links.append({"from": "mailer", "to": "bus", "kind": "state-changes"})
    targets = [target("all", "emails"), target("all", "letters")]
    made = document(
        bus("bus", rules={"all": {"source": ["shop"]}}, targets=targets), queue("emails"), queue("letters"), part
    )
    assert not documents.check(made, catalog.patterns())
