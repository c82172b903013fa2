"""The inspector of a node or link: a panel beside the stage, or a page of its own without JavaScript.

Every form on it is one intervention: an operation in the service's own name, a fault, the end of a fault, or a change
of settings. What is sent is judged by the run alone; the answer is a sentence, or the problems at the fields they are
about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from simulator.engine.errors import Problem, Refused, ServiceError
from simulator.engine.faults import Fault
from simulator.engine.node import Node
from simulator.engine.operations import Call, Operation
from simulator.live.session import InThePast, Session
from simulator.pages import bench, executions, facts, stations, tables, text_check
from simulator.pages.forms import SettingsForm, form_for
from simulator.pages.scenario import rows_of
from simulator.pages.schema import words, written
from simulator.pages.stations import Target
from simulator.pages.visit import Visit, is_part, page, visit

UNREADABLE = 422
SHORT_FORM = 3
LONGEST_RESULT = 2000
TABS = {
    "executions": "Executions",
    "messages": "Messages",
    "settings": "Settings",
    "operations": "Operations",
    "faults": "Faults",
    "bench": "Bench",
}


@dataclass(frozen=True)
class HandedOut:
    """A message that a person received, to be deleted or given back by its handle."""

    id: str
    body: str
    handle: str


@dataclass(frozen=True)
class Answer:
    """What came of an intervention: `level` is good, warn or bad; `fork` offers a fork, because this moment is past."""

    level: str
    sentence: str
    code: str = ""
    problems: tuple[str, ...] = ()
    fork: bool = False
    handed_out: tuple[HandedOut, ...] = ()


@dataclass(frozen=True)
class Deed:
    """One thing that can be done here, with its form; `open`: it has just been tried."""

    verb: str
    title: str
    sentence: str
    form: SettingsForm
    danger: bool = False
    open: bool = False

    @property
    def main(self) -> list[BoundField]:
        """The fields to show at once: all of a short form, else those that must be filled in (or the first)."""
        fields = list(self.form)
        wanted = [one for one in fields if one.field.required or one.errors or one.name == "seconds"]
        return fields if len(fields) <= SHORT_FORM or self.verb == "change" else wanted or fields[:1]

    @property
    def more(self) -> list[BoundField]:
        shown = {one.name for one in self.main}
        return [one for one in self.form if one.name not in shown]


@dataclass
class Tried:
    """The intervention that was sent, so that its form comes back as it was filled in."""

    verb: str = ""
    form: SettingsForm | None = None
    answer: Answer | None = None


@require_safe
async def inspect(request: HttpRequest, key: str, identity: str) -> HttpResponse:
    seen = await visit(request, key)
    target = _found(seen.session, identity)
    return await _panel(request, seen, target, request.GET.get("tab", ""), Tried())


@require_POST
async def intervene(request: HttpRequest, key: str) -> HttpResponse:
    """Do `verb` to `target` with the fields of its form, and answer with the panel as it is afterwards."""
    seen = await visit(request, key, "control")
    target = _found(seen.session, request.POST.get("target", ""))
    verb = request.POST.get("verb", "")
    tried = Tried(verb, _form(target, verb, request.POST))
    if tried.form is None or tried.form.is_valid():
        await _try(seen.session, target, tried)
    else:
        tried.answer = Answer("bad", _nothing_done(tried.form))
    refused = tried.answer is not None and tried.answer.level == "bad"
    status = UNREADABLE if refused and not is_part(request) else 200  # a fragment is shown only when it comes as 200
    return await _panel(request, seen, _found(seen.session, target.id), _tab_of(target, verb), tried, status)


def _found(session: Session, identity: str) -> Target:
    target = stations.find(session, identity)
    if target is None:
        raise Http404(f"This run has no station or line called “{identity[:60]}”.")
    return target


async def _try(session: Session, target: Target, tried: Tried) -> None:
    """Intervene, and note in `tried` what came of it."""
    unless = written(target.thing.settings) if tried.verb == "change" else None
    arguments = tried.form.arguments(unless) if tried.form is not None else {}
    if tried.verb == "change" and not arguments:
        tried.answer = Answer("warn", "Nothing was changed: every setting has the value it had.")
        return
    try:
        call = await session.intervene(target.id, tried.verb, arguments)
    except InThePast as past:
        tried.answer = Answer("bad", past.problems[0].problem, "InThePast", fork=True)
    except Refused as refused:
        tried.answer = _refusal(refused.problems, tried.form)
    except ServiceError as error:
        tried.answer = Answer("bad", error.message, error.code)
    else:
        tried.answer = _answer(tried.verb, target, call)
        if tried.answer.level != "bad":
            tried.form = None


def _refusal(problems: list[Problem], form: SettingsForm | None) -> Answer:
    if form is not None and any(problem.path.split(".")[0] in form.fields for problem in problems):
        form.tell(problem for problem in problems if problem.path.split(".")[0] in form.fields)
        rest = [problem for problem in problems if problem.path.split(".")[0] not in form.fields]
    else:
        rest = problems
    return Answer("bad", _nothing_done(form), problems=tuple(map(str, rest)))


def _nothing_done(form: SettingsForm | None) -> str:
    """Says which fields are wrong, because they may be out of sight above the button."""
    wrong = [str(form[name].label) for name in form.errors if name in form.fields] if form is not None else []
    return f"Nothing was done: correct {', '.join(wrong)}." if wrong else "Nothing was done."


def _answer(verb: str, target: Target, call: Call | None) -> Answer:
    if call is not None and call.error is not None:
        return Answer("bad", call.error.message, call.error.code)
    if call is not None and not call.done:
        return Answer("good", f"{verb} was asked of {target.title}; the answer is still to come.")
    if verb == "change":
        return Answer("good", f"{target.title} has its new settings.")
    result = call.result if call is not None else None
    if isinstance(result, dict) and isinstance(result.get("Messages"), list):
        messages = tuple(_handed_out(one) for one in result["Messages"] if isinstance(one, dict))
        count = f"{len(messages)} message{'' if len(messages) == 1 else 's'}"
        return Answer("good" if messages else "warn", f"{verb}: {count}.", handed_out=messages)
    return Answer("good", f"{verb}: done. {_result(result)}".strip())


def _handed_out(message: dict[str, Any]) -> HandedOut:
    """A received message as the service gives it. Source: SQS API Reference, Message."""
    return HandedOut(
        str(message.get("MessageId", "")), words(message.get("Body"))[:200], str(message.get("ReceiptHandle", ""))
    )


def _result(result: Any) -> str:
    """What an operation answered, short."""
    if not isinstance(result, dict):
        return "" if result is None else words(result)[:LONGEST_RESULT]
    flat = {name: value for value in result.values() if isinstance(value, dict) for name, value in value.items()}
    plain = {name: value for name, value in result.items() if not isinstance(value, dict)}
    return ", ".join(f"{name} {words(value)}" for name, value in (plain | flat).items())[:LONGEST_RESULT]


def _form(target: Target, verb: str, data: Mapping[str, Any] | None) -> SettingsForm | None:
    """The form of a verb, filled with `data` where there is some; None for a verb that has no form."""
    if verb == "change":
        settings = target.thing.settings
        check = partial(text_check.address, target.pattern.name) if target.pattern else None
        return form_for(type(settings), data=data, current=settings, prefix="change", check=check)
    operation = next((one for one in target.operations if one.name == verb), None)
    if operation is not None:
        return form_for(operation.arguments, data=data, prefix=verb)
    fault = next((one for one in target.faults if one.name == verb), None)
    return form_for(fault.arguments, data=data, prefix=verb, span=True) if fault is not None else None


def _tab_of(target: Target, verb: str) -> str:
    if verb == "change":
        return "settings"
    return "operations" if any(one.name == verb for one in target.operations) else "faults"


async def _panel(
    request: HttpRequest, seen: Visit, target: Target, tab: str, tried: Tried, status: int = 200
) -> HttpResponse:
    tabs = [name for name in TABS if _has(target, name)]
    shown = tab if tab in tabs else tabs[0]
    session = seen.session
    deeds = _deeds(target, shown, tried) if "control" in seen.may else []
    context = {
        "run": seen.run,
        "may": seen.may,
        "target": target,
        "numbers": stations.numbers(target, session.run.now),
        "table": tables.table(target.view, session.run.now, lambda link: session.run.links[link].target.title),
        "sentences": facts.sentences(target.view),
        "tabs": [(name, TABS[name], name == shown) for name in tabs],
        "tab": shown,
        "answer": tried.answer,
        "now": session.run.now,
        "held": stations.held(session, target) if shown == "messages" else [],
        "bench": _bench(request, target) if shown == "bench" else None,
        "executions": _executions(request, seen, target) if shown == "executions" else None,
        "state": stations.state(session, target.id),
        "active": _active(session, target),
        "deeds": deeds,
        "answered_below": any(deed.open for deed in deeds),
        "rows": rows_of(target.thing.settings) if shown == "settings" and "control" not in seen.may else (),
    }
    template = "inspect/_panel.html" if is_part(request) else "inspect/page.html"
    response = await page(request, template, context, status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _bench(request: HttpRequest, target: Target) -> bench.Trial | None:
    """What can be tried here, with the rules of this node as examples."""
    offered = target.pattern.bench if target.pattern is not None else None
    if offered is None or not isinstance(target.thing, Node):
        return None
    return bench.trial(offered.dialects, request.GET, tuple(offered.examples(target.thing)))


def _executions(request: HttpRequest, seen: Visit, target: Target) -> executions.Look | None:
    """What goes on in this node, and the one that is asked for: by its name, or by the message that began it."""
    if target.pattern is None or target.pattern.details is None or not isinstance(target.thing, Node):
        return None
    asked = request.GET.get("message", "")
    message = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 16 else 0
    return executions.look(
        target.pattern.details, target.thing, seen.session.run.now, request.GET.get("look", ""), message
    )


def _has(target: Target, tab: str) -> bool:
    if tab == "executions":
        return target.pattern is not None and target.pattern.details is not None
    if tab == "messages":
        return not _has(target, "executions") and any(
            name in target.view for name in ("head", "shelf", "seats", "last", "heap", "latest", "enrichment")
        )
    if tab == "bench":
        return target.pattern is not None and target.pattern.bench is not None
    if tab == "operations":
        return bool(target.operations)
    return tab == "settings" or bool(target.faults)


def _deeds(target: Target, tab: str, tried: Tried) -> list[Deed]:
    if tab in ("messages", "operations"):
        chosen = target.operations if tab == "operations" else target.operations[:1]
        return [_operation(one, target, tried) for one in chosen]
    if tab == "faults":
        return [_fault(one, target, tried) for one in target.faults]
    if tab in ("bench", "executions"):
        return []
    form = _tried_form(tried, "change") or _form(target, "change", None)
    assert form is not None, "every node and link has settings"
    return [Deed("change", "Settings", "", form, open=tried.verb == "change")]


def _operation(operation: Operation, target: Target, tried: Tried) -> Deed:
    form = _tried_form(tried, operation.name) or _form(target, operation.name, None)
    assert form is not None, f"{operation.name} is offered here"
    title = operation.title or operation.name
    return Deed(operation.name, title, operation.sentence, form, operation.danger, tried.verb == operation.name)


def _fault(fault: Fault, target: Target, tried: Tried) -> Deed:
    form = _tried_form(tried, fault.name) or _form(target, fault.name, None)
    assert form is not None, f"{fault.name} is offered here"
    sentence = f"{target.title} {fault.sentence}."
    return Deed(fault.name, fault.title, sentence, form, True, tried.verb == fault.name)


def _tried_form(tried: Tried, verb: str) -> SettingsForm | None:
    return tried.form if tried.verb == verb else None


def _active(session: Session, target: Target) -> list[dict[str, Any]]:
    """The faults in force here: name, title and when they end (0: until somebody ends them)."""
    titles = {fault.name: fault.title for fault in target.faults}
    return [
        {"name": name, "title": titles.get(name, name), "until": active.until}
        for (where, name), active in session.run.faults.items()
        if where == target.id
    ]
