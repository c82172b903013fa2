"""What can be set on an endpoint, and what each kind is like when nothing is set. Times are seconds."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.engine.chance import Distribution, lognormal
from simulator.engine.clock import SECOND, Duration, Micros

EndpointKind = Literal["http", "email", "sms", "push", "firehose", "api"]

Authorization = Literal["BASIC", "API_KEY", "OAUTH_CLIENT_CREDENTIALS"]

LONGEST_RETRY_AFTER = 86_400

_SNS = "Amazon SNS Developer Guide"
_EVENTBRIDGE = "Amazon EventBridge User Guide"
_FIREHOSE = "Amazon Data Firehose Developer Guide"


@dataclass(frozen=True)
class Usual:
    """What a kind of endpoint is like.

    `unavailable`, `gone` and `busy` are the codes with which it refuses while it is down, when there is nothing to
    deliver to any more, and above its rate. Whoever sends waits for `patience`. `pace` is how many deliveries a second
    a topic makes to one subscription at most, None for no such limit. `confirms` says that a subscription has to be
    confirmed from here, `speaks_http` that it answers with a status.
    """

    neutral: str
    aws: str
    response: Distribution
    unavailable: str = "ServiceUnavailable"
    gone: str = "EndpointDisabled"
    busy: str = "Throttled"
    patience: Micros = 15 * SECOND
    pace: float | None = None
    confirms: bool = False
    speaks_http: bool = False


# Response times are typical figures of ours. Paces: SNS Developer Guide and endpoints and quotas, delivery rates for
# e-mail (10 a second and subscription) and SMS (20 a second). Patience: SNS waits 15 s for a webhook; EventBridge User
# Guide, "API destinations": 5 s.
USUAL: dict[EndpointKind, Usual] = {
    "http": Usual(
        "Webhook",
        "HTTPS endpoint",
        lognormal(0.08, 0.6),
        "HTTP 503",
        "HTTP 404",
        "HTTP 429",
        confirms=True,
        speaks_http=True,
    ),
    "email": Usual("Mailbox", "E-mail address", lognormal(0.4, 3), pace=10, confirms=True),
    "sms": Usual("Phone", "SMS number", lognormal(0.5, 4), pace=20),
    "push": Usual("Mobile app", "Mobile push endpoint", lognormal(0.1, 1)),
    "firehose": Usual(
        "Delivery stream",
        "Data Firehose stream",
        lognormal(0.02, 0.1),
        "ServiceUnavailable",
        "ResourceNotFoundException",
        "ServiceUnavailableException",
    ),
    "api": Usual(
        "External API",
        "API destination",
        lognormal(0.15, 1.2),
        "HTTP 503",
        "HTTP 404",
        "HTTP 429",
        patience=5 * SECOND,
        speaks_http=True,
    ),
}


class Buffering(BaseModel):
    """When a delivery stream writes what it has gathered: whichever comes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    SizeInMBs: Annotated[
        int, Field(ge=1, le=128, title="Size", description="So much is gathered.", json_schema_extra={"unit": "MiB"})
    ] = 5
    IntervalInSeconds: Annotated[
        int,
        Field(
            ge=0,
            le=900,
            title="Interval",
            description="The first record has waited for so long; 0: nothing is gathered.",
            json_schema_extra={"unit": "s"},
        ),
    ] = 300


class EndpointSettings(BaseModel):
    """What an endpoint is and how it answers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[
        EndpointKind,
        Field(title="Kind", description="What it is: decides the protocol, how it refuses, and what is usual."),
    ] = "http"
    response: Annotated[
        Distribution | None,
        Field(
            title="Response time",
            description="How long it takes to answer; empty: as usual.",
            json_schema_extra={"unit": "s"},
        ),
    ] = None
    failure_probability: Annotated[
        float,
        Field(ge=0, le=1, title="Failure probability", description="The share of requests that it fails on by chance."),
    ] = 0.0
    failure_status: Annotated[
        int,
        Field(
            ge=400,
            le=599,
            title="Failure status",
            description="What it then answers (webhook, API): whether it is tried again is decided by this.",
            json_schema_extra={"source": f'{_SNS}, "Message delivery retries"'},
        ),
    ] = 500
    retry_after: Annotated[
        int | None,
        Field(
            ge=-1,
            le=LONGEST_RETRY_AFTER,
            title="Retry-After",
            description="Sent along with 429 and 5xx: not before so many seconds; -1: not again; empty: not sent.",
            json_schema_extra={"unit": "s", "source": f'{_EVENTBRIDGE}, "API destinations"'},
        ),
    ] = None
    rate: Annotated[
        float | None,
        Field(
            gt=0,
            le=1_000_000,
            title="Rate",
            description="Requests a second that it takes, a second's worth at once; more are refused. Empty: any.",
            json_schema_extra={"unit": "1/s"},
        ),
    ] = None
    InvocationRateLimitPerSecond: Annotated[
        int | None,
        Field(
            ge=1,
            le=100_000,
            title="Invocation rate limit",
            description="API destination: how many requests a second the bus sends at most; empty: 300.",
            json_schema_extra={"unit": "1/s", "source": f'{_EVENTBRIDGE}, "API destinations"'},
        ),
    ] = None
    AuthorizationType: Annotated[
        Authorization | None,
        Field(
            title="Authorization",
            description="API destination: how its connection signs in; empty: with an API key.",
            json_schema_extra={"source": f'{_EVENTBRIDGE}, "Connections for API destinations"'},
        ),
    ] = None
    token_lifetime: Annotated[
        Duration | None,
        Field(
            title="Token lifetime",
            description="OAuth: after so long the answer is 401 until the bus has got a new token; empty: for ever.",
            ge=SECOND,
        ),
    ] = None
    confirms_after: Annotated[
        Duration | None,
        Field(
            title="Confirms after",
            description="How long until it confirms a subscription (webhook, e-mail); empty: not by itself.",
            json_schema_extra={"source": f'{_SNS}, "Confirm the subscription"'},
        ),
    ] = SECOND
    idempotent: Annotated[
        bool,
        Field(
            title="Idempotent",
            description="Whether it recognises what it has had before, and then only says yes.",
            json_schema_extra={"source": '"Enterprise Integration Patterns", Idempotent Receiver'},
        ),
    ] = False
    key: Annotated[
        str,
        Field(
            max_length=100,
            title="Key",
            description="The member of the body by which two deliveries are the same; without it, the message is.",
        ),
    ] = ""
    BufferingHints: Annotated[
        Buffering | None,
        Field(
            title="Buffering",
            description="Delivery stream: when what was gathered is written as one; empty: at 5 MiB or after 300 s.",
            json_schema_extra={"source": f'{_FIREHOSE}, "Configure buffering hints"'},
        ),
    ] = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "EndpointSettings":
        belongs = {
            "api": ("InvocationRateLimitPerSecond", "AuthorizationType", "token_lifetime"),
            "firehose": ("BufferingHints",),
        }
        for kind, names in belongs.items():
            for name in names:
                if self.kind != kind and getattr(self, name) is not None:
                    raise ValueError(f"{name} belongs to the kind {kind!r}; this is {self.kind!r}. Take it away.")
        if self.token_lifetime is not None and self.AuthorizationType != "OAUTH_CLIENT_CREDENTIALS":
            raise ValueError("only a token of OAUTH_CLIENT_CREDENTIALS has a lifetime. Take token_lifetime away.")
        return self

    @property
    def usual(self) -> Usual:
        return USUAL[self.kind]

    @property
    def needs_confirmation(self) -> bool:
        """Whether a subscription is pending until it was confirmed from here."""
        return self.usual.confirms

    @property
    def pace(self) -> float | None:
        """Deliveries a second that whoever delivers makes at most, to one subscription; None for no limit."""
        return float(self.InvocationRateLimitPerSecond or 300) if self.kind == "api" else self.usual.pace

    @property
    def response_time(self) -> Distribution:
        return self.response if self.response is not None else self.usual.response

    @property
    def buffering(self) -> Buffering:
        return self.BufferingHints or Buffering()
