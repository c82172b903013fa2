"""Narration: every record that matters has its sentence, and no record can stop the log."""

import pickle
from itertools import chain
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.clock import MINUTE, SECOND
from simulator.engine.message import BY_HAND, message_id
from simulator.engine.trace import Record
from simulator.folds.archive import Archive
from simulator.folds.narration import LONGEST_SENTENCE, MOST_LINES, Narrator
from tests.folds.runs import EMAILS, MAILER, SHOP, mails, records_of
from tests.patterns.vocabulary import Part, do, queue, scenario, worker

M41 = message_id(41, SHOP)


def narrator() -> Narrator:
    run = mails()
    return Narrator(run.scenario, run.looks)


def said(teller: Narrator, *record: Any) -> str:
    line = teller.narrate(record)
    assert line is not None
    return line[4]


def test_a_hop_is_told_with_both_ends_and_the_type() -> None:
    sent = (5_012_000, "sent", SHOP, M41, 0, 0, 5_030_000, 1 << 6)
    assert narrator().narrate(sent) == (5_012_000, "info", SHOP, M41, "shop sends m-41 (password-reset) to emails.")


def test_a_type_that_is_not_known_is_left_out() -> None:
    """Types are remembered for so many messages only, and a look may be newer than the names given."""
    assert said(narrator(), 0, "sent", SHOP, M41, 0, 0, 9, 31 << 6) == "shop sends m-41 to emails."


def test_units_are_put_into_words() -> None:
    received = (0, "received", EMAILS, M41, 2, 92 * SECOND, MAILER)
    deleted = (0, "deleted", EMAILS, M41, 2, 70 * SECOND)
    assert "mailer receives m-41 from emails, attempt 2" in said(narrator(), *received)
    assert "01:32.0" in said(narrator(), *received)
    assert "1 min 10 s" in said(narrator(), *deleted)


def test_a_fault_is_told_of_the_station_or_the_line_by_their_titles() -> None:
    shop = Part({"id": "shop", "pattern": "producer", "title": "the shop"}, [{"from": "shop", "to": "mail"}])
    teller = Narrator(scenario(shop, queue("mail")).scenario)
    assert said(teller, 0, "fault_began", 0, 0, "shop", "crash", 0, "") == "the shop: crash begins."
    assert said(teller, 0, "fault_ended", -1, 0, "shop-mail", "lose") == "the shop → mail: lose is over."


def test_the_cause_of_a_message_is_told_by_its_label() -> None:
    created = (0, "created", MAILER, message_id(1, MAILER), M41)
    assert said(narrator(), *created) == "mailer makes mailer-1 from m-41."


def test_a_message_sent_by_hand_is_called_so() -> None:
    run = scenario(queue("emails"))
    do(run, "emails", "SendMessage", MessageBody="hello")
    lines, unlogged = Narrator(run.scenario, run.looks).lines(run.trace.take())
    assert [line[3] for line in lines if line[3]] == [message_id(1, BY_HAND)] * len([line for line in lines if line[3]])
    assert any("you-1" in line[4] for line in lines)
    assert unlogged == 0


def test_every_record_of_a_run_with_mishaps_has_a_sentence_or_is_declared_silent() -> None:
    run = scenario(
        queue("emails", dead="emails-dead", limit=2, VisibilityTimeout=5),
        queue("emails-dead"),
        worker("mailer", polls="emails", service=1 * SECOND, failure_probability=0.3),
    )
    for _ in range(40):
        do(run, "emails", "SendMessage", MessageBody="hello")
    do(run, "mailer", "crash", seconds=3)
    records = records_of(run, 2 * MINUTE)
    teller = Narrator(run.scenario, run.looks)
    sentences = [line[4] for line in map(teller.narrate, records) if line is not None]
    assert len(sentences) > 200
    assert not [sentence for sentence in sentences if "?" in sentence or "{" in sentence]
    assert all(record[1] == "carried" for record in records if not teller.tells(record))


EVERYWHERE = ["sent", "lost", "returned", "fault_began", "changed"]
OWN = [["gave_up"], ["received", "deleted"], ["started", "failed"]]
odd = some.one_of(some.none(), some.integers(), some.floats(), some.text(max_size=400), some.lists(some.integers()))


@given(
    some.sampled_from([*EVERYWHERE, *chain(*OWN), "nonsense"]),
    some.integers(-1, 3),
    some.integers(-5, 2**60),
    some.lists(odd, max_size=6),
)
def test_odd_values_never_stop_the_log(kind: str, node: int, message: int, values: list[Any]) -> None:
    """A record may come from an older version of a pattern, or from one that does not keep to its declaration."""
    line = narrator().narrate((0, kind, node, message, *values))
    declared = kind in EVERYWHERE or (0 <= node <= MAILER and kind in OWN[node])
    assert (line is not None) == declared
    assert line is None or 0 < len(line[4]) <= LONGEST_SENTENCE


def test_when_too_much_happens_the_notable_stays_and_the_rest_is_counted() -> None:
    sent: list[Record] = [(at, "sent", SHOP, M41, 0, 0, at + 9, 64) for at in range(500)]
    lost: list[Record] = [(at, "lost", SHOP, M41, 0, "the link is cut") for at in (7, 8)]
    carried: list[Record] = [(at, "carried", EMAILS, M41, 1, 0, at + 9, 64) for at in range(50)]
    lines, unlogged = narrator().lines(sorted([*sent, *lost, *carried]))
    assert len(lines) == MOST_LINES
    assert unlogged == 502 - MOST_LINES
    assert [line[0] for line in lines if line[1] == "bad"] == [7, 8]
    assert lines == sorted(lines, key=lambda line: line[0])


def test_the_last_lines_before_a_moment_come_from_the_archive() -> None:
    run = mails()
    records = records_of(run, 30 * SECOND)
    archive, teller = Archive(), Narrator(run.scenario, run.looks)
    archive.append(records)
    teller.learn(records)
    tail = teller.tail(archive, 20 * SECOND, 12)
    told = [line for line in map(teller.narrate, records) if line is not None and line[0] <= 20 * SECOND]
    assert tail == told[-12:]


def test_a_copy_learns_by_itself() -> None:
    one = narrator()
    other = one.copy()
    other.learn([(0, "sent", SHOP, M41, 0, 0, 9, 64)], ["sign-up", "greeting"])
    assert other.type_of((0, "deleted", EMAILS, M41, 1, 1)) == "greeting"
    assert one.type_of((0, "deleted", EMAILS, M41, 1, 1)) == ""
    again: Narrator = pickle.loads(pickle.dumps(other))
    assert said(again, 0, "sent", SHOP, M41, 0, 0, 9, 64) == "shop sends m-41 (greeting) to emails."
