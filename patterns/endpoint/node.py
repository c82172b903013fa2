"""The endpoint: a receiver outside that topics and buses deliver to, and that answers in its own time, or does not.

It answers after its response time. While it is down it refuses at the door or says nothing at all; whoever sends waits
for so long and takes the message back, and never knows whether the work was done. So a slow receiver that is asked
again does everything twice, unless it recognises what it has had before.
Source: SNS Developer Guide, "Message delivery retries"; EventBridge User Guide, "API destinations"; "Enterprise
Integration Patterns", Idempotent Receiver.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from patterns.endpoint.answers import Refusal, busy, failure, gone, said_yes, unauthorized, unavailable, unfit
from patterns.endpoint.buffer import Buffer
from patterns.endpoint.config import EndpointSettings
from patterns.endpoint.confirming import Confirmations
from patterns.endpoint.view import view_of
from simulator.engine.clock import Micros
from simulator.engine.errors import Problem, ServiceError
from simulator.engine.link import NO_ANSWER
from simulator.engine.message import DUPLICATE, Message, MessageId, as_text
from simulator.engine.node import Node
from simulator.engine.operations import Call
from simulator.engine.recent import Recent
from simulator.engine.throttle import Throttle

if TYPE_CHECKING:
    from simulator.engine.run import Run

REMEMBERED = 100_000
SHOWN = 6


class Request(NamedTuple):
    """A request that it has to answer."""

    number: int
    message: Message
    call: Call | None
    flags: int
    came: Micros


class Endpoint(Node):
    """Takes what is delivered. `taken` counts what took effect, `doubled` that of it which had before, `refused` the
    rest: turned away, failed, or not answered in time."""

    settings: EndpointSettings

    def __init__(self, run: "Run", index: int, identity: str, title: str, settings: EndpointSettings) -> None:
        super().__init__(run, index, identity, title, settings)
        self.taken = 0
        self.doubled = 0
        self.refused = 0
        self.down = ""
        self.gone = False
        self.locked = False
        self.failing = 0.0
        self.last: deque[list[int]] = deque(maxlen=SHOWN)
        self.confirmations = Confirmations(self)
        self.buffer = Buffer(self)
        self._number = 0
        self._open: dict[int, Request] = {}
        self._known = Recent(REMEMBERED)
        self._responses = self.stream("response")
        self._failures = self.stream("failures")
        self._throttle: Throttle | None = None
        self._token_since: Micros = 0
        self._use(settings)

    def objections(self, settings: EndpointSettings) -> list[Problem]:
        """Who delivers here has learned what it is: protocol, retries and confirmation follow from that."""
        if settings.kind == self.settings.kind:
            return []
        return [Problem("kind", "is fixed: an endpoint stays what it is", cure="Change it in a new run.")]

    def change(self, settings: EndpointSettings) -> None:
        before, self.settings = self.settings, settings
        self._use(settings, settings.rate != before.rate)
        self.confirmations.settings_changed()

    # What is delivered.

    def accept(self, message: Message, call: Call | None, flags: int) -> None:
        """Take a request in and answer it later, or turn it away at the door, or say nothing."""
        refusal = self._refusal_at_door(message)
        if refusal is not None:
            self._turn_away(message, call, refusal)
            return
        self._number += 1
        request = Request(self._number, message, call, flags & DUPLICATE, self.kernel.now)
        self._open[request.number] = request
        if self.down:
            self.record("silent", message.id)
            self.kernel.after(self._left(call), self._leave_unanswered, request)
        else:
            self._begin(request)

    def finish(self, request: Request) -> None:
        """The request has taken effect."""
        message, settings, now = request.message, self.settings, self.kernel.now
        identity, how = self._identity(message), said_yes(settings.kind, message)
        self.last.append([message.id, message.look, request.flags, now])
        if settings.idempotent and identity in self._known:
            self.record("skipped", message.id, how)
        else:
            times = self._known.meet(identity)
            self.taken += 1
            self.record("processed", message.id, now - request.came, how)
            if times > 1:
                self.doubled += 1
                self.record("doubled", message.id, times)
        self.record("finished", message.id)

    # What whoever delivers asks besides.

    def confirm_subscription(self, call: Call) -> None:
        """A topic asks for confirmation: answered when it is confirmed, which may be never."""
        self.confirmations.ask(call)

    def authorize(self, call: Call) -> None:
        """A bus asks for a new token, valid from now on. Raises nothing; a refusal comes as the answer."""
        assert call.link is not None, f"{self.id} is asked for a token by nobody"
        if not self.can_answer:
            call.fail(gone(self.settings) if self.gone else unavailable(self.settings))
        elif self.locked:
            call.fail(unauthorized("The credentials are no longer valid."))
        else:
            self._token_since = self.kernel.now
            self.record("authorized", 0, call.link.source.index)
            call.reply(None)

    # What people do.

    def confirm(self, call: Call) -> None:
        """Click on the link in every mail, call every SubscribeURL."""
        if not self.confirmations:
            raise ServiceError("NotFound", f"No subscription of {self.id} waits for a confirmation.")
        call.reply({"confirmed": self.confirmations.confirm_all()})

    def be_down(self, how: str) -> None:
        """Be down from now on, with an answer or in silence, or ("") up again."""
        self.down = how
        self.confirmations.look()

    def be_gone(self, is_gone: bool) -> None:
        self.gone = is_gone
        self.confirmations.look()

    def fail_more(self, share: float) -> None:
        """This share of requests fails, besides those that would."""
        self.failing = share

    # What is shown.

    @property
    def can_answer(self) -> bool:
        return not self.down and not self.gone

    @property
    def chance(self) -> float:
        """The share of requests that fail."""
        return 1 - (1 - self.settings.failure_probability) * (1 - self.failing)

    @property
    def busy(self) -> int:
        """How many requests are not answered yet."""
        return len(self._open)

    def view(self) -> dict[str, Any]:
        return view_of(self)

    def gauges(self) -> dict[str, float | None]:
        gathers = self.settings.kind == "firehose"
        return {"busy": len(self._open), "buffered": len(self.buffer.records) if gathers else None}

    def held(self) -> Iterator[MessageId]:
        for request in self._open.values():
            yield request.message.id
        yield from self.buffer.held()

    # Its own affairs.

    def _use(self, settings: EndpointSettings, anew: bool = True) -> None:
        self._draw = settings.response_time.sampler(self._responses)
        if anew:
            self._throttle = Throttle(settings.rate) if settings.rate is not None else None

    def _refusal_at_door(self, message: Message) -> ServiceError | None:
        """Why a request is not even looked at; None when it is, and then it counts for the rate."""
        settings = self.settings
        if self.gone:
            return gone(settings)
        if self.down:
            return unavailable(settings) if self.down == "503" else None
        if self._throttle is not None and self._throttle.refuses(self.kernel.now):
            return busy(settings)
        if self.locked:
            return unauthorized("The credentials are no longer valid.")
        lifetime = settings.token_lifetime
        if lifetime is not None and self.kernel.now >= self._token_since + lifetime:
            return unauthorized("The token has expired.")
        return unfit(settings.kind, message)

    def _turn_away(self, message: Message, call: Call | None, error: ServiceError) -> None:
        self.refused += 1
        reason = error.message.rstrip(".")
        if call is None:
            self.record("turned_away", message.id, error.code, reason)
        else:
            self.record("rejected", message.id, error.code, reason)
            call.fail(error)

    def _begin(self, request: Request) -> None:
        self.record("requested", request.message.id)
        took = self._draw.micros()
        if self.slowness != 1.0:
            took = int(took * self.slowness)
        left = self._left(request.call)
        if request.call is not None and took > left:
            self.kernel.after(left, self._be_overdue, request)
        self.kernel.after(took, self._done, request)

    def _left(self, call: Call | None) -> Micros:
        """For how long whoever has sent this will still wait."""
        now = self.kernel.now
        since = call.since if call is not None else now
        return max(0, since + self.settings.usual.patience - now)

    def _be_overdue(self, request: Request) -> None:
        """The sender's time is up: it has its message back, and does not know that the work goes on here."""
        call = request.call
        if call is not None and call.listening and not call.done:
            self.refused += 1
            self.record("overdue", request.message.id, self.settings.usual.patience)
            call.fail(NO_ANSWER)

    def _leave_unanswered(self, request: Request) -> None:
        """It was down, and the sender's time is up."""
        del self._open[request.number]
        self.refused += 1
        call, message = request.call, request.message
        if call is None:
            self.record("given_up", message.id, NO_ANSWER.code, "it is down")
        elif call.listening:
            self.record("unanswered", message.id, self.settings.usual.patience)
            call.fail(NO_ANSWER)
        else:
            self.record("unheard", message.id, NO_ANSWER.code, "it is down")

    def _done(self, request: Request) -> None:
        """The response time is over."""
        del self._open[request.number]
        error = self._mishap()
        if error is not None:
            self._fail(request, error)
            return
        if self.settings.kind == "firehose":
            self.buffer.add(request)
        else:
            self.finish(request)
        if request.call is not None:
            request.call.reply(None)

    def _mishap(self) -> Refusal | None:
        """Whether a request that was begun fails, and how."""
        if self.gone:
            return gone(self.settings)
        if self.down:
            return unavailable(self.settings)
        chance = self.chance
        return failure(self.settings, chance) if chance and self._failures.random() < chance else None

    def _fail(self, request: Request, error: Refusal) -> None:
        call, message, reason = request.call, request.message, error.message.rstrip(".")
        self.refused += 1
        if call is None:
            self.record("given_up", message.id, error.code, reason)
        elif call.done or not call.listening:
            self.record("unheard", message.id, error.code, reason)
        else:
            self.record("failed", message.id, error.code, reason)
            call.fail(error)

    def _identity(self, message: Message) -> str | MessageId:
        """What makes two deliveries the same: a member of the body, or else being the same message."""
        body, key = message.body, self.settings.key
        value = body.get(key) if key and isinstance(body, dict) else None
        return message.id if value is None else as_text(value)
