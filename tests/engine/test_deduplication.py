"""Five minutes in which a repeated send is recognised: by id, by content, in the whole queue or in a group."""

import hashlib
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from simulator.engine import deduplication
from simulator.engine.clock import SECOND, Micros
from simulator.engine.deduplication import Deduplication, Original, sequence
from simulator.engine.message import Message


def message(body: object, identifier: str | None = None) -> Message:
    return Message(257, "order", 0, body, 1, 0, group="a", deduplication=identifier)


def send(window: Deduplication, identifier: str, at: Micros, number: int, group: str = "a") -> Original | None:
    """What the send repeats; otherwise it is accepted."""
    original = window.original(identifier, group, at)
    if original is None:
        window.accept(identifier, group, at, number * 256, number)
    return original


def test_a_repeated_send_is_answered_with_the_message_and_the_sequence_of_the_first():
    """Source: SQS API Reference, SendMessage (MessageDeduplicationId): accepted successfully, not delivered."""
    window = Deduplication()

    first = send(window, "x", 0, 1)
    again = send(window, "x", SECOND, 2)

    assert first is None
    assert again == Original(0, 256, 1)
    assert sequence(again.number) == sequence(1) < sequence(2)
    assert len(sequence(1)) == 20


def test_the_window_is_five_minutes_from_the_first_accepted_send():
    """A repetition does not extend it. Source: SQS Developer Guide, "Using the message deduplication ID"."""
    window = Deduplication()
    send(window, "x", 0, 1)

    assert send(window, "x", 200 * SECOND, 2) is not None
    assert send(window, "x", 300 * SECOND, 3) is not None
    assert send(window, "x", 300 * SECOND + 1, 4) is None
    assert send(window, "x", 600 * SECOND, 5) == Original(300 * SECOND + 1, 4 * 256, 4)


def test_the_same_id_in_two_groups_is_one_message_or_two_as_the_scope_says():
    """Source: SQS API Reference, SetQueueAttributes (DeduplicationScope)."""
    queue, group = Deduplication(by_group=False), Deduplication(by_group=True)
    for window in (queue, group):
        send(window, "x", 0, 1, group="a")

    assert send(queue, "x", 1, 2, group="b") is not None
    assert send(group, "x", 1, 2, group="b") is None
    assert send(group, "x", 2, 3, group="a") is not None


@pytest.mark.parametrize(
    "body, as_it_travels", [("hello", "hello"), ({"b": 1, "a": "ü"}, '{"b":1,"a":"ü"}'), (None, "null"), (7, "7")]
)
def test_content_is_known_by_the_sha_256_of_the_body(body: object, as_it_travels: str):
    """Source: SQS API Reference, SetQueueAttributes (ContentBasedDeduplication)."""
    window = Deduplication()

    found = [window.identifier(message(body), by_content=True) for _ in range(2)]

    assert found == [hashlib.sha256(as_it_travels.encode()).hexdigest()] * 2


def test_an_explicit_id_goes_before_the_content_and_counts_as_the_same_sort_of_id():
    """Source: SQS API Reference, SendMessage: an explicit id overrides the generated one, and repeats it if equal."""
    window = Deduplication()
    generated = window.identifier(message("hello"), by_content=True)
    assert generated is not None

    assert window.identifier(message("hello", "mine"), by_content=True) == "mine"
    assert send(window, generated, 0, 1) is None
    assert window.identifier(message("other", generated), by_content=True) == generated
    assert send(window, generated, 1, 2) is not None


def test_another_body_after_the_same_one_has_another_id():
    window = Deduplication()
    same, other = {"n": 1}, {"n": 2}

    found = [window.identifier(message(body), by_content=True) for body in (same, same, other, same, {"n": 1})]

    assert found[0] == found[1] == found[3] == found[4] != found[2]


def test_without_an_id_and_without_content_there_is_none():
    assert Deduplication().identifier(message("hello"), by_content=False) is None


def test_beyond_its_bound_the_window_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(deduplication, "MOST_REMEMBERED", 3)
    window = Deduplication()

    for number in range(1, 6):
        send(window, f"id-{number}", number, number)

    assert len(window) == 3
    assert send(window, "id-3", 10, 6) is not None
    assert send(window, "id-2", 10, 7) is None


SENDS = some.lists(
    some.tuples(some.integers(0, 120), some.sampled_from("abcdefg"), some.sampled_from("xy"), some.booleans()),
    min_size=30,
    max_size=150,
)


@settings(max_examples=100, deadline=None)
@given(sends=SENDS, by_group=some.booleans())
def test_the_window_agrees_with_a_list_of_all_accepted_sends(sends: list[tuple[int, str, str, bool]], by_group: bool):
    """Source: SQS Developer Guide, "Exactly-once processing in Amazon SQS". The peer looks at all."""
    window, accepted, now = Deduplication(by_group), [], 0
    for number, (pause, identifier, group, pickled) in enumerate(sends, 1):
        now += pause * SECOND
        repeats = [
            Original(at, first * 256, first)
            for at, first, other, place in accepted
            if other == identifier and now - at <= 300 * SECOND and (place == group or not by_group)
        ]
        if pickled:
            window = pickle.loads(pickle.dumps(window))

        assert send(window, identifier, now, number, group) == (repeats[0] if repeats else None)

        if not repeats:
            accepted.append((now, number, identifier, group))
        assert len(window) == sum(now - at <= 300 * SECOND for at, *_ in accepted)
