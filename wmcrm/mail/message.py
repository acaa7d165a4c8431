"""A message for one person: plain text and HTML, headers that nothing typed can break out of."""

from __future__ import annotations

import datetime as dt
import html
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from wmcrm.errors import BadInputError

NO_ADDRESS = "This is no address that a message can be sent to."
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
FORBIDDEN = frozenset('\t ,;:<>()[]"\\')  # quoted local parts are legal, rare, and the way of most injections


class _Whole(UnstructuredHeader, BaseHeader):
    """A header on one line: an address that is folded is encoded, and no mail program reads it any more."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", _Whole)
WRITTEN = SMTP.clone(header_factory=HEADERS)
PAGE = (
    '<!doctype html>\n<html lang="{language}" dir="{direction}">\n'
    '<head><meta charset="utf-8"><title>{title}</title></head>\n'
    '<body dir="{direction}">\n{body}\n</body>\n</html>\n'
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message says, to whom, in which language.

    ``key`` names the message for ever: a mail server that is given it twice can tell. ``unsubscribe`` is the
    https address of one-click withdrawal (RFC 8058), needed on whatever is sent under a purpose.
    """

    key: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    language: str
    unsubscribe: str | None = field(default=None, repr=False)


def compose(draft: Draft, *, sender: str, now: dt.datetime) -> EmailMessage:
    """The message with all its headers; raises BadInputError for an address or subject that breaks a header."""
    from_ = _address(sender)
    message = EmailMessage(policy=WRITTEN)
    message["From"] = from_
    message["To"] = _address(draft.to)
    message["Subject"] = _one_line(draft.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{draft.key}@{from_.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if draft.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{_one_line(draft.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(draft.text, cte="quoted-printable")
    message.add_alternative(_as_html(draft), subtype="html", cte="quoted-printable")
    message["Content-Language"] = _one_line(draft.language)  # last: setting the content drops it
    return message


def _address(text: str) -> Address:
    """One address; a name, a list, a line break or no ``@`` is refused, and never repeated in the refusal."""
    local, at, domain = _one_line(text).rpartition("@")
    if not at or not local or not domain or FORBIDDEN.intersection(text) or "@" in local:
        raise BadInputError(NO_ADDRESS)
    try:
        return Address(username=local, domain=domain.encode("idna").decode("ascii"))
    except (HeaderParseError, ValueError) as error:
        raise BadInputError(NO_ADDRESS) from error


def _one_line(text: str) -> str:
    if not text or any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise BadInputError("An address or subject of a message may not have line breaks.")
    return text


def _as_html(draft: Draft) -> str:
    """The same text as HTML: paragraphs as they are, addresses as links, nothing loaded from elsewhere."""
    direction = "rtl" if draft.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    paragraphs = (block.strip() for block in draft.text.split("\n\n"))
    body = "\n".join(f"<p>{_linked(block)}</p>" for block in paragraphs if block)
    title = html.escape(draft.subject)
    return PAGE.format(language=html.escape(draft.language), direction=direction, title=title, body=body)


def _linked(block: str) -> str:
    lines = (html.escape(line) for line in block.split("\n"))
    return "<br>\n".join(
        f'<a dir="ltr" href="{line}">{line}</a>' if line.startswith(("https://", "http://")) else line for line in lines
    )
