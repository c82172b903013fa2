"""Swarms: a random scenario and random things done to it, all from one seed.

A seed chooses which patterns, links and faults there are at all before it chooses their values: swarms that each lack
something find more than one that has everything. Source: Groce et al., "Swarm testing" (2012).
A failing seed is played again by `pytest tests/test_swarm.py --swarm-seed N`.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused
from simulator.engine.operations import Call
from simulator.engine.run import Run
from tests.swarm.deeds import deed
from tests.swarm.drafts import document as document


@dataclass
class Swarm:
    """One swarm while it is played: its run, what people have learned from answers, and what was refused.

    `steps` are the run's own actions and what was done to it, together.
    """

    seed: int
    run: Run
    random: Random
    handles: list[tuple[str, str]] = field(default_factory=list)
    pending: list[tuple[str, Call]] = field(default_factory=list)
    refused: int = 0
    errors: int = 0
    steps: int = 0

    def play(self, most_seconds: float, most_records: int) -> None:
        """Let some virtual time pass, in odd steps, and then do something at random, or nothing.

        A stretch in which too much happens (a timeout of 0 s on a link that takes no time) is cut short.
        """
        draw, run = self.random, self.run
        until = run.now + round(draw.random() ** 2 * most_seconds * SECOND)
        most = run.trace.count + most_records
        while True:
            done = run.advance(until, limit := draw.randint(1, 500))
            self.steps += done
            if done < limit or run.trace.count >= most:
                break
        self._read_answers()
        for _ in range(draw.choice([0, 1, 1, 1, 2, 5])):
            self._do_something()
            self.steps += 1

    def _do_something(self) -> None:
        target, verb, arguments = deed(self.random, self.run, self.handles)
        self._do(target, verb, arguments)
        if "ReceiveRequestAttemptId" in arguments:
            self._do(target, verb, arguments)

    def _do(self, target: str, verb: str, arguments: dict[str, Any]) -> None:
        try:
            call = self.run.intervene(target, verb, arguments)
        except Refused:
            self.refused += 1
            return
        if call is not None and call.error is not None:
            self.errors += 1
        if call is not None and verb == "ReceiveMessage":
            self.pending.append((target, call))
        self._read_answers()

    def _read_answers(self) -> None:
        """Note the receipt handles that people have got; a long poll is answered later."""
        for queue, call in self.pending:
            if call.result is not None:
                messages = call.result["Messages"]
                assert len(messages) <= call.arguments.MaxNumberOfMessages, (
                    f"{queue} handed out more than was asked for"
                )
                names = [message["ReceiptHandle"] for message in messages]
                assert len(names) == len(dict.fromkeys(names)), f"{queue} handed one message out twice in one answer"
                self.handles += [(queue, name) for name in names]
        self.pending = [(queue, call) for queue, call in self.pending if not call.done]


def swarm(seed: int) -> Swarm:
    """The swarm of a seed, before anything has happened."""
    random = Random(f"swarm {seed}")
    run = Run(documents.read(document(random, seed), catalog.patterns()))
    return Swarm(seed, run, random)
