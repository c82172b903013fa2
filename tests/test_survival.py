"""`kill -9` of a real server at any moment: what was shown and what was done is there, and the story goes on the same.

Each seed is another moment. The undisturbed run is computed here, from scenario, seed and the stored journal.
"""

from random import Random
from typing import Any

import pytest

from simulator import catalog
from simulator.engine import journal
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND, Micros
from simulator.engine.run import Run
from simulator.folds.digest import Digest, marks_of
from tests.live.audience import mails
from tests.served import House, Line, Served

HOUR = 3600 * SECOND
LOST_AT_MOST = SECOND


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


def undisturbed(row: dict[str, Any]) -> Digest:
    """The digest of the run that nobody ever stopped, up to where the stored one has come."""
    run = Run(documents.read(row["document"], catalog.patterns()), row["seed"], journal.read(row["journal"]))
    run.advance(row["reached"])
    digest = Digest()
    digest.add(run.trace.take(), run.now)
    return digest


def play_and_kill(house: House, server: Served, key: str, pace: float, draw: Random) -> tuple[Line, str]:
    """Play, do things now and then, and kill the server at some moment; what the page had seen by then."""
    page = Line(server.port, key, house.cookie)
    page.until(lambda: page.frames)
    page.until(lambda: page.mode != "replaying" and page.shown >= house.row(key)["reached"])
    begun = page.shown
    page.say(type="pace", kind="steady", rate=pace)
    page.say(type="play")
    page.until(lambda: page.shown > begun)
    for _ in range(draw.randrange(1, 4)):
        frames = len(page.frames) + draw.randrange(1, 12)
        page.until(lambda frames=frames: len(page.frames) >= frames)
        page.say(type="intervene", target="emails", verb="SendMessage", arguments={"MessageBody": "hello"})
    frames = len(page.frames) + draw.randrange(0, 12)
    page.until(lambda: len(page.frames) >= frames)
    log = server.kill()
    page.drain()
    return page, log


def survives(house: House, pace: float, seed: int, kills: int) -> None:
    print(f"seed {seed}, pace {pace}")
    draw = Random(seed)
    key = house.new_run(mails(per_second=draw.choice([0.02, 2.0]) if pace > 1000 else 4, length="20d"))
    done: set[Micros] = set()
    for _ in range(kills):
        with house.served() as server:
            page, log = play_and_kill(house, server, key, pace, draw)
        assert "Traceback" not in log, log
        done |= page.moments("SendMessage")
        row = house.row(key)
        assert row["reached"] >= page.shown - LOST_AT_MOST
        assert done <= {line[0] for line in row["journal"]}
    with house.served() as server:
        page = Line(server.port, key, house.cookie)
        page.until(lambda: page.shown >= row["reached"] and page.mode == "paused")
        page.say(type="seek", to=page.shown + 5 * SECOND)
        page.until(lambda: page.shown >= row["reached"] + 5 * SECOND and page.mode == "paused")
        assert "Traceback" not in server.stop()
    row = house.row(key)
    assert page.of("error") == []
    assert row["differs_from"] is None
    assert marks_of(row["digest"]) == undisturbed(row).marks()


@pytest.mark.parametrize("pace", [1.0, 2000.0])
def test_a_run_survives_the_end_of_the_server_at_any_moment(house: House, pace: float):
    survives(house, pace, seed=1, kills=2)


@pytest.mark.long
@pytest.mark.parametrize("pace", [0.1, 1.0, 60.0, 10_000.0])
@pytest.mark.parametrize("seed", range(2, 8))
def test_a_run_survives_many_ends_of_the_server(house: House, pace: float, seed: int):
    survives(house, pace, seed, kills=5)
