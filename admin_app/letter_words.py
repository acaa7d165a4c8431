"""Why a letter waits, was withheld or failed, in words: what the gate or the mail server said."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString, gettext, lazy_gettext

from admin_app.contact_words import REASONS
from wmcrm.outreach import NO_MAILBOX, Withheld
from wmcrm.self_service import ANSWERED, INTERRUPTED, NO_ADDRESS

SAID: Mapping[str, LazyString] = {
    NO_MAILBOX: lazy_gettext("there is no such mailbox"),
    NO_ADDRESS: lazy_gettext("the address cannot be written to"),
    ANSWERED: lazy_gettext("the request was answered before"),
    INTERRUPTED: lazy_gettext("the server stopped while it was sent: it may have arrived"),
    "timeout": lazy_gettext("the mail server did not answer in time"),
    "ConnectionRefusedError": lazy_gettext("the mail server cannot be reached"),
    "gaierror": lazy_gettext("the mail server cannot be reached"),
    "SMTPServerDisconnected": lazy_gettext("the mail server broke the connection"),
    "SMTPAuthenticationError": lazy_gettext("the mail server refuses our password"),
    "535": lazy_gettext("the mail server refuses our password"),
    "no SMTPUTF8": lazy_gettext("the mail server takes no such address"),
}


def reason_in_words(why: str | None) -> str:
    """What stands with a letter, in the reader's language; a server's number stays a number."""
    if not why or why == "was there":
        return ""
    if why in set(Withheld):
        return str(REASONS[Withheld(why)])
    if why in SAID:
        return str(SAID[why])
    return str(gettext("the mail server said: %(said)s", said=why))
