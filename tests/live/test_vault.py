"""The vault: a long run is opened from a stored state, and computed again when the state is not exactly its own."""

import asyncio
import pickle
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from django.db import OperationalError

from simulator.engine.clock import SECOND
from simulator.live import keeper, recording, storage, vault
from simulator.live.hub import Hub, NoSuchRun
from simulator.live.recording import Recording, revived
from simulator.live.session import Session
from simulator.live.vault import Identity
from simulator.models import Run
from tests.live.audience import Page, mails, played_to, run_of, views
from tests.live.test_recording import go_on, recorded

pytestmark = pytest.mark.django_db(transaction=True)

HELLO = ("emails", "SendMessage", {"MessageBody": "hello"})
END = 60 * SECOND


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    one = Hub()
    yield one
    await one.close()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """States of small runs are worth storing here."""
    monkeypatch.setattr(recording, "RECORDS_BETWEEN", 200)
    monkeypatch.setattr(recording, "BYTES_PER_RECORD", 10_000)
    monkeypatch.setattr(keeper, "WORTH_KEEPING", 1000)


async def put_away(hub: Hub) -> tuple[str, Session]:
    """A run that was played for a minute, changed in its middle, and put away: its state is stored."""
    key = (await Run.objects.acreate(title="a story", document=mails(per_second=40), seed=1, visitor="me")).key
    session = await hub.session(key)
    await played_to(session, END // 2 + 7)
    await session.intervene(*HELLO)
    await played_to(session, END)
    await hub._close(session)
    assert vault._path(key).is_file()
    return key, session


async def opened(hub: Hub, key: str) -> tuple[Session, int]:
    """The run at the moment at which it was left, and how many records it began with."""
    session = await hub.session(key)
    begun = session.recording.archive.count
    page = Page(session)
    await page.until(lambda: page.is_still and session.run.now == END)
    return session, begun


async def test_a_run_is_opened_from_its_stored_state_and_is_the_same(hub: Hub):
    key, before = await put_away(hub)

    session, begun = await opened(hub, key)

    assert begun > 1000
    assert views(session.run) == views(before.run)
    assert session.recording.archive.since(0) == before.recording.archive.since(0)
    assert session.recording.metrics.series() == before.recording.metrics.series()
    assert session.recording.marks.rows() == before.recording.marks.rows()
    assert session.recording.digest.marks() == before.recording.digest.marks()


async def test_a_run_opened_from_its_state_can_go_back_and_be_forked_and_goes_on(hub: Hub):
    key, before = await put_away(hub)
    session, _ = await opened(hub, key)

    await before.seek(20 * SECOND)
    await session.seek(20 * SECOND)
    assert views(session.run) == views(before.run)
    fork = await hub.fork(key, 40 * SECOND, None, "me")
    assert len(hub.sessions[fork.key].run.journal) == 1
    await session.seek(END)
    await session.intervene(*HELLO)
    assert len((await Run.objects.aget(key=key)).journal) == 2


async def test_a_fork_of_a_long_run_stores_a_state_of_its_own(hub: Hub):
    key, _ = await put_away(hub)
    await opened(hub, key)
    fork = await hub.fork(key, 40 * SECOND, None, "me")

    await hub._close(hub.sessions[fork.key])

    assert vault._path(fork.key).is_file()


@pytest.mark.parametrize("place", [0, 30, 200, -200, -1])
async def test_a_state_of_which_one_byte_is_wrong_is_not_used_and_the_log_says_so(
    hub: Hub, place: int, caplog: pytest.LogCaptureFixture
):
    key, before = await put_away(hub)
    path = vault._path(key)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)

    session, begun = await opened(hub, key)

    assert begun == 0
    assert views(session.run) == views(before.run)
    assert "signature is wrong" in caplog.text


@pytest.mark.parametrize("size", [0, 1, 31, 32, 1000])
async def test_a_state_that_was_cut_short_is_not_used(hub: Hub, size: int):
    key, _ = await put_away(hub)
    path = vault._path(key)
    path.write_bytes(path.read_bytes()[:size])

    assert (await opened(hub, key))[1] == 0


async def test_bytes_that_somebody_else_pickled_are_never_run(hub: Hub, tmp_path: Path):
    """Source: Python, "pickle": never unpickle data that could have been tampered with."""
    key, _ = await put_away(hub)
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self):
            return Path.touch, (trap,)

    path = vault._path(key)
    head = path.read_bytes().partition(b"\n")[0]
    path.write_bytes(head + b"\n" + pickle.dumps(Trap()) + bytes(32))

    assert (await opened(hub, key))[1] == 0
    assert not trap.exists()


async def test_a_state_of_another_version_is_not_used_and_the_log_says_so(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    key, _ = await put_away(hub)
    monkeypatch.setattr(vault, "version", lambda: "another")

    assert (await opened(hub, key))[1] == 0
    assert "written by the version" in caplog.text


async def test_a_state_under_another_secret_key_is_not_used(hub: Hub, settings):
    key, _ = await put_away(hub)
    settings.SECRET_KEY = "another" * 10

    assert (await opened(hub, key))[1] == 0


async def test_a_state_does_not_fit_another_run_or_another_journal(hub: Hub):
    key, _ = await put_away(hub)
    other = (await Run.objects.acreate(title="another", document=mails(per_second=40), seed=2, reached=END)).key
    vault._path(other).write_bytes(vault._path(key).read_bytes())
    lines = (await Run.objects.aget(key=key)).journal
    await Run.objects.filter(key=key).aupdate(journal=[[SECOND, "emails", "PurgeQueue", {}], *lines])

    assert (await opened(hub, other))[1] == 0
    assert (await opened(hub, key))[1] == 0


async def test_when_there_is_no_room_for_states_a_run_is_stored_all_the_same(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(vault, "MOST_BYTES_OF_A_RUN", 1000)
    key = (await Run.objects.acreate(title="a story", document=mails(per_second=40), seed=1)).key
    session = await hub.session(key)
    await played_to(session, END)
    await hub._close(session)

    assert (await Run.objects.aget(key=key)).reached == END
    assert not vault._path(key).exists()
    assert list(vault._folder().glob("*.draft")) == []
    assert "could not be stored" in caplog.text


async def test_the_states_written_longest_ago_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch):
    run = run_of(mails(per_second=40))
    past = recorded(run, END).past()
    size = vault.write(Identity.of("first", {}, 1, [], 0), past)
    monkeypatch.setattr(vault, "MOST_BYTES", 2 * size + 100)

    for name in ("second", "third"):
        vault.write(Identity.of(name, {}, 1, [], 0), past)

    assert {"second", "third"} <= set(vault.known())
    assert "first" not in vault.known()


async def test_the_state_of_a_run_that_was_removed_goes_too(hub: Hub):
    key, _ = await put_away(hub)
    await storage.sweep(())
    assert key in vault.known()
    await Run.objects.filter(key=key).adelete()

    await storage.sweep(())

    assert key not in vault.known()


def test_a_state_is_the_run_as_it_was_also_in_its_charts():
    run = run_of(mails(per_second=40))
    whole = recorded(run, END)
    stored = pickle.loads(pickle.dumps(whole.past()))

    other, revived_recording, _ = revived(stored, run.scenario, [])
    go_on(other, revived_recording, END)

    assert isinstance(revived_recording, Recording)
    assert revived_recording.archive.since(0) == whole.archive.since(0)
    assert revived_recording.metrics.series() == whole.metrics.series()
    assert len(stored.checkpoints) <= 9


async def test_a_run_that_was_removed_while_it_was_open_is_no_such_run(hub: Hub):
    key, _ = await put_away(hub)
    session, _ = await opened(hub, key)
    page = Page(session)
    await Run.objects.filter(key=key).adelete()

    await session.play()
    await page.until(lambda: page.closed)

    with pytest.raises(NoSuchRun, match="removed"):
        await hub.session(key)
    assert hub.sessions == {}


async def test_viewers_that_come_and_go_while_a_run_is_computed_again_see_it_come_to_its_moment(hub: Hub):
    key, before = await put_away(hub)
    vault.forget(key)
    session = await hub.session(key)
    for _ in range(5):
        page = Page(session)
        await page.until(lambda page=page: page.frames)
        session.leave(page.follower)
        page.follower.stop()

    last = Page(session)
    await last.until(lambda: last.is_still and session.run.now == END)

    assert views(session.run) == views(before.run)
    assert session.followers == [last.follower]


async def test_a_database_that_is_locked_holds_nobody_up_and_loses_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keeper, "AGAIN_AFTER", 0.05)
    monkeypatch.setattr("simulator.live.session.AGAIN_AFTER", 0.05)
    key = (await Run.objects.acreate(title="a story", document=mails(), seed=1)).key
    session = await hub.session(key)
    page = Page(session)
    update = storage._update

    def locked(key: str, values: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(storage, "_update", locked)
    await session.play()
    await page.frame(after=session.number + 3)
    await session.intervene(*HELLO)
    await session.pause()
    monkeypatch.setattr(storage, "_update", update)
    await page.until(lambda: len(page.of("error")) > 1)

    row = await Run.objects.aget(key=key)
    assert (len(row.journal), row.reached) == (1, session.run.now)


async def test_two_people_at_once_are_both_in_the_journal_in_their_order(hub: Hub):
    key = (await Run.objects.acreate(title="a story", document=mails(), seed=1)).key
    session = await hub.session(key)
    Page(session)
    await session.play()

    await asyncio.gather(
        *(session.intervene("emails", "SendMessage", {"MessageBody": str(n)}) for n in range(10)),
        session.pause(),
        session.play(),
    )
    await session.pause()

    row = await Run.objects.aget(key=key)
    assert [line[3]["MessageBody"] for line in row.journal] == [str(n) for n in range(10)]
    assert [line[0] for line in row.journal] == sorted(line[0] for line in row.journal)
