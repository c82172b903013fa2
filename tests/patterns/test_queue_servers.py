"""What a short poll finds and misses. Source: SQS Developer Guide, "Amazon SQS short and long polling"."""

import pickle
from random import Random

from patterns.queue.servers import ALL, ASKED, COPIES, SERVERS, Servers


def servers(seed: str = "7/orders/servers", salt: int = 99) -> Servers:
    return Servers(salt, Random(seed))


def test_a_message_lies_on_three_servers_always_the_same():
    some = servers()

    places = [some.places(number) for number in range(1, 500)]

    assert [bin(place).count("1") for place in places] == [COPIES] * len(places)
    assert places == [servers("another seed").places(number) for number in range(1, 500)]


def test_messages_are_spread_evenly_over_the_servers():
    some = servers()
    counts = [sum(some.places(number) >> server & 1 for number in range(1, 12_001)) for server in range(SERVERS)]

    expected = 12_000 * COPIES / SERVERS
    assert all(abs(count - expected) < 0.05 * expected for count in counts), counts


def test_two_queues_keep_the_same_number_in_different_places():
    one, other = servers(salt=1), servers(salt=2)

    same = sum(one.places(number) == other.places(number) for number in range(1, 1001))

    assert same < 30


def test_a_short_poll_can_miss_the_only_message_and_many_find_it():
    """Repeated polling reaches every message in the end."""
    some = servers()

    found = [some.finds(1, some.sample()) for _ in range(50)]

    assert not all(found)
    assert any(found)


def test_a_short_poll_sees_three_quarters_of_the_queue():
    some = servers()
    samples = [some.sample() for _ in range(200)]

    seen = sum(some.finds(number, sample) for sample in samples for number in range(1, 101))

    assert [bin(sample).count("1") for sample in samples] == [ASKED] * 200
    assert abs(seen / 20_000 - 0.75) < 0.02


def test_a_long_poll_finds_everything():
    some = servers()

    assert all(some.finds(number, ALL) for number in range(1, 1001))


def test_samples_are_drawn_from_the_stream_and_go_on_after_a_pickle():
    some, same = servers(), servers()
    before = [some.sample() for _ in range(5)]
    again = pickle.loads(pickle.dumps(some))

    assert before == [same.sample() for _ in range(5)]
    assert [again.sample() for _ in range(5)] == [some.sample() for _ in range(5)]
    assert len({*before, *(again.sample() for _ in range(20))}) > 10
