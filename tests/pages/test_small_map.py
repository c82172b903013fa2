"""The small map draws whatever can be read of a document, and never a station on top of another."""

import pytest

from simulator.pages.small_map import SmallMap, small_map

NODES = [
    {"id": "shop", "pattern": "producer"},
    {"id": "emails", "pattern": "queue"},
    {"id": "mailer", "pattern": "worker", "title": "The mailer of the whole shop"},
    {"id": "emails-dead", "pattern": "queue"},
]
LINKS = [
    {"from": "shop", "to": "emails"},
    {"from": "emails", "to": "mailer"},
    {"from": "emails", "to": "emails-dead"},
]


def places(drawn: SmallMap) -> dict[str, tuple[int, int]]:
    return {station.name: (station.x, station.y) for station in drawn.stations}


def test_messages_go_from_left_to_right_and_dead_letters_down():
    at = places(small_map({"nodes": NODES, "links": LINKS}))
    assert at["shop"][0] < at["emails"][0] < at["The mailer of t…"][0]
    assert at["emails-dead"][0] == at["emails"][0]
    assert at["emails-dead"][1] > at["emails"][1]


def test_the_documents_own_places_win():
    nodes = [{**NODES[0], "at": [3, 2]}, {**NODES[1], "at": [0, 0]}]
    at = places(small_map({"nodes": nodes, "links": LINKS}))
    assert at["shop"][0] > at["emails"][0]
    assert at["shop"][1] > at["emails"][1]


def test_no_station_stands_on_another():
    nodes = [{"id": f"n{number}", "pattern": "worker"} for number in range(12)]
    drawn = small_map({"nodes": nodes, "links": [{"from": "n0", "to": f"n{number}"} for number in range(1, 12)]})
    assert len(set(places(drawn).values())) == 12


def test_a_cycle_ends():
    nodes = [{"id": "a", "pattern": "queue"}, {"id": "b", "pattern": "worker"}]
    drawn = small_map(
        {"nodes": nodes, "links": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}, {"from": "a", "to": "a"}]}
    )
    assert len(drawn.lines) == 2


def test_everything_drawn_lies_within_the_view():
    drawn = small_map({"nodes": NODES, "links": LINKS})
    for station in drawn.stations:
        assert drawn.left < station.x < drawn.left + drawn.width
        assert drawn.top < station.y < drawn.top + drawn.height


def test_the_map_is_told_in_words():
    assert small_map({"nodes": NODES, "links": LINKS}).words == (
        "Map: shop leads to emails, emails leads to The mailer of t…, emails dead-letters to emails-dead."
    )


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {"nodes": 1},
        {"nodes": [1, {}, {"id": None}]},
        {
            "nodes": [{"id": "a", "at": ["x", 1]}, {"id": "b", "at": [1e9, 0]}],
            "links": [{"from": "a", "to": "nobody"}, 7],
        },
        {"nodes": [{"id": ["a"], "pattern": ["b"], "at": [float("nan"), 0]}]},
        {"nodes": [{"id": str(number)} for number in range(5000)], "links": "x"},
    ],
)
def test_a_broken_document_is_drawn_as_far_as_it_goes(broken):
    assert small_map(broken).width > 0


def test_a_line_of_dead_letters_may_lead_from_whatever_has_them():
    nodes = [{"id": "news", "pattern": "topic"}, {"id": "dead", "pattern": "queue"}, {"id": "q", "pattern": "queue"}]
    links = [{"from": "news", "to": "dead", "kind": "dead-letter"}, {"from": "news", "to": "q"}]
    found = small_map({"nodes": nodes, "links": links})
    assert [line.dead for line in found.lines] == [True, False]
    assert [(one.name, one.shape, one.dead) for one in found.stations] == [
        ("news", "topic", False),
        ("dead", "queue", True),
        ("q", "queue", False),
    ]


@pytest.mark.parametrize("kind", ["email", ["x"], None, {"a": 1}])
def test_the_kind_of_an_endpoint_is_a_word_or_nothing(kind: object):
    station = small_map({"nodes": [{"id": "x", "pattern": "endpoint", "settings": {"kind": kind}}]}).stations[0]
    assert station.kind == (kind if isinstance(kind, str) else "")
