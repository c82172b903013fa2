"""The words in which the stories of small runs are told: stations, the run they make, and what happened to a message.

    run = scenario(queue("emails", VisibilityTimeout=30), worker("mailer", polls="emails", service=seconds(5)))
    do(run, "emails", "SendMessage", MessageBody="hello")
    run.advance(seconds(1))
    assert story(run, "you-1") == ["enqueued", "received"]

Every link takes exactly 10 ms unless told otherwise, so that times can be said exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator import catalog
from simulator.engine import scenario as documents
from simulator.engine.clock import SECOND, Micros
from simulator.engine.clock import seconds as seconds
from simulator.engine.message import BY_HAND, MessageId
from simulator.engine.operations import Call
from simulator.engine.run import CORE_KINDS, Run
from simulator.engine.trace import Kind, Record, line

LATENCY = 0.01


@dataclass(frozen=True)
class Part:
    """A station of a document, and the links that it brings with it."""

    node: dict[str, Any]
    links: list[dict[str, Any]] = field(default_factory=list)


def queue(
    name: str, *, dead: str = "", limit: int | None = None, move: dict[str, Any] | None = None, **settings: Any
) -> Part:
    """A queue; `dead` names its dead-letter queue, `limit` is maxReceiveCount, `move` further settings of that link.

    Its short polls ask all servers unless told otherwise, so that what they find can be said exactly.
    """
    settings = {"servers_asked": 12, **settings}
    if not dead:
        return Part(_node(name, "queue", settings))
    given = {"latency": LATENCY, **({} if limit is None else {"maxReceiveCount": limit}), **(move or {})}
    return Part(_node(name, "queue", settings), [{"from": name, "to": dead, "kind": "dead-letter", "settings": given}])


def producer(name: str, *, to: str | Iterable[str] = (), link: dict[str, Any] | None = None, **settings: Any) -> Part:
    """A producer that sends to each node in `to`; `link` are settings of those links."""
    return Part(_node(name, "producer", settings), [_link(name, target, link) for target in _names(to)])


def worker(
    name: str,
    *,
    polls: str | Iterable[str] = (),
    maps: str | Iterable[str] = (),
    to: str | Iterable[str] = (),
    calls: str | Iterable[str] = (),
    poll: dict[str, Any] | None = None,
    link: dict[str, Any] | None = None,
    service: Any = None,
    **settings: Any,
) -> Part:
    """A worker that polls each queue in `polls` (links with settings `poll`) and passes on to `to` (settings `link`).

    `maps` are queues with an event source mapping to it (settings `poll` too), `calls` the state machines that it calls
    back. `service` is a distribution as
    documents write it, or a time in Micros that is always the same.
    """
    if service is not None:
        settings["service"] = {"constant": service / SECOND} if isinstance(service, int) else service
    links = [_link(source, name, poll) for source in _names(polls)]
    links += [_link(source, name, poll) | {"kind": "mapping"} for source in _names(maps)]
    links += [
        _link(name, machine, None) | {"kind": "callback", "id": f"{name}-calls-{machine}"} for machine in _names(calls)
    ]
    return Part(_node(name, "worker", settings), links + [_link(name, target, link) for target in _names(to)])


def bus(
    name: str,
    *,
    rules: dict[str, Any],
    targets: Iterable[dict[str, Any]] = (),
    dead: str | Iterable[str] = (),
    **more: Any,
) -> Part:
    """An event bus; `rules` are patterns by name (a text: a schedule), `targets` are what `target` gives, `dead` its
    dead-letter queues, `more` further settings.
    """
    made = [
        {"Name": rule, **({"ScheduleExpression": one} if isinstance(one, str) else {"EventPattern": one})}
        for rule, one in rules.items()
    ]
    links = [{"from": name, "id": f"{name}-{one['settings']['rule']}-{one['to']}", **one} for one in targets]
    links += [
        {
            "from": name,
            "to": queue,
            "id": f"{name}-dead-{queue}",
            "kind": "dead-letter",
            "settings": {"latency": LATENCY},
        }
        for queue in _names(dead)
    ]
    return Part(_node(name, "event_bus", {"Rules": made, **more}), links)


def target(rule: str, to: str, **settings: Any) -> dict[str, Any]:
    """A target of a rule of a bus."""
    return {"to": to, "kind": "target", "settings": {"latency": LATENCY, "rule": rule, **settings}}


def topic(
    name: str,
    *subscriptions: dict[str, Any],
    to: str | Iterable[str] = (),
    dead: str | Iterable[str] = (),
    **settings: Any,
) -> Part:
    """A topic; `subscriptions` are what `subscription` gives, `to` subscribers without any settings, `dead` its
    dead-letter queues. Its pauses are as the tables say unless `jitter` is set.
    """
    links = [{"from": name, "id": f"{name}-{one['to']}", **one} for one in subscriptions]
    links += [{"from": name, "id": f"{name}-{other}", **subscription(other)} for other in _names(to)]
    links += [
        _link(name, queue, None) | {"id": f"{name}-dead-{queue}", "kind": "dead-letter"} for queue in _names(dead)
    ]
    return Part(_node(name, "topic", {"jitter": 0, **settings}), links)


def subscription(to: str, *, policy: Any = None, dead: str = "", **settings: Any) -> dict[str, Any]:
    """A subscription of `to`, with the filter policy `policy` and the dead-letter queue `dead`."""
    given = {"FilterPolicy": policy} if policy is not None else {}
    given |= {"RedrivePolicy": {"deadLetterTargetArn": dead}} if dead else {}
    return {"to": to, "kind": "subscription", "settings": {"latency": LATENCY, **given, **settings}}


def store(name: str, **settings: Any) -> Part:
    return Part(_node(name, "store", settings))


def endpoint(name: str, *, to: str | Iterable[str] = (), **settings: Any) -> Part:
    """Something outside that is delivered to; a delivery stream writes to `to`."""
    return Part(_node(name, "endpoint", settings), [_link(name, target, None) for target in _names(to)])


def pipe(
    name: str,
    *patterns: Any,
    source: str = "",
    to: str | Iterable[str] = (),
    asks: str | Iterable[str] = (),
    poll: dict[str, Any] | None = None,
    link: dict[str, Any] | None = None,
    question: dict[str, Any] | None = None,
    **settings: Any,
) -> Part:
    """A pipe from the queue `source` (mapping settings `poll`) to `to` (settings `link`), through the enrichment `asks`
    (settings `question`); `patterns` are its filters.
    """
    if patterns:
        settings["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in patterns]}
    links = [_link(source, name, poll) | {"kind": "mapping"}] if source else []
    links += [_link(name, target, link) | {"kind": "target"} for target in _names(to)]
    links += [_link(name, target, question) | {"kind": "enrichment"} for target in _names(asks)]
    return Part(_node(name, "pipe", settings), links)


def scheduler(
    name: str,
    *schedules: dict[str, Any],
    to: str | Iterable[str] = (),
    dead: str = "",
    link: dict[str, Any] | None = None,
) -> Part:
    """A scheduler with these schedules; links that name no schedule lead to each node in `to` (settings `link`)."""
    links = [_link(name, target, link) | {"kind": "target"} for target in _names(to)]
    if dead:
        links.append(_link(name, dead, None) | {"kind": "dead-letter"})
    return Part(_node(name, "scheduler", {"Schedules": list(schedules)}), links)


def state_machine(
    name: str,
    states: dict[str, Any],
    *,
    start: str = "",
    tasks: str | Iterable[str] = (),
    does: dict[str, list[str]] | None = None,
    activities: str | Iterable[str] = (),
    activity: dict[str, Any] | None = None,
    link: dict[str, Any] | None = None,
    more: dict[str, Any] | None = None,
    **settings: Any,
) -> Part:
    """A state machine with these states, the first of which is the start unless `start` names one; `more` are other
    fields of the definition.

    Task links (settings `link`) lead to each node in `tasks`, and to those in `does`, with the states that they do;
    the workers in `activities` ask for work (settings `activity`).
    """
    definition = {"StartAt": start or next(iter(states)), "States": states, **(more or {})}
    links = [_link(name, target, link) | {"kind": "task"} for target in _names(tasks)]
    links += [
        _link(name, target, {**(link or {}), "states": done}) | {"kind": "task"}
        for target, done in (does or {}).items()
    ]
    links += [
        _link(name, worker, activity) | {"kind": "activity", "id": f"{name}-activity-{worker}"}
        for worker in _names(activities)
    ]
    return Part(_node(name, "state_machine", {"definition": definition, **settings}), links)


def task(resource: str, **fields: Any) -> dict[str, Any]:
    """A Task state: a function's name, or `sqs:sendMessage` and the like; it ends unless `Next` says how to go on."""
    arn = (
        f"arn:aws:states:::{resource}"
        if ":" in resource
        else f"arn:aws:lambda:us-east-1:123456789012:function:{resource}"
    )
    return {"Type": "Task", "Resource": arn, **({} if "Next" in fields else {"End": True}), **fields}


def scenario(*parts: Part, seed: int = 1, faults: Iterable[dict[str, Any]] = (), length: str = "30d") -> Run:
    """The run these stations make."""
    return Run(documents.read(document(*parts, seed=seed, faults=faults, length=length), catalog.patterns()))


def document(*parts: Part, seed: int = 1, faults: Iterable[dict[str, Any]] = (), length: str = "30d") -> dict[str, Any]:
    """The document these stations make."""
    return {
        "format": 1,
        "title": "a story",
        "seed": seed,
        "length": length,
        "nodes": [part.node for part in parts],
        "links": [link for part in parts for link in part.links],
        "faults": list(faults),
    }


def do(run: Run, target: str, verb: str, **arguments: Any) -> Call:
    """Do something to a node or a link, as a person would; a fault's or a change's call is empty."""
    return run.intervene(target, verb, arguments) or Call(None)


def records(run: Run, *kinds: str) -> list[Record]:
    """Everything that has happened so far, or only what is of these kinds."""
    return [record for record in run.trace.records if not kinds or record[1] in kinds]


def lines(run: Run) -> str:
    """The whole trace as text: two identical runs have the same."""
    return "\n".join(line(record) for record in run.trace.records)


def story(run: Run, message: str, *, travel: bool = False) -> list[str]:
    """What happened to a message, by its label (`m-1`, `you-1`): the kinds its stations wrote, in order.

    Its creation is left out, and unless `travel` is set, so is what links wrote.
    """
    known = {kind.name: kind for placed in run.scenario.nodes for kind in placed.pattern.kinds}
    happened = [record[1] for record in run.trace.records if record[3] and name_of(run, record[3]) == message]
    return [kind for kind in happened if (travel or kind not in CORE_KINDS) and not _creates(known.get(kind))]


def times(run: Run, kind: str, message: str = "") -> list[Micros]:
    """When records of this kind were written, about this message if one is named."""
    return [record[0] for record in records(run, kind) if not message or name_of(run, record[3]) == message]


def name_of(run: Run, message: MessageId) -> str:
    """The label of a message."""
    serial, origin = divmod(message, 256)
    return f"{'you' if origin == BY_HAND else run.scenario.prefixes[origin]}-{serial}"


def conserved(run: Run) -> bool:
    """Whether every copy ever created was settled, discarded, or is in exactly one node's or link's custody."""
    known = [{kind.name: kind for kind in placed.pattern.kinds} for placed in run.scenario.nodes]
    balance: dict[MessageId, int] = {}
    for record in run.trace.records:
        kind = known[record[2]].get(record[1]) if record[2] >= 0 else None
        kind = kind or CORE_KINDS[record[1]]
        change = {"created": 1, "settled": -1, "discarded": -1}.get(kind.core, 0)
        balance[record[3]] = balance.get(record[3], 0) + change
    return {message: count for message, count in balance.items() if count} == dict(run.inventory())


def custody(run: Run, node: str) -> int:
    """How many copies the records say the node holds."""
    index = next(place for place, placed in enumerate(run.scenario.nodes) if placed.id == node)
    known = {kind.name: kind for kind in run.scenario.nodes[index].pattern.kinds}
    written = [known.get(record[1]) or CORE_KINDS[record[1]] for record in run.trace.records if record[2] == index]
    return sum(kind.holds for kind in written)


def _creates(kind: Kind | None) -> bool:
    return kind is not None and kind.core == "created"


def _node(name: str, pattern: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "pattern": pattern, "settings": settings}


def _link(source: str, target: str, settings: dict[str, Any] | None) -> dict[str, Any]:
    return {"from": source, "to": target, "settings": {"latency": LATENCY, **(settings or {})}}


def _names(names: str | Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) and names else list(names)
