"""`manage.py start`: bring the data directory up to date, then serve, and say where once the server really listens.

manage.py has installed the packages before this runs. Everything here may be repeated: a second start changes nothing.
"""

import secrets
import socket
import sys
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command

from simulator import delivery
from simulator.models import Run

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
EVERYWHERE = "0.0.0.0"  # noqa: S104  # only when asked for
ADMINISTRATOR = "admin"


class Command(BaseCommand):
    help = "Create or update the database, load the built-in scenarios, serve, and print the address."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("addrport", nargs="?", default="", help="port, or address:port (127.0.0.1:8000)")
        parser.add_argument("--lan", action="store_true", help="serve everyone in the local network and show a QR code")

    def handle(self, *args: Any, addrport: str, lan: bool, **options: Any) -> None:
        host, port = address(addrport, EVERYWHERE if lan else DEFAULT_HOST)
        host = EVERYWHERE if lan else host
        refuse_taken_port(host, port)
        shown = lan_address() if host == EVERYWHERE else host
        allow(shown, port)

        Path(settings.DATA_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        call_command("load_scenarios", verbosity=0)
        call_command("clearsessions", verbosity=0)
        Run.forget_untouched()
        self.create_administrator()
        delivery.collect()
        self.serve(host, port, f"http://{shown}:{port}/")

    def create_administrator(self) -> None:
        """The first time, make an administrator with a random password, and show it this once."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return
        password = "-".join(secrets.token_hex(2) for _ in range(5))  # 80 bits, and easily typed
        name = (
            ADMINISTRATOR
            if not users.filter(username=ADMINISTRATOR).exists()
            else f"{ADMINISTRATOR}-{secrets.token_hex(2)}"
        )
        users.create_superuser(username=name, password=password)
        self.stdout.write(
            f"Administrator for /admin/: {self.style.WARNING(name)}, password {self.style.WARNING(password)}\n"
            f"It is shown only now; `manage.py changepassword {name}` sets another one."
        )

    def serve(self, host: str, port: int, url: str) -> None:
        from simulator import server  # loads the whole site, with the hosts allowed above
        from simulator.live.hub import hub

        def announce() -> None:
            if host == EVERYWHERE:
                self.show_qr_code(url)
            self.stdout.write(self.style.SUCCESS(f"Waystation is ready: {url}") + "   (stop with Ctrl-C)")
            self.stdout.flush()

        waystation = server.build(host, port, announce, farewell=hub.close)
        waystation.run()
        if not waystation.listening_addresses:
            raise CommandError(f"The server could not listen on {host}:{port}.")
        self.stdout.write("Waystation has stopped.")

    def show_qr_code(self, url: str) -> None:
        """For phones and laptops in the room. A terminal that has no block characters gets the address alone."""
        try:
            "█▀▄".encode(sys.stdout.encoding or "ascii")
        except UnicodeEncodeError:
            return
        segno.make(url, micro=False).terminal(out=sys.stdout, compact=True)


def address(text: str, default_host: str) -> tuple[str, int]:
    """Host and port of `8001`, `0.0.0.0:8001` or nothing at all."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or default_host
    if not text:
        return default_host, DEFAULT_PORT
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise CommandError(f"{text!r} is not an address to serve at. Give a port from 1 to 65535, or address:port.")
    return host, int(port)


def refuse_taken_port(host: str, port: int) -> None:
    """Say that somebody else listens there before anything is changed, and not in a traceback afterwards."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        if sys.platform != "win32":  # there the option would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CommandError(
                f"Cannot serve at {host}:{port}: {problem.strerror}. "
                f"Stop what uses that port, or choose another one: manage.py start {port + 1 if port < 65535 else 8000}"
            ) from problem


def lan_address() -> str:
    """This machine's address in the local network: the one it would send from. No packet leaves.

    192.0.2.0/24 is reserved for documentation (RFC 5737), so it is routed like any address elsewhere.
    """
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:  # no network at all
            return DEFAULT_HOST


def allow(host: str, port: int) -> None:
    """Answer to the address that is printed: Django and the sockets refuse names they were not told of."""
    if host not in settings.ALLOWED_HOSTS:
        settings.ALLOWED_HOSTS.append(host)
        settings.CSRF_TRUSTED_ORIGINS.append(f"http://{host}:{port}")
