"""A recording: what is known of a run up to the furthest moment, whichever moment is being shown."""

from simulator.engine.clock import SECOND, Micros
from simulator.engine.run import Run
from simulator.folds.frame import FrameFold
from simulator.live import recording as recordings
from simulator.live.recording import Memory, Recording
from tests.live.audience import mails, run_of, views


def memory_of(run: Run) -> Memory:
    return FrameFold(run.scenario).motion((), run.now), ()


def recorded(run: Run, until: Micros, step: Micros = SECOND // 4) -> Recording:
    recording = Recording(run)
    go_on(run, recording, until, step)
    return recording


def go_on(run: Run, recording: Recording, until: Micros, step: Micros = SECOND // 4) -> None:
    recording.keep(run, memory_of(run))
    while run.now < until:
        run.advance(min(run.now + step, until))
        recording.file(run, run.trace.take())
        recording.sample(run)
        recording.keep(run, memory_of(run))


def test_a_restored_run_is_the_run_as_it_was(monkeypatch):
    monkeypatch.setattr(recordings, "RECORDS_BETWEEN", 100)
    monkeypatch.setattr(recordings, "BYTES_PER_RECORD", 10_000)
    run = run_of(mails(per_second=40))
    recording = recorded(run, 20 * SECOND)
    assert len(recording.checkpoints.kept) > 5

    end, count = views(run), run.trace.count

    restored, _ = recording.restore(run, 11 * SECOND)
    restored.advance(20 * SECOND)

    assert views(restored) == end
    assert restored.trace.count == count


def test_playing_the_past_again_files_nothing_twice():
    run = run_of(mails(per_second=40))
    recording = recorded(run, 10 * SECOND)
    known, series = recording.archive.since(0), recording.metrics.series()

    again, _ = recording.restore(run, 0)
    go_on(again, recording, 10 * SECOND, step=SECOND // 3)

    assert recording.archive.since(0) == known
    assert recording.metrics.series() == series


def test_going_on_from_the_past_files_only_what_is_new():
    run, whole = run_of(mails(per_second=40)), run_of(mails(per_second=40))
    recording = recorded(run, 10 * SECOND)

    again, _ = recording.restore(run, 4 * SECOND)
    go_on(again, recording, 15 * SECOND, step=7 * SECOND)
    whole.advance(15 * SECOND)

    assert recording.archive.since(0) == whole.trace.take()
    assert recording.furthest == 15 * SECOND


def test_a_checkpoint_is_due_by_records_and_rarer_where_it_costs_more(monkeypatch):
    monkeypatch.setattr(recordings, "RECORDS_BETWEEN", 50)
    often = recorded(run_of(mails(per_second=40)), 10 * SECOND)
    monkeypatch.setattr(recordings, "BYTES_PER_RECORD", 1)
    rarely = recorded(run_of(mails(per_second=40)), 10 * SECOND)

    assert len(often.checkpoints.kept) > len(rarely.checkpoints.kept)


def test_a_fork_has_the_charts_and_marks_of_its_past_and_none_of_its_parents_future(monkeypatch):
    monkeypatch.setattr(recordings, "RECORDS_BETWEEN", 100)
    run = run_of(mails(per_second=40, faults=[{"at": "1s", "fault": "crash", "node": "mailer", "for": "1s"}]))
    recording = recorded(run, 20 * SECOND)

    other, fork, _ = recording.forked(run, 8 * SECOND)
    go_on(other, fork, 8 * SECOND)
    only = recorded(run_of(mails(per_second=40, faults=run.scenario.document.model_dump(by_alias=True)["faults"])), 0)

    assert fork.furthest == 8 * SECOND
    assert max(fork.metrics.series()["time"]) <= 8 * SECOND < max(recording.metrics.series()["time"])
    assert [row for row in fork.marks.rows() if row[1] == "fault"] == [
        row for row in recording.marks.rows() if row[1] == "fault"
    ]
    assert only.furthest == 0


def test_going_back_and_forking_judge_the_guarantees_as_a_straight_run_does(monkeypatch):
    monkeypatch.setattr(recordings, "RECORDS_BETWEEN", 100)
    trouble = mails(per_second=5, service=4.0, faults=[{"at": "8s", "fault": "crash", "node": "mailer", "for": "40s"}])
    straight = run_of(trouble)
    judged = recorded(straight, 60 * SECOND).guarantees.rows()
    run = run_of(trouble)
    recording = recorded(run, 20 * SECOND)
    early = recording.guarantees.rows()

    again, _ = recording.restore(run, 5 * SECOND)
    go_on(again, recording, 20 * SECOND, step=SECOND // 7)
    assert recording.guarantees.rows() == early
    other, fork, _ = recording.forked(run, 10 * SECOND)
    go_on(other, fork, 60 * SECOND, step=SECOND // 3)
    go_on(again, recording, 60 * SECOND)

    assert fork.guarantees.rows() == recording.guarantees.rows() == judged
    assert [row[0] for row in judged if row[2] == "broken"] == ["no_duplicates"]


def test_memory_is_bounded_however_long_a_run(monkeypatch):
    monkeypatch.setattr("simulator.folds.archive.MOST_BYTES", 100_000)
    monkeypatch.setattr("simulator.live.checkpoints.MOST_BYTES", 2_000_000)
    run = run_of(mails(per_second=200, service=0.005))

    recording = recorded(run, 60 * SECOND, step=SECOND)

    assert recording.archive.first_index > 0
    assert recording.checkpoints.bytes <= 2_000_000
    assert recording.archive.bytes <= 200_000


def test_a_fork_from_before_what_the_archive_still_has_goes_on_counting_from_there(monkeypatch):
    monkeypatch.setattr("simulator.folds.archive.MOST_BYTES", 50_000)
    run = run_of(mails(per_second=400))
    recording = recorded(run, 30 * SECOND)
    assert recording.archive.first_index > 0

    other, fork, _ = recording.forked(run, 0)
    go_on(other, fork, 2 * SECOND)

    assert fork.archive.count == other.trace.count
    assert fork.archive.since(0)
