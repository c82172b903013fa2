"""What can be set on a producer, and what its operations take."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from simulator.engine.arrivals import Arrivals, poisson
from simulator.engine.link import LinkSettings
from simulator.engine.operations import Arguments
from simulator.engine.parameters import refusal
from simulator.engine.template import Template

MOST_ATTRIBUTES = 10
MOST_IN_A_BURST = 1000
LONGEST_NAME = 60

ProducerKind = Literal["server", "ec2", "mobile", "browser", "device", "schedule"]

_RETRIES = 'AWS SDKs and Tools Reference Guide, "Retry behavior"'


def _few_attributes(template: Template | None) -> Template | None:
    if template is None:
        return None
    given = template.document
    if not isinstance(given, dict) or len(given) > MOST_ATTRIBUTES:
        raise refusal(f"attributes are an object of at most {MOST_ATTRIBUTES} names with their values. Shorten it.")
    return template


class ProducerSettings(BaseModel):
    """How often a producer sends, and what."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    kind: Annotated[
        ProducerKind,
        Field(title="Kind", description="What it is: decides its name and its picture, not its behaviour."),
    ] = "server"
    arrivals: Annotated[
        Arrivals,
        Field(
            title="Arrivals",
            description="When messages are made; a change begins anew from the moment at which it is made.",
            json_schema_extra={"source": 'Law, "Simulation Modeling and Analysis", section 8.6'},
        ),
    ] = poisson(1)
    body: Annotated[
        Template,
        Field(
            title="Body", description='What each message says; a text in its member "type" is the type of the message.'
        ),
    ] = Template({"number": {"sequence": {}}})
    attributes: Annotated[
        Template | None,
        AfterValidator(_few_attributes),
        Field(
            title="Attributes",
            description="Names and values that travel beside the body, for filters and tracing.",
            json_schema_extra={"source": 'SQS Developer Guide, "Amazon SQS message metadata"'},
        ),
    ] = None
    group: Annotated[
        str,
        Field(
            max_length=LONGEST_NAME,
            title="Group",
            description="The member of the body that is the message group or partition key; empty: there is none.",
            json_schema_extra={"source": "SQS API Reference, SendMessage (MessageGroupId)"},
        ),
    ] = ""
    deduplication: Annotated[
        str,
        Field(
            max_length=LONGEST_NAME,
            title="Deduplication",
            description="The member of the body by which a repeated message is recognised; empty: there is none.",
            json_schema_extra={"source": "SQS API Reference, SendMessage (MessageDeduplicationId)"},
        ),
    ] = ""
    limit: Annotated[
        int | None,
        Field(
            ge=1,
            le=100_000_000,
            title="Limit",
            description="After so many arrivals it stops; empty: it never does.",
            json_schema_extra={"unit": "messages"},
        ),
    ] = None
    retries: Annotated[
        int,
        Field(
            ge=0,
            le=10,
            title="Retries",
            description="How often a refused message is sent again, with growing pauses; 0: sent once, unheard.",
            json_schema_extra={"unit": "times", "source": _RETRIES},
        ),
    ] = 0


class SendSettings(LinkSettings):
    """How a producer sends on one of its links."""

    grouped: Annotated[
        bool,
        Field(
            title="With its group",
            description="Whether the message group is sent along here; without, the target can't tell groups apart.",
            json_schema_extra={"source": "SQS API Reference, SendMessage (MessageGroupId)"},
        ),
    ] = True


class SendOne(Arguments):
    body: Annotated[
        Any, Field(title="Body", description="What the message says, any JSON; empty: made as the producer's own are.")
    ] = None
    type: Annotated[
        str, Field(max_length=60, title="Type", description="The type of the message; empty: as its body says.")
    ] = ""


class Burst(Arguments):
    count: Annotated[
        int,
        Field(
            ge=1,
            le=MOST_IN_A_BURST,
            title="How many",
            description="So many messages are made and sent at the same instant.",
            json_schema_extra={"unit": "messages"},
        ),
    ] = 50
