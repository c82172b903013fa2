"""Builds the Daphne server that `manage.py start` and the browser tests run, with the same limits in both.

Static files need nothing here: WhiteNoise serves them inside the application.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.conf import settings
from twisted.internet import reactor  # after Daphne, which chooses it
from twisted.internet.defer import Deferred

PING_EVERY_SECONDS = 20
PING_ANSWER_SECONDS = 30
REQUEST_SECONDS = 120
CLOSE_SECONDS = 5
FAREWELL_SECONDS = 5

logger = logging.getLogger(__name__)


class WaystationServer(Server):
    """Daphne, which says farewell before it ends, and ends cleanly while a connection has no request under way."""

    farewell: Callable[[], Coroutine[Any, Any, None]] | None = None

    @property
    def port(self) -> int:
        """The port it listens on, known once it is ready (0 was asked for: any free one)."""
        return int(self.listening_addresses[0][1])

    def kill_all_applications(self) -> object:
        """Cancel what runs, after the farewell, which may take a while but not for ever."""
        if self.farewell is None:
            return self._cancel_applications()
        farewell = Deferred.fromFuture(asyncio.ensure_future(asyncio.wait_for(self.farewell(), FAREWELL_SECONDS)))
        return farewell.addErrback(
            lambda failure: logger.error("Not everything was stored: %s", failure.value)
        ).addCallback(lambda _: self._cancel_applications())

    def _cancel_applications(self) -> object:
        """Daphne 4.2 takes for granted that every connection has an application at this moment."""
        for details in self.connections.values():
            if "application_instance" not in details:
                details["application_instance"] = finished = asyncio.get_event_loop().create_future()
                finished.set_result(None)
        return super().kill_all_applications()


def build(
    host: str,
    port: int,
    ready: Callable[[], None],
    signal_handlers: bool = True,
    farewell: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> WaystationServer:
    """The server for our ASGI application; its `run()` blocks, and calls `ready` once it answers and can be stopped.

    `farewell` is awaited when it is told to stop, while sockets are still open.

    Daphne's own sign comes a moment early: it listens by then, but Ctrl-C would still end it in the middle of things.
    """
    server = WaystationServer(
        get_default_application(),
        endpoints=build_endpoint_description_strings(host=host, port=port),
        signal_handlers=signal_handlers,
        ready_callable=lambda: reactor.callWhenRunning(ready),
        http_timeout=REQUEST_SECONDS,
        ping_interval=PING_EVERY_SECONDS,
        ping_timeout=PING_ANSWER_SECONDS,
        application_close_timeout=CLOSE_SECONDS,
        websocket_max_message_size=settings.DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE,
        websocket_max_frame_size=settings.DAPHNE_WEBSOCKET_MAX_FRAME_SIZE,
        server_name="waystation",
        verbosity=0,
    )
    server.farewell = farewell
    return server
