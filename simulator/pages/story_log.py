"""What happened in a run, in sentences: the log up to its present moment, and the life of one message."""

import re

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from simulator.engine.message import MessageId
from simulator.folds.search import LONGEST_QUERY
from simulator.live.session import Session
from simulator.pages.visit import page, visit

LINES = 200
SIGNS = {"info": "·", "good": "✓", "warn": "!", "bad": "✕"}


@require_safe
async def log(request: HttpRequest, key: str) -> HttpResponse:
    """The last sentences up to now, newest first; with `?find=`, the messages that are meant by it before them."""
    seen = await visit(request, key)
    session = seen.session
    query = request.GET.get("find", "")[:LONGEST_QUERY]
    found = await session.search(query) if query.strip() else None
    told = session.recording.narrator.tail(session.recording.archive, session.run.now, LINES)
    lines = [_line(session, *row) for row in reversed(told)]
    context = {"run": seen.run, "lines": lines, "now": session.run.now, "most": LINES, "query": query, "found": found}
    return await page(request, "log/page.html", context)


@require_safe
async def journey(request: HttpRequest, key: str, message: MessageId) -> HttpResponse:
    """The life of one message, with the reason at each step."""
    seen = await visit(request, key)
    if message > 2**53:
        raise BadRequest("No message has such a number.")
    told = await seen.session.journey(message)
    steps = [_line(seen.session, *row) for row in told["steps"]]
    return await page(request, "log/journey.html", {"run": seen.run, "journey": told, "lines": steps})


def _line(session: Session, time: int, level: str, node: int, message: MessageId, sentence: str) -> dict[str, object]:
    nodes = session.scenario.nodes
    label = session.recording.narrator.label(message) if message else ""
    whole = re.search(rf"(?<![\w-]){re.escape(label)}(?![\w-])", sentence) if label else None
    before, after = (sentence[: whole.start()], sentence[whole.end() :]) if whole else (f"{sentence} ", "")
    return {
        "time": time,
        "level": level,
        "sign": SIGNS.get(level, "·"),
        "node": nodes[node] if 0 <= node < len(nodes) else None,
        "message": message,
        "label": label,
        "before": before,
        "after": after,
    }
