"""The producer: when it sends, what it sends, and what it does when nobody takes it."""

import pickle
from math import sqrt
from typing import Any

import pytest

from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.message import Message
from simulator.engine.run import Run
from simulator.engine.template import size_of_attributes
from tests.patterns.vocabulary import (
    conserved,
    custody,
    do,
    lines,
    producer,
    queue,
    records,
    scenario,
    seconds,
    store,
    story,
    times,
    worker,
)

REGULAR = {"regular": {"per_second": 1}}


def bodies(run: Run, target: str = "emails") -> list[Any]:
    """What has arrived at a queue, in order."""
    node: Any = run.find(target)
    return [entry.message.body for entry in node.entries.values()]


def message_of(run: Run, target: str = "emails") -> Message:
    node: Any = run.find(target)
    [entry] = node.entries.values()
    found: Message = entry.message
    return found


def test_a_regular_producer_sends_evenly():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR), queue("emails"))
    run.advance(seconds(4))
    assert times(run, "created") == [seconds(1), seconds(2), seconds(3), seconds(4)]
    assert story(run, "m-1", travel=True) == ["sent", "enqueued"]


def test_poisson_arrivals_have_the_rate_that_was_asked_for():
    """Source: Law, "Simulation Modeling and Analysis", section 8.6.1: the count's variance is its mean."""
    run = scenario(producer("shop", to="emails", arrivals={"poisson": {"per_second": 5}}), queue("emails"), seed=3)
    run.advance(seconds(400))
    assert abs(len(records(run, "created")) - 2000) < 3 * sqrt(2000)


def test_every_link_gets_a_message_of_its_own_with_the_same_body():
    run = scenario(
        producer(
            "shop", to=["emails", "audit"], arrivals=REGULAR, body={"order": {"integer": {"low": 1, "high": 999}}}
        ),
        queue("emails"),
        queue("audit"),
    )
    run.advance(seconds(3.5))
    assert bodies(run, "emails") == bodies(run, "audit")
    assert len(bodies(run)) == 3
    assert [record[3] // 256 for record in records(run, "enqueued")] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "sign-up"}, "sign-up"),
        ({"type": 7}, "shop"),
        ({}, "shop"),
        ("text", "shop"),
        ([1], "shop"),
        (None, "shop"),
    ],
)
def test_the_type_of_a_message_is_what_its_body_says_or_its_producer(body, kind):
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, body=body), queue("emails"))
    run.advance(seconds(1.5))
    assert message_of(run).type == kind
    assert message_of(run).body == body
    assert run.looks[message_of(run).look] == kind


def test_types_are_known_before_the_first_message_so_that_colours_stay():
    run = scenario(producer("shop", to="emails", body={"type": {"one_of": ["a", "b"]}}), queue("emails"))
    assert run.looks == ["a", "b"]


def test_attributes_travel_beside_the_body_and_count_with_name_type_and_value():
    """Source: SQS Developer Guide, "Amazon SQS message metadata"."""
    run = scenario(
        producer("shop", to="emails", arrivals=REGULAR, body={"a": 1}, attributes={"country": "ché", "n": 12}),
        queue("emails"),
    )
    run.advance(seconds(1.5))
    assert message_of(run).attributes == {"country": "ché", "n": 12}
    assert size_of_attributes({"country": "ché", "n": 12}) == len("country") + 6 + 4 + len("n") + 6 + 2
    assert message_of(run).size == len('{"a":1}') + 26


def test_it_stops_at_its_limit_and_goes_on_when_the_limit_is_raised():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, limit=3), queue("emails"))
    run.advance(seconds(10))
    assert len(bodies(run)) == 3
    assert [record[4] for record in records(run, "exhausted")] == [3]
    assert run.find("shop").view()["rate"] == 0
    do(run, "shop", "change", limit=5)
    run.advance(seconds(20))
    assert len(bodies(run)) == 5


def test_while_paused_arrivals_pass_unheard_and_later_ones_come_when_they_would_have():
    """Common random numbers: what is not sent moves nothing else. Source: Law, section 11.2."""
    arrivals = {"poisson": {"per_second": 2}}
    whole = scenario(producer("shop", to="emails", arrivals=arrivals), queue("emails"))
    whole.advance(seconds(30))
    paused = scenario(producer("shop", to="emails", arrivals=arrivals), queue("emails"))
    paused.advance(seconds(10))
    do(paused, "shop", "Pause")
    paused.advance(seconds(20))
    assert paused.find("shop").view()["paused"]
    do(paused, "shop", "Resume")
    paused.advance(seconds(30))
    expected = [time for time in times(whole, "created") if not seconds(10) < time <= seconds(20)]
    assert times(paused, "created") == expected
    assert len(expected) < len(times(whole, "created"))


def test_a_crashed_producer_sends_nothing_not_even_by_hand():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR), queue("emails"))
    do(run, "shop", "crash", seconds=5)
    run.advance(seconds(4.5))
    call = do(run, "shop", "SendOne")
    assert call.error.code == "Crashed"
    run.advance(seconds(6.5))
    assert times(run, "created") == [seconds(5), seconds(6)]


def test_a_slow_producer_takes_longer_from_one_message_to_the_next():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR), queue("emails"))
    do(run, "shop", "slow", factor=4)
    run.advance(seconds(10))
    assert times(run, "created") == [seconds(1), seconds(5), seconds(9)]
    assert run.find("shop").view()["rate"] == 0.25
    do(run, "shop", "stop slow")
    run.advance(seconds(15))
    assert times(run, "created")[3:] == [seconds(13), seconds(14), seconds(15)]


def test_new_arrivals_begin_when_they_are_set():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR), queue("emails"))
    run.advance(seconds(2.5))
    do(run, "shop", "change", arrivals={"replay": {"at": [0.25, 0.5]}})
    run.advance(seconds(60))
    assert times(run, "created")[2:] == [seconds(2.75), seconds(3)]


def test_a_new_body_is_used_from_the_next_message_on():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, body="old"), queue("emails"))
    run.advance(seconds(2))
    do(run, "shop", "change", body="new")
    run.advance(seconds(4.5))
    assert bodies(run) == ["old", "old", "new", "new"]


def test_what_is_sent_by_hand_changes_nothing_of_what_it_sends_by_itself():
    """Common random numbers. Source: Law, "Simulation Modeling and Analysis", section 11.2."""
    settings = {"arrivals": {"poisson": {"per_second": 3}}, "body": {"type": "x", "name": {"name": {}}}}
    alone = scenario(producer("shop", to="emails", **settings), queue("emails"))
    alone.advance(seconds(20))
    run = scenario(producer("shop", to="emails", **settings), queue("emails"))
    run.advance(seconds(5))
    do(run, "shop", "Burst", count=7)
    do(run, "shop", "SendOne", body={"hello": 1}, type="greeting")
    run.advance(seconds(20))
    assert len(records(run, "made_by_hand")) == 8
    node: Any = run.find("emails")
    own = [entry.message[:6] for entry in node.entries.values() if entry.message.id % 256 != 255]
    before: Any = alone.find("emails")
    assert own == [entry.message[:6] for entry in before.entries.values()]
    assert {"hello": 1, "type": "greeting"} in bodies(run)
    assert conserved(run)


def test_without_retries_a_refused_message_is_gone_and_the_trace_says_where():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, limit=1), queue("emails"))
    do(run, "emails", "unavailable")
    run.advance(seconds(60))
    assert story(run, "m-1") == ["turned_away"]
    assert conserved(run)


def test_with_retries_a_refused_message_is_sent_again_with_growing_random_pauses():
    """Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode."""
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, limit=1, retries=5), queue("emails"))
    do(run, "emails", "unavailable")
    run.advance(seconds(120))
    assert story(run, "m-1") == ["refused_call", "retrying"] * 5 + ["refused_call", "gave_up"]
    pauses = [record[5] for record in records(run, "retrying")]
    assert all(0 <= pause <= SECOND << turn for turn, pause in enumerate(pauses))
    assert len(set(pauses)) == 5
    assert records(run, "gave_up")[0][4] == "ServiceUnavailable after 6 tries"
    assert conserved(run)


def test_a_queue_that_comes_back_in_time_gets_the_message_after_all():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, limit=1, retries=10), queue("emails"))
    do(run, "emails", "unavailable", seconds=10)
    run.advance(seconds(120))
    assert story(run, "m-1")[-1] == "enqueued"
    assert run.find("shop").view()["sent"] == 1
    assert conserved(run)


def test_retrying_after_a_lost_answer_makes_a_second_copy():
    """At least once: whoever retries can't know whether the first try arrived.

    Source: SQS Developer Guide, "Amazon SQS at-least-once delivery"; the loss is the link's.
    """
    run = scenario(
        producer(
            "shop", to="emails", arrivals={"regular": {"per_second": 5}}, limit=100, retries=3, link={"loss": 0.3}
        ),
        queue("emails"),
        seed=5,
    )
    run.advance(seconds(200))
    copies = [record[3] for record in records(run, "enqueued")]
    assert len(copies) > len(set(copies))
    assert conserved(run)
    assert custody(run, "shop") == len(list(run.find("shop").held()))


def test_a_crash_forgets_what_waited_to_be_sent_again():
    run = scenario(producer("shop", to="emails", arrivals=REGULAR, limit=1, retries=10), queue("emails"))
    do(run, "emails", "unavailable")
    while not list(run.find("shop").held()):
        run.advance(run.next_time() or 0)
    do(run, "shop", "crash")
    assert list(run.find("shop").held()) == []
    assert records(run, "gave_up")[0][4] == "it was only in the memory of shop, which crashed"
    run.advance(seconds(60))
    assert conserved(run)


def test_changing_the_worker_leaves_the_arrivals_as_they_were():
    """Common random numbers. Source: Law, "Simulation Modeling and Analysis", section 11.2."""

    def arrivals(**settings: Any) -> list[Any]:
        run = scenario(
            producer("shop", to="emails", arrivals={"poisson": {"per_second": 4}}, body={"name": {"name": {}}}),
            queue("emails"),
            worker("mailer", polls="emails", **settings),
        )
        run.advance(seconds(60))
        return [record for record in records(run, "created", "sent") if record[2] == 0]

    assert arrivals(service=seconds(0.1)) == arrivals(
        service={"exponential": {"mean": 3}}, concurrency=5, idempotent=True
    )


def test_a_run_that_is_pickled_between_two_messages_goes_on_identically():
    run = scenario(
        producer(
            "shop",
            to=["emails", "table"],
            arrivals={"bursts": {"size": 5, "every": "3s", "spread": "1s"}},
            body={"id": {"uuid": {}}, "n": {"sequence": {}}},
            attributes={"country": {"one_of": ["de", "fr"]}},
            retries=4,
            link={"loss": 0.2, "duplication": 0.1},
        ),
        queue("emails"),
        store("table", concurrency=1, waiting=0, service=0.2),
    )
    run.advance(seconds(7.3))
    copy = pickle.loads(pickle.dumps(run))
    for one in (run, copy):
        one.advance(seconds(40))
    assert lines(run) == lines(copy)
    assert len(records(run, "retrying")) > 3


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        ({"kind": "toaster"}, "nodes.0.settings.kind", "server"),
        ({"arrivals": {"poisson": {"per_second": -1}}}, "nodes.0.settings.arrivals", "rate"),
        ({"attributes": ["a"]}, "nodes.0.settings.attributes", "object"),
        ({"attributes": {f"n{number}": 1 for number in range(11)}}, "nodes.0.settings.attributes", "at most 10"),
        ({"retries": 11}, "nodes.0.settings.retries", "at most 10"),
        ({"body": {"one_of": []}}, "nodes.0.settings.body", "one_of"),
        ({"limit": 0}, "nodes.0.settings.limit", "at least 1"),
        ({"speed": 3}, "nodes.0.settings.speed", "not a setting"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(settings, path, says):
    with pytest.raises(Refused) as refused:
        scenario(producer("shop", to="emails", **settings), queue("emails"))
    [problem] = refused.value.problems
    assert problem.path.startswith(path)
    assert says in str(problem)


def test_a_burst_has_an_upper_bound():
    run = scenario(producer("shop", to="emails", arrivals={"none": {}}), queue("emails"))
    with pytest.raises(Refused):
        do(run, "shop", "Burst", count=1001)
    do(run, "shop", "Burst", count=1000)
    run.advance(seconds(1))
    assert len(bodies(run)) == 1000


def test_its_view_is_what_the_stage_expects():
    run = scenario(producer("shop", to="emails", kind="mobile", arrivals=REGULAR, limit=9), queue("emails"))
    run.advance(seconds(2))
    assert run.find("shop").view() == {
        "kind": "mobile",
        "rate": 1.0,
        "sent": 2,
        "paused": False,
        "caption": ["regular: 1 per second, evenly spaced", "stops after 9"],
    }


def test_a_member_of_the_body_is_the_group_and_another_the_deduplication_id():
    """Source: SQS API Reference, SendMessage (MessageGroupId, MessageDeduplicationId): both are texts."""
    body = {"customer": {"one_of": ["ann"]}, "number": {"sequence": {}}}
    grouped = producer("shop", to="emails", arrivals=REGULAR, body=body, group="customer", deduplication="number")
    run = scenario(grouped, queue("emails"))
    run.advance(seconds(1.5))
    sent = message_of(run)
    assert (sent.group, sent.deduplication) == ("ann", "1")


def test_a_message_made_by_hand_is_grouped_as_its_body_says():
    run = scenario(producer("shop", to="emails", arrivals={"none": {}}, group="customer"), queue("emails"))
    do(run, "shop", "SendOne", body={"customer": "bob"})
    run.advance(seconds(1))
    assert (message_of(run).group, message_of(run).deduplication) == ("bob", None)


def test_a_group_can_be_kept_back_on_one_of_two_links():
    grouped = producer("shop", to=["fair", "plain"], arrivals=REGULAR, body={"customer": "ann"}, group="customer")
    run = scenario(grouped, queue("fair"), queue("plain"))
    run.intervene("shop-plain", "change", {"grouped": False})
    run.advance(seconds(1.5))
    assert (message_of(run, "fair").group, message_of(run, "plain").group) == ("ann", None)
