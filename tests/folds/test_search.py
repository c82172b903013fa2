"""Search: a message is found by its name, by what it says, and by what became of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.message import BY_HAND, Message, as_text, message_id
from simulator.engine.run import Run
from simulator.folds import archive as archives
from simulator.folds import bodies as saids
from simulator.folds import search as searches
from simulator.folds.archive import Archive
from simulator.folds.bodies import Bodies
from simulator.folds.narration import Narrator
from simulator.folds.search import Search
from tests.folds.runs import mails
from tests.patterns.vocabulary import do, queue, scenario, worker

YOU1 = message_id(1, BY_HAND)


class Kept:
    """What is kept of a run that goes on in steps."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.archive = Archive()
        self.bodies = Bodies()
        self.narrator = Narrator(run.scenario, run.looks)

    def advance(self, until: int, step: int = SECOND // 2) -> "Kept":
        while self.run.now < until:
            self.run.advance(min(self.run.now + step, until))
            self.take()
        return self

    def take(self) -> "Kept":
        records = self.run.trace.take()
        self.archive.append(records)
        self.bodies.add(self.run.trace.told)
        self.narrator.learn(records, self.run.looks)
        return self

    def answer(self, query: str) -> dict[str, Any]:
        search = Search(query, self.archive, self.bodies, self.run.scenario, self.narrator)
        for _ in search.parts():
            pass
        return search.answer()

    def found(self, query: str) -> list[str]:
        return [row[1] for row in self.answer(query)["messages"]]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "CHUNK", 64)
    monkeypatch.setattr(saids, "CHUNK", 16)


def letters() -> Kept:
    """Three letters in a queue that gives up after one receive, and a mailer that can't bear one of them."""
    run = scenario(
        queue("emails", dead="emails-dead", limit=1, VisibilityTimeout=5),
        queue("emails-dead"),
        worker("mailer", polls="emails", service=SECOND, poison="body.to = 'Carla'"),
    )
    for name in ("Anna", "Bert", "Carla"):
        do(run, "emails", "SendMessage", MessageBody=f'{{"to": "{name}", "text": "Grüße"}}')
    return Kept(run).take().advance(MINUTE)


def test_a_message_is_found_by_its_name_and_nothing_else_is() -> None:
    kept = letters()
    assert kept.answer("you-2") == {
        "query": "you-2",
        "messages": [[message_id(2, BY_HAND), "you-2", "by hand", 2_050_000, "done at emails"]],
        "more": 0,
        "searched": 0,
        "records": kept.archive.count,
    }
    assert kept.found(" YOU-2 ") == ["you-2"]
    assert kept.found("you-9") == kept.found("nobody-2") == kept.found("you-0") == kept.found("") == []


def test_a_number_alone_is_a_message_of_the_first_producer() -> None:
    kept = Kept(mails()).advance(20 * SECOND)
    assert kept.found("7")[0] == "m-7"
    assert kept.answer("m-7")["messages"][0][4] == "done at emails"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("carla", ["you-3"]),
        ('"Bert"', ["you-2"]),
        ("grüsse", []),
        ("GRÜSSE", []),
        ("GRÜẞE", ["you-3", "you-2", "you-1"]),
        ("grüße anna", ["you-1"]),
        ("anna bert", []),
    ],
)
def test_a_message_is_found_by_what_it_says(query: str, names: list[str]) -> None:
    """Every word must be there, in whatever case."""
    assert letters().found(query) == names


def test_a_message_is_found_by_what_became_of_it() -> None:
    kept = letters()
    assert kept.found("poison") == ["you-3"]
    assert kept.found("dead lettered") == ["you-3"]
    assert kept.answer("poison")["messages"][0][4] == "dead letter in emails-dead"
    assert kept.found("VisibilityTimeout of 5 s passed") == ["you-3"]


def test_where_a_message_is_follows_its_latest_record() -> None:
    run = scenario(queue("emails", VisibilityTimeout=30), worker("mailer", polls="emails", service=20 * SECOND))
    do(run, "emails", "SendMessage", MessageBody="hello")
    kept = Kept(run).take()
    states = []
    for until in (5_000, 15_000, SECOND, 25 * SECOND):
        kept.advance(until, until)
        states.append(kept.answer("hello")["messages"][0][4])
    assert states == ["waiting in emails", "in flight in emails", "being worked on at mailer", "done at emails"]


@pytest.mark.usefixtures("small_chunks")
def test_what_was_long_ago_is_found_in_closed_chunks() -> None:
    kept = Kept(mails(per_second=10, service=0.01)).advance(MINUTE)
    assert kept.found("m-3") == ["m-3"]
    answer = kept.answer("sign-up")
    names = [int(row[1].removeprefix("m-")) for row in answer["messages"]]
    assert len(names) == searches.MOST_FOUND
    assert names == sorted(names, reverse=True)
    assert answer["more"] > 100
    assert answer["searched"] == answer["records"] == kept.archive.count


@pytest.mark.usefixtures("small_chunks")
def test_a_search_is_bounded_and_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_SEARCHED", 300)
    kept = Kept(mails(per_second=10, service=0.01)).advance(MINUTE)
    answer = kept.answer("nowhere to be found")
    assert answer["messages"] == []
    assert 300 <= answer["searched"] <= 300 + 64 < answer["records"]


@pytest.mark.usefixtures("small_chunks")
def test_beyond_their_limit_the_oldest_bodies_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saids, "MOST_BYTES", 2_000)
    kept = Kept(mails(per_second=10, service=0.01)).advance(2 * MINUTE)
    assert kept.bodies.dropped
    assert kept.bodies.bytes <= 2_000
    assert kept.found("m-3") == ["m-3"]


@pytest.mark.usefixtures("small_chunks")
@given(some.integers(0, 60 * SECOND))
def test_a_fork_knows_what_was_said_before_it(time: int) -> None:
    run = mails(per_second=3)
    run.advance(MINUTE)
    run.trace.take()
    made = list(run.trace.told)
    bodies = Bodies()
    bodies.add(made)
    forked = [message for part in bodies.until(time).holding([""]) for message in part]
    assert sorted(forked) == sorted(message.id for message in made if message.created <= time)


@given(some.recursive(some.text() | some.integers() | some.booleans(), lambda inner: some.lists(inner)), some.data())
def test_any_body_is_found_by_any_word_of_it(body: Any, data: some.DataObject) -> None:
    text = as_text(body).lower()
    words = text[: saids.MOST_CHARACTERS].split()
    bodies = Bodies()
    bodies.add([Message(256 * n, "t", 0, body if n == 9 else "else", 10, n) for n in range(1, saids.CHUNK + 20)])
    word = data.draw(some.sampled_from(words or [""]))
    assert 256 * 9 in [message for part in bodies.holding([word]) for message in part]
