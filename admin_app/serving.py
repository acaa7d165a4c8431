"""The embedded server, and what it says when it starts."""

from __future__ import annotations

import signal
import socket
import threading
from types import FrameType
from typing import Protocol
from urllib.parse import urlsplit

import click
import waitress
from flask import Flask

from admin_app.crash_log import write_log
from admin_app.mail_rounds import mail_rounds
from wmcrm.errors import BadInputError
from wmcrm.settings import Settings, is_this_machine

THREADS = 8


class Server(Protocol):
    """A server that runs until it is closed."""

    def run(self) -> None: ...

    def close(self) -> None: ...


def what_is_open(settings: Settings, host: str) -> str | None:
    """What to say where others reach a server whose settings are those of a single machine; None where all fits."""
    if is_this_machine(host) or not is_this_machine(urlsplit(settings.base_url).hostname or ""):
        return None
    factor = (
        "is not required of them, as WMCRM_SECOND_FACTOR=offered says"
        if settings.second_factor == "offered"
        else "is required of stewards and administrators"
    )
    return (
        f"Others reach this server, but WMCRM_BASE_URL is {settings.base_url}: set it to the https address that people "
        f"use, or links and passkeys fail and passwords travel in the clear. A second factor {factor}."
    )


def serve_app(app: Flask, host: str, port: int, *, name: str = "", password: str = "") -> None:
    """Serve until interrupted; prints the address and, for a demonstration, the sign-in.

    Port 0 takes any free one. Raises BadInputError when the address cannot be had.
    """
    write_log()
    server, taken = open_server(app, host, port)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    try:
        with mail_rounds(app):
            shown = f"[{host}]" if ":" in host else host
            click.echo(f"The admin is at http://{shown}:{taken}/ (stop it with Ctrl+C)", err=True)
            if name:
                click.echo(f"Sign in as {name} with the password {password}", err=True)
            server.run()
    finally:
        server.close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    """End as after Ctrl+C: what is being answered or sent is finished."""
    raise KeyboardInterrupt


def open_server(app: Flask, host: str, port: int) -> tuple[Server, int]:
    """The embedded server, listening but not yet running, and the port it took."""
    listening = _listen(host, port)
    # What proxies say of the reader is believed by the application only where there is one (behind https).
    told = {"clear_untrusted_proxy_headers": False}
    server = waitress.create_server(app, sockets=[listening], threads=THREADS, ident="", **told)
    return server, listening.getsockname()[1]


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        raise BadInputError(
            "Nothing can listen on {host} port {port}: {why}. Choose another with --port.",
            host=host,
            port=port,
            why=error.strerror or "not possible",
        ) from error
    return listening
