"""Frames: bounded, exact where they say so, and enough to draw the stage from."""

import json
import pickle
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from simulator.engine.clock import SECOND, Micros
from simulator.engine.message import BY_HAND, message_id
from simulator.engine.run import Run
from simulator.engine.trace import Record
from simulator.folds.frame import LARGEST, LIGHT_FRAMES, MOST_HOPS, TICK, FrameFold, columns, encode
from tests.folds.runs import EMAILS, MAILER, mails, slices
from tests.patterns.vocabulary import do, scenario, state_machine

PACE = {"kind": "steady", "rate": 1.0, "slowed": False, "skipping": ""}

hops = some.tuples(
    some.integers(0, 2**50),
    some.sampled_from(["sent", "carried"]),
    some.integers(0, 199),
    some.builds(message_id, some.integers(1, 2**40), some.integers(0, 255)),
    some.integers(0, 999),
    some.integers(0, 1),
    some.integers(0, 2**42),
    some.integers(0, 32 * 64 - 1),
).map(lambda hop: (*hop[:6], hop[0] + hop[6], hop[7]))


def decoded(packed: dict[str, Any] | None, since: Micros) -> list[tuple[int, ...]]:
    """What a page makes of the columns: message, link, back, look and flags, departure and arrival."""
    if packed is None:
        return []
    count = max(len(column) for column in packed.values() if isinstance(column, list))
    column = {name: [value] * count if isinstance(value, int) else value for name, value in packed.items()}
    found, serial, leave = [], 0, 0
    for place in range(count):
        serial += column["serial"][place]
        leave += column["leave"][place]
        way, departure = column["link"][place], since + leave * TICK
        arrival = departure + column["travel"][place] * TICK
        look = column["look"][place]
        found.append((message_id(serial, column["origin"][place]), way >> 1, way & 1, look, departure, arrival))
    return found


def flight(number: int, at: Micros = 0, link: int = 0, arrives: Micros = SECOND, origin: int = 0) -> Record:
    return (at, "sent", 0, message_id(number, origin), link, 0, arrives, 64)


def frame_of(fold: FrameFold, run: Run, records: list[Record], since: Micros, **more: Any) -> dict[str, Any]:
    """The next frame, as a page decodes it."""
    encoded = encode(fold.frame(run, records, since, "running", PACE, run.now, 1, **more))
    assert len(encoded) <= LARGEST
    return json.loads(encoded)


def key_frame_of(fold: FrameFold, run: Run) -> dict[str, Any]:
    encoded = encode(fold.key_frame(run, "paused", PACE, run.now, 1))
    assert len(encoded) <= LARGEST
    return json.loads(encoded)


@given(some.lists(hops, max_size=60), some.integers(0, 2**50))
def test_columns_say_what_the_records_say(records: list[Record], since: Micros) -> None:
    """To a tick of 100 µs; a hop that takes no time takes one tick, so that a page can divide by it."""
    found = decoded(json.loads(encode({"hops": columns(records, since, 1)}))["hops"], since)
    assert len(found) == len(records)
    for record, (message, link, back, look, departure, arrival) in zip(records, found, strict=True):
        assert (message, link, back, look) == (record[3], record[4], record[5], record[7])
        assert 0 <= record[0] - departure < TICK
        assert arrival > departure
        assert abs((arrival - departure) - (record[6] - record[0])) <= TICK


def test_a_burst_of_equal_hops_is_still_as_many_hops() -> None:
    """Every column of this burst has one value; its length must come through all the same."""
    burst = [flight(number) for number in (1, 2, 3)]
    assert len(decoded(columns(burst, 0, 1), 0)) == 3


def test_500_hops_take_at_most_8_kilobytes() -> None:
    """Source: the project's own measurement of frames, 7.9 KB for 500 hops in columns."""
    run = mails(per_second=400, service=0.02, concurrency=20)
    run.advance(SECOND)
    several = [record for record in run.trace.take() if record[1] in ("sent", "carried")][:500]
    assert len(several) == 500
    assert len(encode({"hops": columns(several, 0, 1)})) <= 8192


def test_frames_together_hold_every_hop_once() -> None:
    run = mails()
    fold, since, shown, written = FrameFold(run.scenario), 0, [], []
    for records in slices(run, 20 * SECOND):
        frame = frame_of(fold, run, records, since)
        shown += [hop[:4] for hop in decoded(frame["hops"], since)]
        written += [(hop[3], hop[4], hop[5], hop[7]) for hop in records if hop[1] in ("sent", "carried")]
        since = run.now
    assert shown == written
    assert len(shown) > 100


def test_above_the_budget_the_same_messages_are_kept_everywhere_and_the_counts_stay_exact() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    records = [flight(number, link=number // 3000) for number in range(1, 6001)]
    frame = frame_of(fold, run, records, 0)
    weight, shown = frame["hops"]["weight"], decoded(frame["hops"], 0)
    assert weight & (weight - 1) == 0
    assert MOST_HOPS / 4 < len(shown) <= MOST_HOPS
    assert all((hop[0] >> 8) % weight == 0 for hop in shown)
    assert frame["counts"] == [[0, 2999], [1, 3000], [2, 1]]


def test_what_somebody_sent_by_hand_is_never_left_out() -> None:
    run = mails()
    records = [*(flight(number) for number in range(1, 6001)), flight(1, origin=BY_HAND)]
    shown = decoded(frame_of(FrameFold(run.scenario), run, records, 0)["hops"], 0)
    assert message_id(1, BY_HAND) in [hop[0] for hop in shown]


def test_the_weight_falls_only_when_it_has_been_too_heavy_for_a_while() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    few = [flight(number) for number in range(1, 101)]
    heavy = frame_of(fold, run, [flight(number) for number in range(1, 1001)], 0)["hops"]["weight"]
    weights = [frame_of(fold, run, few, 0)["hops"]["weight"] for _ in range(LIGHT_FRAMES + 1)]
    assert heavy == 2
    assert weights[: LIGHT_FRAMES - 1] == [2] * (LIGHT_FRAMES - 1)
    assert weights[-1] == 1


def test_a_frame_holds_only_what_changed() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    key_frame_of(fold, run)
    run.advance(60 * SECOND)
    first, second = (frame_of(fold, run, [], run.now) for _ in range(2))
    assert set(first["views"]) >= {str(EMAILS), str(MAILER)}
    assert second["views"] == {}
    assert "faults" not in second
    assert "looks" not in second


def test_faults_come_when_they_begin_and_when_they_end() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    key_frame_of(fold, run)
    do(run, "mailer", "crash", seconds=5)
    do(run, "shop-emails", "partition")
    begun = frame_of(fold, run, [], run.now)
    run.advance(6 * SECOND)
    ended = frame_of(fold, run, [], run.now)
    assert begun["faults"] == [["node", MAILER, "crash", 5 * SECOND], ["link", 0, "partition", 0]]
    assert ended["faults"] == [["link", 0, "partition", 0]]


def test_a_new_message_type_is_announced() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    key_frame_of(fold, run)
    run.look("greeting")
    assert frame_of(fold, run, [], run.now)["looks"] == ["sign-up", "password-reset", "greeting"]


def test_a_key_frame_holds_the_hops_in_motion_and_every_view() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    for records in slices(run, 10 * SECOND):
        frame_of(fold, run, records, run.now)
    moving = flight(77, at=run.now - 1000, arrives=run.now + 5000)
    fold.absorb([moving, flight(78, at=run.now - 1000, arrives=run.now)], run.now)
    key = key_frame_of(fold, run)
    assert key["key"] is True
    assert key["from"] == key["to"] == run.now
    assert [hop[0] for hop in decoded(key["hops"], run.now) if hop[4] == run.now - 1000] == [message_id(77, 0)]
    assert all(hop[5] > run.now for hop in decoded(key["hops"], run.now))
    assert set(key["views"]) == {"0", "1", "2"}


def test_motion_survives_going_back() -> None:
    """A checkpoint keeps what is in motion, even what no frame has shown yet."""
    run = mails()
    fold = FrameFold(run.scenario)
    fold.absorb([flight(1, arrives=9 * SECOND)], 0)
    kept = pickle.loads(pickle.dumps(fold.motion([flight(2, at=5, arrives=8 * SECOND)], 10)))
    fold.absorb([flight(3, arrives=9 * SECOND)], SECOND)
    fold.set_motion(kept)
    shown = decoded(key_frame_of(fold, run)["hops"], 0)
    assert [hop[0] >> 8 for hop in shown] == [1, 2]


def test_what_is_in_motion_stays_bounded() -> None:
    """Hops that take an hour pile up; a key frame still has a budget, and says how many one stands for."""
    run = mails()
    fold = FrameFold(run.scenario)
    for begin in range(0, 20_000, 400):
        frame_of(fold, run, [flight(begin + number, arrives=3600 * SECOND) for number in range(1, 401)], 0)
    key = key_frame_of(fold, run)
    assert 0 < len(decoded(key["hops"], 0)) <= MOST_HOPS
    assert key["hops"]["weight"] > 1


def test_no_frame_is_larger_than_32_kilobytes_however_much_there_is_to_say() -> None:
    """Wide hops, a full log in a script of three bytes a letter, long views: something gives way, never the limit."""
    run = mails()
    fold = FrameFold(run.scenario)
    wide = [
        (number, "sent", 0, message_id(number * 7_777_777 % 2**40, number % 200), number % 900, 1, 2**45, 2000)
        for number in range(500)
    ]
    log = [(number, "info", 0, 256, "汉" * 300) for number in range(30)]
    question = {"question": "字" * 2000, "answers": ["字" * 2000] * 6, "right": 0, "because": "字" * 2000}
    beat = {"n": 0, "node": 1, "message": 0, "title": "t", "say": "字" * 2000, "ask": question}
    for node in run.nodes:
        full = node.view() | {"head": [[2**40, 1, 1, 1]] * 16, "caption": ["字" * 60] * 40}
        node.view = lambda full=full: full  # type: ignore[method-assign]
    frame = frame_of(fold, run, wide, 0, log=log, unlogged=3, beat=beat)
    assert frame["unlogged"] + len(frame["log"]) == 33
    assert sum(count for _, count in frame["counts"]) == 500


def test_a_view_that_had_no_room_comes_with_the_next_frame() -> None:
    run = mails()
    fold = FrameFold(run.scenario)
    for node in run.nodes:
        node.view = lambda: {"caption": ["x" * 15_000]}  # type: ignore[method-assign]
    first = frame_of(fold, run, [], 0)
    second = frame_of(fold, run, [], 0)
    assert 0 < len(first["views"]) < 3
    assert set(first["views"]) | set(second["views"]) == {"0", "1", "2"}


def test_a_chart_comes_once_and_again_when_it_has_changed() -> None:
    """Docs: PROTOCOL, Charts."""
    run = scenario(state_machine("orders", {"Hello": {"Type": "Pass", "End": True}}))
    fold = FrameFold(run.scenario)

    first = key_frame_of(fold, run)["charts"]
    second = frame_of(fold, run, [], 0)
    do(run, "orders", "change", definition={"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    third = frame_of(fold, run, [], 0)["charts"]

    assert first["0"]["states"] == [["Hello", "Pass", -1, 0]]
    assert "charts" not in second
    assert third["0"]["states"] == [["A", "Succeed", -1, 0]]
    assert third["0"]["version"] == 2
    assert key_frame_of(fold, run)["charts"] == third


def test_the_largest_chart_fits_into_a_frame() -> None:
    """Many states with long names, and a choice with very many rules: names and labels are cut until it does."""
    names = [f"{number:03} {'é' * 76}" for number in range(300)]
    states: dict[str, Any] = {name: {"Type": "Pass", "Next": following} for name, following in pairwise(names)}
    rules = [{"Variable": "$.a", "StringEquals": "x" * 60, "Next": name} for name in names[1:] * 5]
    states[names[0]] = {"Type": "Choice", "Choices": rules}
    states[names[-1]] = {"Type": "Succeed"}
    run = scenario(*[state_machine(f"orders-{number}", states) for number in range(3)])
    fold = FrameFold(run.scenario)

    frames = [key_frame_of(fold, run), *[frame_of(fold, run, [], 0) for _ in range(3)]]

    charts = {index: chart for frame in frames for index, chart in frame.get("charts", {}).items()}
    assert sorted(charts) == ["0", "1", "2"]
    assert all(len(chart["states"]) == 200 for chart in charts.values())
