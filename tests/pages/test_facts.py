"""What a panel says of a queue beside its numbers, from nothing but its view."""

from typing import Any

from simulator.pages.facts import price, reasons, sentences
from simulator.pages.tables import table

SECOND = 1_000_000


def rows(view: dict[str, Any], now: int = 0) -> tuple[tuple[str, ...], ...]:
    found = table(view, now, lambda link: f"to-{link}")
    assert found is not None
    return found.rows


def test_a_queue_that_has_nothing_to_say_says_nothing():
    assert sentences({"head": []}) == [("refusals", ""), ("move", ""), ("calls", "")]
    assert rows({"head": []}) == ()


def test_what_is_not_a_queue_has_no_groups():
    assert sentences({"seats": []}) == []
    assert table({"seats": []}, 0, str) is None


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
    assert rows({"head": [], "groups": [["ann", 3, 1, 1 | 4], ["bob", 1, 0, 0]]}) == (
        ("ann", "3", "1", "blocked"),
        ("bob", "1", "0", ""),
    )


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


def test_a_topic_says_that_nobody_asks_and_nobody_is_known_and_lists_its_subscriptions():
    view = {
        "count": 2,
        "subscriptions": [
            [1, "sqs", 8, 12, 3, 0, 0, 0, 0, 0, 'tier is "basic"', 9 * SECOND],
            [2, "http", 1, 0, 0, 4, 1, 20 * SECOND, 3, 50, "HTTP 503", 8 * SECOND],
        ],
        "archive": [41, True, 12],
    }
    (_, pushes), (_, archive) = sentences(view)
    assert "2 subscriptions" in pushes and "no subscriber ever asks, and no publisher knows them" in pushes
    assert archive == "The archive keeps 41 messages. A replay runs: 12 so far."
    assert rows(view, 10 * SECOND) == (
        ("to-1", "12", "3", "0", 'tier is "basic"'),
        ("to-2", "0", "0", "4", "not confirmed · retry 3 of 50 in 10 s · HTTP 503"),
    )


def test_a_bus_lists_its_rules_with_the_clause_that_failed():
    view = {
        "count": 3,
        "latest": [256, 0, 0, 9 * SECOND],
        "archive": [7, "COMPLETED", 7],
        "rules": [
            ["billing", 1, 90, 9 * SECOND, "", 1, 88, 0, 2, 12 * SECOND],
            ["fraud", 1, 14, SECOND, '$.country is "NL"', 1, 14, 1, 0, 0],
            ["old", 0, 1, 0, "", 0, 1, 0, 0, 0],
        ],
    }
    assert sentences(view)[0][1].startswith("3 rules decide where an event goes")
    assert sentences(view)[1][1] == "The archive keeps 7 messages. The latest replay (completed) brought back 7."
    said = [row[4] for row in rows(view, 10 * SECOND)]
    assert said == ["matched · 2 to retry in 2 s", '$.country is "NL"', "off"]


def test_a_scheduler_lists_what_it_plans():
    view = {
        "schedules": [
            ["report", 20 * SECOND, 1, 3, 0, "Mon 09:00"],
            ["open", 9 * SECOND, 1, 3, 40 * SECOND, ""],
            ["once", 0, 2, 1, 0, ""],
        ]
    }
    said = [row[2] for row in rows(view, 10 * SECOND)]
    assert said == ["in 10 s · Mon 09:00", "within 30 s", "over"]


def test_a_pipe_says_what_went_wrong_last():
    assert sentences({"enrichment": "", "reason": "Unhandled"}) == [("reason", "Last reason: Unhandled.")]
    assert sentences({"enrichment": "", "reason": ""}) == [("reason", "")]
