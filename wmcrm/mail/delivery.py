"""Handing a message over: to the server of WMCRM_SMTP_URL, or without one to a folder of ``.eml`` files.

Each step says how far it came: what was surely not taken may be tried again, what was perhaps taken may not.
Nothing here repeats what a server says, for servers quote addresses.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from wmcrm.errors import SettingsError
from wmcrm.settings import Settings

TIMEOUT = 20.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TAKEN = 250
READY = 354
PERMANENT = 500
NO_MAILBOX_CODES = frozenset({550, 551, 553})  # RFC 5321: not found, not local, name not allowed
MAILBOX_DISABLED = b"5.2.1"
MAIL_FOLDER = "mail"


class Outcome(StrEnum):
    """What came of handing a message over; later = surely not taken, unsure = perhaps taken.

    no_mailbox = refused for good because there is no such mailbox: nothing else will arrive there either.
    """

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    NO_MAILBOX = "no_mailbox"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Handed:
    """An outcome and why, in a word or a server's number; never an address."""

    outcome: Outcome
    why: str = ""


class Delivery(Protocol):
    """A way for messages to leave."""

    def hand_over(self, message: EmailMessage) -> Handed:
        """Hand one message over."""


@contextmanager
def open_delivery(settings: Settings) -> Iterator[Delivery]:
    """The way of this installation; a connection is made with the first message and closed at the end.

    Raises SettingsError for an address of a mail server that cannot be used.
    """
    if not settings.smtp_url:
        yield FolderDelivery(settings.data_path / MAIL_FOLDER)
        return
    delivery = ServerDelivery(_server(settings.smtp_url))
    try:
        yield delivery
    finally:
        delivery.close()


class FolderDelivery:
    """Writes messages as private files, for development."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand_over(self, message: EmailMessage) -> Handed:
        """Write one message; one of the same key that lies there already is not written again."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(self.folder / f"{name}.eml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return Handed(Outcome.SENT, "was there")
        except OSError as error:
            return Handed(Outcome.LATER, type(error).__name__)
        with os.fdopen(handle, "wb") as opened:
            opened.write(message.as_bytes())
        return Handed(Outcome.SENT)


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect and how; without a password in its repr."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Server({self.scheme}, {self.host}, {self.port})"


class ServerDelivery:
    """Speaks SMTP with one server, over one connection while it lasts."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection: smtplib.SMTP | None = None

    def hand_over(self, message: EmailMessage) -> Handed:
        """Hand one message over; a broken connection is made anew for the next."""
        try:
            connection = self.connection or _connect(self.server)
        except (OSError, smtplib.SMTPException) as error:
            return Handed(Outcome.LATER, _said(error))
        self.connection = connection
        told = _submit(connection, message)
        if told.outcome is not Outcome.SENT:
            self.close()
        return told

    def close(self) -> None:
        """End the connection, if there is one."""
        if self.connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.connection.quit()
            self.connection.close()
            self.connection = None


def _submit(connection: smtplib.SMTP, message: EmailMessage) -> Handed:
    sender, recipient = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
    options = [] if recipient.isascii() else ["SMTPUTF8"]
    if options and not connection.has_extn("smtputf8"):
        return Handed(Outcome.REFUSED, "no SMTPUTF8")
    content = message.as_bytes(policy=SMTPUTF8 if options else None)
    try:
        code, said = connection.mail(sender, options)
        if code == TAKEN:
            code, said = connection.rcpt(recipient)
            if code in NO_MAILBOX_CODES and _is_about_the_mailbox(said):
                return Handed(Outcome.NO_MAILBOX, str(code))
        if code in {TAKEN, TAKEN + 1}:
            code, said = connection.docmd("data")
    except (OSError, smtplib.SMTPException) as error:
        return Handed(Outcome.LATER, _said(error))
    return _hand_content(connection, content) if code == READY else _refused(code)


def _is_about_the_mailbox(said: bytes) -> bool:
    """Whether a refusal of a recipient blames the mailbox (RFC 3463), not a rule or a trouble of the server."""
    enhanced = re.match(rb"5\.(\d{1,3})\.(\d{1,3})\b", said)
    return enhanced is None or enhanced[1] == b"1" or enhanced[0] == MAILBOX_DISABLED


def _hand_content(connection: smtplib.SMTP, content: bytes) -> Handed:
    """From the first byte on, a broken connection leaves it open whether the server has the message."""
    stuffed = re.sub(rb"(?m)^\.", b"..", content)
    try:
        connection.send(stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n")
        connection.send(b".\r\n")
        code, _ = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Handed(Outcome.UNSURE, _said(error))
    return Handed(Outcome.SENT) if code == TAKEN else _refused(code)


def _connect(server: Server) -> smtplib.SMTP:
    made: smtplib.SMTP
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        made = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    else:
        made = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    try:
        made.ehlo_or_helo_if_needed()
        if server.scheme == "smtp+starttls":
            made.starttls(context=ssl.create_default_context())
            made.ehlo()
        if server.user:
            made.login(server.user, server.password)
    except (OSError, smtplib.SMTPException):
        made.close()
        raise
    return made


def _refused(code: int) -> Handed:
    return Handed(Outcome.REFUSED if code >= PERMANENT else Outcome.LATER, str(code))


def _said(error: OSError | smtplib.SMTPException) -> str:
    """A server's number, or the kind of the failure: its text may quote addresses."""
    code = getattr(error, "smtp_code", None)
    if isinstance(code, int) and code > 0:
        return str(code)
    # smtplib turns a time-out into a disconnection
    is_timeout = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return "timeout" if is_timeout else type(error).__name__


def _server(url: str) -> Server:
    """The server an address names; the address itself, which holds a password, is never repeated."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise SettingsError(_WRONG) from error
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(_WRONG)
    if parts.username and parts.scheme == "smtp" and not _is_here(parts):
        raise SettingsError("WMCRM_SMTP_URL would send a password in the clear; use smtps:// or smtp+starttls://.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.scheme, parts.hostname, port, user, password)


def _is_here(parts: SplitResult) -> bool:
    return parts.hostname in LOOPBACK


_WRONG = (
    "WMCRM_SMTP_URL cannot be read; write smtps://USER:PASSWORD@HOST, smtp+starttls://USER:PASSWORD@HOST:587 or, "
    "for a server on this machine, smtp://localhost. Special characters of the password are written as %40 and so on."
)
