"""A mail server for tests: speaks SMTP on a free port of this machine, keeps what it takes, fails on demand."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """What came in, and what the server does instead of taking it."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # command -> answer instead of "250 ok"
    vanish_after: str = ""  # the command after which the connection breaks ("content": after the message came)
    context: ssl.SSLContext | None = None
    wrapped: bool = False  # TLS from the first byte

    @property
    def url(self) -> str:
        return f"smtp://localhost:{self.port}"


@contextmanager
def mail_server(**how: object) -> Iterator[MailServer]:
    """A running server, stopped at the end."""
    server = MailServer(**how)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        thread = threading.Thread(target=_accept, args=(server, listening), daemon=True)
        thread.start()
        yield server
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def _accept(server: MailServer, listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with suppress(OSError), connection:
            _Talk(server, connection).run()


class _Talk:
    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        if server.wrapped and server.context:
            self.connection = server.context.wrap_socket(connection, server_side=True)
        self.file = self.connection.makefile("rb")

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r\n")

    def run(self) -> None:
        try:
            self.say("220 test")
            while line := self.file.readline():
                command = line.decode().strip().split(" ")[0].lower()
                if command == "quit":
                    self.say("221 bye")
                    return
                if command == self.server.vanish_after:
                    return
                if not self.answer(command, line.decode().strip()):
                    return
        finally:
            self.file.close()
            with suppress(OSError):
                self.connection.close()

    def answer(self, command: str, line: str) -> bool:
        if command in self.server.answers:
            self.say(self.server.answers[command])
        elif command == "ehlo":
            offers = ["250-test", "250-SMTPUTF8", "250-8BITMIME"]
            if self.server.context and not self.server.wrapped:
                offers.append("250-STARTTLS")
            self.say("\r\n".join([*offers, "250 AUTH PLAIN"]))
        elif command == "starttls":
            self.say("220 go")
            assert self.server.context is not None
            self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
            self.file = self.connection.makefile("rb")
        elif command == "auth":
            self.server.signed_in.append(line)
            self.say("235 in")
        elif command == "rcpt":
            self.server.recipients.append(line)
            self.say("250 ok")
        elif command == "data":
            return self.take()
        else:
            self.say("250 ok")
        return True

    def take(self) -> bool:
        self.say("354 go on")
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        message = message_from_bytes(b"".join(lines), policy=default)
        assert isinstance(message, EmailMessage)
        self.server.taken.append(message)
        if self.server.vanish_after == "content":
            return False
        self.say(self.server.answers.get("content", "250 taken"))
        return True
