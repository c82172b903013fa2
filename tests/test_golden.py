"""Golden stories: what the first minutes of a scenario are told as, sentence by sentence.

A change of behaviour shows here as a change of prose: read the difference, and if it is meant, write the stories anew
with `pytest tests/test_golden.py --rewrite-golden`. A story stands in `tests/golden/` beside its document, except
for the built-in scenarios, whose documents stand in the patterns' folders.
Source of the idea: bpmn-js-token-simulation keeps each diagram beside the trace that it must produce.
"""

import difflib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import catalog
from simulator.engine import scenario
from simulator.engine.clock import Micros, parse, words
from simulator.engine.run import Run
from simulator.folds.narration import Narrator
from simulator.folds.story import Story

FOLDER = Path(__file__).parent / "golden"

# How much of each built-in scenario is told; those in the folder say it themselves, by their length.
BUILTIN: dict[str, str] = {
    "queue/transactional-emails": "75s",
    "queue/crashed-consumer": "80s",
    "queue/long-and-short-polling": "65s",
    "queue/noisy-neighbour": "16s",
    "queue/one-bad-apple": "22s",
    "queue/order-matters": "18s",
    "queue/poison-message": "24s",
    "queue/scaling-workers": "20s",
    "queue/visibility-timeout": "20s",
    "event_bus/archive-and-replay": "12s",
    "event_bus/orders-by-team": "8s",
    "event_bus/three-ways": "6s",
    "pipe/enriched-orders": "14s",
    "state_machine/a-list-with-a-bad-item": "8s",
    "state_machine/ask-a-person": "70s",
    "state_machine/is-it-ready": "45s",
    "state_machine/order-saga": "26s",
    "state_machine/wait-and-remind": "110s",
    "topic/fan-out-with-filters": "7s",
    "topic/real-time-chat": "24s",
    "topic/webhook-down": "100s",
    "scheduler/the-night-the-clocks-change": "51h",
}
OWN = sorted(file.stem for file in FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", BUILTIN)
def test_a_built_in_scenario_is_told_as_before(path: str, pytestconfig: pytest.Config) -> None:
    document = next(builtin.document for builtin in catalog.builtin_scenarios() if builtin.path == path)

    _compare(path.replace("/", "-"), document, parse(BUILTIN[path]), pytestconfig)


@pytest.mark.parametrize("name", OWN)
def test_a_small_scenario_is_told_as_before(name: str, pytestconfig: pytest.Config) -> None:
    document = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))

    _compare(name, document, parse(document["length"]), pytestconfig)


def test_every_story_in_the_folder_is_told_by_a_test() -> None:
    """A story that is left over from a scenario that is gone would never be wrong."""
    told = [file.stem for file in FOLDER.glob("*.txt")]

    assert sorted(told) == sorted([*OWN, *(path.replace("/", "-") for path in BUILTIN)])
    assert all(builtin.path in BUILTIN for builtin in catalog.builtin_scenarios()), "a built-in scenario has no story"


def _compare(name: str, document: dict[str, Any], span: Micros, config: pytest.Config) -> None:
    told = "\n".join(tell(document, span)) + "\n"
    file = FOLDER / f"{name}.txt"
    if config.getoption("rewrite_golden"):
        file.write_text(told, encoding="utf-8")
    kept = file.read_text(encoding="utf-8") if file.is_file() else ""
    if told != kept:
        difference = list(
            difflib.unified_diff(kept.splitlines(), told.splitlines(), "as kept", "as told now", lineterm="", n=1)
        )
        pytest.fail(f"{file.name} is told differently now:\n" + "\n".join(difference[:60]), pytrace=False)


def tell(document: dict[str, Any], span: Micros) -> Iterator[str]:
    """The story of the first `span` of a scenario: a line for each record that has a sentence, and the cards between.

    At the end the silent records are counted too, so that none of them can come or go unseen.
    """
    run = Run(scenario.read(document, catalog.patterns()))
    narrator, story = Narrator(run.scenario, run.looks), Story(run.scenario)
    run.advance(span)
    records = run.trace.take()
    narrator.learn(records, run.looks)
    cards = story.all(records, run.now)
    yield f"{run.scenario.document.title}: the first {words(span)}, seed {run.seed}"
    yield ""
    for record in records:
        line = narrator.narrate(record)
        if line is not None:
            yield f"{line[0] / 1e6:9.3f}  {line[1]:<4}  {line[4]}"
        for index, completed in cards:
            if completed is record:
                card = story.card(index, record, run.looks)
                yield f"           —     “{card['title']}” {card['say']}"
    yield ""
    yield f"{len(records)} records, {len(run.inventory())} messages still there"
    yield from (f"{count:7} {kind}" for kind, count in sorted(Counter(record[1] for record in records).items()))
