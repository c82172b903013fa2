"""The producer as a pattern."""

from patterns.producer.config import Burst, ProducerSettings, SendOne, SendSettings
from patterns.producer.kinds import KINDS
from patterns.producer.node import Producer
from simulator.engine.faults import SLOW, Fault, Nothing, crash_node
from simulator.engine.operations import Operation
from simulator.engine.pattern import LinkKind, Measure, Pattern

NAMES = {
    "server": {"neutral": "Server", "aws": "Application server"},
    "ec2": {"neutral": "Virtual machine", "aws": "EC2 instance"},
    "mobile": {"neutral": "Mobile device", "aws": "Mobile device"},
    "browser": {"neutral": "Browser", "aws": "Browser"},
    "device": {"neutral": "Device", "aws": "IoT device"},
    "schedule": {"neutral": "Schedule", "aws": "EventBridge Scheduler"},
}


def names(settings: ProducerSettings) -> dict[str, str]:
    return NAMES[settings.kind]


def kind_of(settings: ProducerSettings) -> str:
    return settings.kind


def types(settings: ProducerSettings) -> list[str]:
    return settings.body.types()


PATTERN = Pattern(
    module=__name__,
    name="producer",
    role="producer",
    sentence="A producer makes messages and sends them, without waiting for whoever works on them.",
    Settings=ProducerSettings,
    Node=Producer,
    names=names,
    kind_of=kind_of,
    kinds=KINDS,
    links=(LinkKind("send", "Each message is handed over to the target.", SendSettings, "send"),),
    operations=(
        Operation(
            "SendOne", SendOne, "send_one", "Have it make one message now, like its own or as you say.", "Send one"
        ),
        Operation("Burst", Burst, "burst", "Have it make many messages at the same instant.", "Send a burst"),
        Operation("Pause", Nothing, "pause", "Let its arrivals pass unheard until it is resumed.", "Pause"),
        Operation("Resume", Nothing, "resume", "Have it make messages again.", "Resume"),
    ),
    faults=(
        Fault("crash", "Crash", "sends nothing, and forgets what it was about to send again", Nothing, crash_node),
        SLOW,
    ),
    measures=(Measure("sent", "sent", "messages/s", counts=("sent",)),),
    types=types,
)
