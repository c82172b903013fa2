"""What a page may say, checked at the border, and the answers that are not frames. The whole protocol:
docs/PROTOCOL.md.
"""

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulator.engine.errors import Problem, Refused, ServiceError, problems_of
from simulator.engine.message import MessageId
from simulator.engine.scenario import Scenario
from simulator.folds.metrics import charts
from simulator.folds.search import LONGEST_QUERY
from simulator.live.pacing import FASTEST, SLOWEST

VERSION = 1

# The largest message a page may send, in characters: a long body for SendMessage fits.
LARGEST = 64_000

# Close codes: our own, of the range that RFC 6455 (7.4.2) leaves to applications; autobahn sends no others.
NO_SUCH_RUN, TOO_SLOW, TOO_LARGE, TOO_MANY, FULL = 4404, 4408, 4413, 4429, 4503
RESTART, PUT_AWAY = 4012, 4410

Moment = Annotated[int, Field(ge=0, le=2**53)]


class Said(BaseModel):
    """One message of a page; unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Play(Said):
    type: Literal["play"]


class Pause(Said):
    type: Literal["pause"]


class Step(Said):
    type: Literal["step"]
    back: bool = False


class SetPace(Said):
    type: Literal["pace"]
    kind: Literal["steady", "follow"]
    rate: Annotated[float, Field(ge=SLOWEST, le=FASTEST)] = 1.0


class Seek(Said):
    type: Literal["seek"]
    to: Moment


class Fork(Said):
    type: Literal["fork"]
    at: Moment


class Intervene(Said):
    type: Literal["intervene"]
    target: Annotated[str, Field(max_length=90)]
    verb: Annotated[str, Field(max_length=60)]
    arguments: dict[str, Any] = {}


class SetStory(Said):
    type: Literal["story"]
    on: bool


class Journey(Said):
    type: Literal["journey"]
    message: Annotated[MessageId, Field(ge=0, le=2**53)]


class Search(Said):
    type: Literal["search"]
    query: Annotated[str, Field(max_length=LONGEST_QUERY)]


class Seen(Said):
    type: Literal["seen"]
    n: Annotated[int, Field(ge=0, le=2**53)]


class Resume(Said):
    type: Literal["resume"]
    after: Annotated[int, Field(ge=0, le=2**53)]


AnySaid = Annotated[
    Play | Pause | Step | SetPace | Seek | Fork | Intervene | SetStory | Journey | Search | Seen | Resume,
    Field(discriminator="type"),
]
_SAID: TypeAdapter[AnySaid] = TypeAdapter(AnySaid)


def read(text: str) -> AnySaid:
    """The message a page sent. Raises Refused, with what is wrong with it.

    orjson, because what it takes it can also write: no NaN and no half characters get into a journal or a frame.
    """
    try:
        return _SAID.validate_python(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise Refused([Problem("", f"the message is not JSON: {error}"[:200])]) from None
    except ValidationError as error:
        raise Refused(problems_of(error)) from None


# What the server puts on a socket: an ASGI event, made once and shared by every viewer that gets it.
Packet = dict[str, Any]


def encode(message: dict[str, Any]) -> Packet:
    return packet(orjson.dumps(message))


def packet(encoded: bytes) -> Packet:
    """The event that sends these bytes of JSON as text."""
    return {"type": "websocket.send", "text": encoded.decode()}


def error(about: str, code: str, message: str, cure: str = "") -> Packet:
    """A request was refused; the run goes on."""
    return encode({"type": "error", "about": about, "code": code, "message": message, "cure": cure})


def refusal(about: str, refused: Refused | ServiceError) -> Packet:
    """The error frame of what a request raised."""
    if isinstance(refused, ServiceError):
        return error(about, refused.code, refused.message)
    cures = " ".join(dict.fromkeys(problem.cure for problem in refused.problems if problem.cure))
    return error(about, getattr(refused, "code", "Refused"), str(refused)[:2000], cures[:500])


def closing(message: str) -> Packet:
    return encode({"type": "closing", "message": message})


def hang_up(code: int) -> Packet:
    """The event that closes a socket."""
    return {"type": "websocket.close", "code": code}


def hello(key: str, title: str, scenario: Scenario, seed: int, looks: list[str], may: list[str], story: bool) -> Packet:
    """What a page must know before the first frame: the stage, the colours, the charts, and what it may do."""
    return encode(
        {
            "type": "hello",
            "protocol": VERSION,
            "run": key,
            "title": title,
            "may": may,
            "length": scenario.document.length,
            "begins": scenario.begins if "begins" in scenario.document.model_fields_set else None,
            "seed": seed,
            "nodes": [
                {
                    "id": node.id,
                    "title": node.title,
                    "pattern": node.pattern.name,
                    "role": node.pattern.role,
                    "kind": node.pattern.kind_of(node.settings),
                    "at": node.at,
                    "names": dict(node.pattern.names(node.settings)),
                    "sentence": node.pattern.sentence,
                }
                for node in scenario.nodes
            ],
            "links": [
                {
                    "id": link.id,
                    "from": link.source,
                    "to": link.target,
                    "kind": link.kind.draw,
                    "part": link.settings.part,
                }
                for link in scenario.links
            ],
            "looks": looks,
            "prefixes": scenario.prefixes,
            "story": story,
            "charts": charts(scenario),
        }
    )
