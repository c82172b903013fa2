"""The subscriptions that an endpoint is asked to confirm.

A webhook gets a token and calls back, a person clicks on a link in a mail: until then nothing is delivered. Here the
request of the topic waits as it is, and its answer is the confirmation.
Source: SNS Developer Guide, "Confirm the subscription".
"""

from typing import TYPE_CHECKING

from simulator.engine.clock import Micros
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.endpoint.node import Endpoint


class Confirmations:
    """Requests that wait, each with when it is due (None: when somebody says so)."""

    __slots__ = ("_endpoint", "_waiting")

    def __init__(self, endpoint: "Endpoint") -> None:
        self._endpoint = endpoint
        self._waiting: dict[Call, Micros | None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def ask(self, call: Call) -> None:
        """A topic asks; the answer comes when it is due."""
        endpoint = self._endpoint
        assert call.link is not None, f"{endpoint.id} is asked to confirm by nobody"
        if not endpoint.settings.needs_confirmation:
            call.reply(None)
            return
        endpoint.record("asked_to_confirm", 0, call.link.source.index)
        self._waiting[call] = None
        self._put_off(call)

    def settings_changed(self) -> None:
        """What waited for a person alone may now be due by itself."""
        for call in [call for call, due in self._waiting.items() if due is None]:
            self._put_off(call)

    def look(self) -> None:
        """Confirm what is due, if it is up."""
        endpoint = self._endpoint
        if endpoint.can_answer:
            now = endpoint.kernel.now
            self._confirm([call for call, due in self._waiting.items() if due is not None and due <= now])

    def confirm_all(self) -> int:
        """Somebody confirms all there is; how many subscriptions."""
        calls = list(self._waiting)
        self._confirm(calls)
        return len(calls)

    def _put_off(self, call: Call) -> None:
        after = self._endpoint.settings.confirms_after
        if after is not None:
            kernel = self._endpoint.kernel
            self._waiting[call] = kernel.now + after
            kernel.after(after, self.look)

    def _confirm(self, calls: list[Call]) -> None:
        for call in calls:
            del self._waiting[call]
            assert call.link is not None, f"{self._endpoint.id} is asked to confirm by nobody"
            self._endpoint.record("confirmed", 0, call.link.source.index)
            call.reply(None)
