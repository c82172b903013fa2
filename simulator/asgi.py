"""The ASGI application: HTTP goes to Django, a WebSocket to the consumer its address names.

A socket is accepted only from a page of one of ALLOWED_HOSTS, because browsers send cookies along with any site's
sockets. Source: Channels, "WebSockets: security".
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "simulator.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()  # before the imports below: they need the models loaded

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from simulator.live.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
