"""What makes the buses of a swarm worth their name: rules that differ, dead letters, archives, a second bus, and people
who change all that.
"""

from random import Random
from typing import Any

from tests.swarm.parts import link_settings, placed, way

Documents = list[dict[str, Any]]

RULES: dict[str, dict[str, Any]] = {
    "typed": {"EventPattern": {"detail": {"type": [{"prefix": "g"}, "order", "by hand"]}}},
    "dear": {"EventPattern": '{"detail": {"price": [{"numeric": [">", 40]}]}}'},
    "other": {"EventPattern": {"$or": [{"source": [{"prefix": "aws."}]}, {"detail-type": [{"wildcard": "*a*"}]}]}},
    "tick": {"ScheduleExpression": "rate(1 minute)"},
}
INPUTS: list[dict[str, Any]] = [
    {},
    {},
    {"Input": '{"type": "constant"}'},
    {"InputPath": "$.detail"},
    {
        "InputTransformer": {
            "InputPathsMap": {"t": "$.detail.type"},
            "InputTemplate": '{"type": "<t>", "at": <aws.events.rule-name>}',
        }
    },
]
ENTRIES: list[dict[str, Any]] = [
    {"Source": "swarm", "DetailType": "by hand", "Detail": {"number": 7}},
    {
        "Source": "swarm",
        "DetailType": "dear",
        "Detail": '{"price": 95, "type": "order"}',
        "Time": "2026-01-05T00:00:30Z",
    },
    {"Source": "swarm", "DetailType": "by hand", "Detail": "no object"},
    {"Source": "aws.swarm", "DetailType": "by hand", "Detail": {}},
    {"Source": "swarm", "DetailType": "by hand", "Detail": {}, "EventBusName": "elsewhere"},
]


def enrich_bus(draw: Random, nodes: Documents, links: Documents, risky: bool) -> None:
    """Give the bus of a swarm, if there is one, more rules with targets, dead letters, archives, and another bus."""
    bus = next((node for node in nodes if node["id"] == "bus"), None)
    if bus is None:
        return
    names = draw.sample(list(RULES), draw.randint(0, len(RULES)))
    bus["settings"]["Rules"] += [{"Name": name} | RULES[name] for name in names]
    bus["settings"]["Archives"] = draw.choice([[], *[[{"ArchiveName": "all"}]] * 3])
    takers = [link["to"] for link in links if link["from"] == "bus"]
    for name in names if takers else []:
        for taker in dict.fromkeys(draw.choices(takers, k=draw.randint(0, 2))):
            settings = link_settings(draw, risky) | draw.choice(INPUTS) | {"rule": name}
            links.append(way("bus", taker, "target", settings) | {"id": f"bus-{name}-{taker}"})
    if draw.random() < 0.5:
        nodes.append(placed("bus-dead", "queue", {}))
        links.append(way("bus", "bus-dead", "dead-letter", link_settings(draw, risky)))
        for link in links:
            if link["from"] == "bus" and link["kind"] == "target" and draw.random() < 0.6:
                link["settings"] = link["settings"] | {"DeadLetterConfig": {"Arn": "bus-dead"}}
    if draw.random() < 0.4:
        rules = [{"Name": "back", "EventPattern": {"region": ["us-east-1"]}}]
        nodes.append(placed("central", "event_bus", {"EventBusName": "central", "Rules": rules}))
        links.append(way("bus", "central", "target", link_settings(draw, risky) | {"rule": "all"}))
        if draw.random() < 0.5:
            links.append(way("central", "bus", "target", link_settings(draw, risky) | {"rule": "back"}))


def bus_deed(draw: Random) -> tuple[str, dict[str, Any]]:
    """Something that people ask of a bus."""
    rule = draw.choice([*RULES, "all", "none"])
    name = f"replay-{draw.randint(1, 30)}"
    line = draw.choice(["bus-typed-worker-0", "bus-dear-worker-0", "bus-queue-0", "bus-worker-0", "bus-central"])
    deeds: list[tuple[str, dict[str, Any]]] = [
        ("PutEvents", {"Entries": [draw.choice(ENTRIES) for _ in range(draw.randint(0, 4))]}),
        ("PutEvents", {"Entries": [draw.choice(ENTRIES) for _ in range(draw.randint(1, 11))]}),
        ("TestEventPattern", {"EventPattern": {"source": ["swarm"]}, "Event": draw.choice([{}, "{}", 5])}),
        ("PutRule", {"Name": rule, **draw.choice([RULES.get(rule, {}), {"EventPattern": {"source": []}}])}),
        ("DisableRule", {"Name": rule}),
        ("EnableRule", {"Name": rule}),
        ("DeleteRule", {"Name": rule}),
        ("PutTargets", {"Rule": rule, "Targets": [{"Id": line, **draw.choice(INPUTS)}]}),
        ("RemoveTargets", {"Rule": rule, "Ids": [line]}),
        ("CreateArchive", {"ArchiveName": draw.choice(["all", "more"]), "RetentionDays": draw.choice([0, 1])}),
        ("DeleteArchive", {"ArchiveName": "more"}),
        ("StartReplay", {"ReplayName": name, "EventSourceArn": "all", "EventStartTime": 0, "EventEndTime": "1h"}),
        ("CancelReplay", {"ReplayName": name}),
        ("DescribeReplay", {"ReplayName": name}),
    ]
    return draw.choice(deeds)
