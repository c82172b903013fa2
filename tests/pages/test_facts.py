"""What a panel says of a queue beside its numbers, from nothing but its view."""

from simulator.pages.facts import Group, groups, price, reasons, sentences


def test_a_queue_that_has_nothing_to_say_says_nothing():
    assert sentences({"head": []}) == [("refusals", ""), ("move", ""), ("calls", "")]
    assert groups({"head": []}) == []


def test_what_is_not_a_queue_has_no_groups():
    assert sentences({"seats": []}) == []
    assert groups({"seats": []}) is None


def test_refusals_moves_and_requests_are_told():
    view = {
        "head": [],
        "refusals": (5, "RequestThrottled", 7),
        "move": (120, 400, 10, "orders"),
        "calls": (1200, 300, 480),
    }
    assert [sentence for _, sentence in sentences(view)] == [
        "RequestThrottled: 7 calls refused.",
        "Moving to orders: 120 of 400, 10 per s.",
        "1,200 requests so far: $0.00048. 300 of them came back empty: $0.00012 for nothing.",
    ]


def test_a_redrive_without_a_destination_goes_back():
    _, (_, moving), _ = sentences({"head": [], "move": (0, 1000, 0, "")})
    assert moving == "Moving back to where they came from: 0 of 1,000, as fast as it can."


def test_a_group_that_is_blocked_is_not_called_held():
    assert groups({"head": [], "groups": [["ann", 3, 1, 1 | 4], ["bob", 1, 0, 0]]}) == [
        Group("ann", 3, 1, "blocked"),
        Group("bob", 1, 0, ""),
    ]


def test_a_price_has_two_digits_that_say_something():
    assert [price(micros) for micros in (0, 0.4, 52, 410_000)] == ["$0.00", "$0.00000040", "$0.000052", "$0.41"]


def test_a_message_says_why_it_waits():
    view = {
        "fifo": True,
        "groups": [["ann", 2, 1, 1], ["bob", 1, 0, 0]],
        "head": [[1, 0, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 1, 0], [3, 0, 0, 0, 0, 0, 1], [4, 0, 0, 0, 0, -1, 0]],
        "shelf": [[9, 0, 0, 1, 0, 30, -1, 0]],
    }
    said = ["group ann is held: m-9 is in flight", "group bob", "behind m-1 of group ann", ""]
    assert reasons(view, lambda message: f"m-{message}") == said


def test_a_queue_without_groups_gives_no_reasons():
    assert reasons({"head": [[1, 0, 0, 0, 0]], "groups": []}, str) == [""]
    assert reasons({}, str) == []
