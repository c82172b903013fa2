"""Trying a pattern on an event, without putting it: TestEventPattern, with the reason for its answer.

Source: EventBridge API Reference, TestEventPattern (an event must have its whole envelope).
"""

from typing import Any

import orjson

from patterns.event_bus import answers
from patterns.event_bus.config import pattern_problem
from patterns.event_bus.entries import ENVELOPE
from patterns.filters import InvalidEvent, compiled
from simulator.engine.errors import ServiceError
from simulator.engine.operations import Call

MOST_CLAUSES = 30


def test_event_pattern(call: Call) -> None:
    """Answer with Result, and why: a sentence, and clause by clause what was asked and what was found."""
    given = call.arguments
    problem = pattern_problem(given.EventPattern)
    if problem is not None:
        raise answers.invalid_pattern(problem.problem)
    lacking = _lacking(given.Event)
    if lacking:
        raise ServiceError(answers.VALIDATION, f"{answers.NO_EVENT} It has no {lacking}.")
    try:
        explanation = compiled(given.EventPattern).explain(given.Event)
    except InvalidEvent as error:
        raise ServiceError(answers.VALIDATION, str(error)) from None
    clauses = [{"clause": str(finding), "holds": finding.holds} for finding in explanation.findings[:MOST_CLAUSES]]
    call.reply({"Result": explanation.matched, "Explanation": str(explanation), "Clauses": clauses})


def _lacking(event: Any) -> str:
    """The first part of the envelope that an event, an object or JSON text, is without; "" where it has all."""
    if isinstance(event, str):
        try:
            event = orjson.loads(event)
        except orjson.JSONDecodeError as error:
            raise ServiceError(answers.VALIDATION, f"{answers.NO_EVENT} It is not JSON: {error}.") from None
    if not isinstance(event, dict):
        raise ServiceError(answers.VALIDATION, f"{answers.NO_EVENT} An event must be a JSON object.")
    return next((name for name in ENVELOPE if name not in event and name != "detail"), "")
