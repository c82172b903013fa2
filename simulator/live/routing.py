"""The addresses of sockets."""

from django.urls import path

from simulator.live.consumers import Viewer

websocket_urlpatterns = [path("ws/runs/<str:key>/", Viewer.as_asgi())]
