"""What a session finds in its run: the messages somebody looks for, and what became of the guarantees."""

from simulator.engine.clock import SECOND
from tests.live.audience import Page, a_session, played_to


async def test_a_message_is_found_in_a_run_and_in_its_fork():
    session = a_session()
    await played_to(session, 8 * SECOND)
    fork = await session.forked(4 * SECOND)

    whole, shared = (await session.search("sign-up"), await fork.search("sign-up"))

    assert whole["type"] == "found"
    assert len(whole["messages"]) > len(shared["messages"]) > 2
    assert all(row[3] <= 4 * SECOND for row in shared["messages"])
    await session.seek(2 * SECOND)
    await played_to(session, 8 * SECOND)
    assert (await session.search("sign-up"))["messages"] == whole["messages"]


async def test_the_history_judges_the_guarantees():
    session = a_session()
    page = Page(session)
    await played_to(session, 8 * SECOND)
    await page.until(lambda: page.of("history")[-1]["furthest"] >= 8 * SECOND)

    rows = page.of("history")[-1]["guarantees"]

    assert rows == session.recording.guarantees.rows()
    assert dict(row[:3:2] for row in rows)["no_loss"] == "holds"
