"""The link of an invitation by mail, where a mail server is configured."""

from __future__ import annotations

from secrets import token_hex

from flask_babel import get_locale, gettext

from admin_app.signin.ways import ways
from wmcrm.errors import BadInputError
from wmcrm.mail import Draft, Outcome, compose, open_delivery
from wmcrm.models import Account, now_utc


def can_send() -> bool:
    """Whether this installation has a mail server."""
    return ways().mail is not None


def check_address(to: str) -> None:
    """Raise BadInputError for what cannot be sent to, before anything is stored."""
    compose(_draft("", to, "-"), sender="wmcrm@localhost", now=now_utc())


def send_welcome(account: Account, to: str, address: str) -> bool:
    """Hand a welcome link over; False when it did not surely leave, so that the page has to show it."""
    settings = ways().mail
    if settings is None or not to:
        return False
    try:
        message = compose(_draft(account.name, to, address), sender=settings.mail_from, now=now_utc())
        with open_delivery(settings) as delivery:
            return delivery.hand_over(message).outcome is Outcome.SENT
    except BadInputError:
        return False


def _draft(name: str, to: str, address: str) -> Draft:
    return Draft(
        key=f"welcome-{token_hex(8)}",
        to=to,
        subject=gettext("Your account in wmcrm"),
        text=gettext(
            "You were invited. Your account is called %(name)s. Choose its password here, within seven days; the link "
            "works once:",
            name=name,
        )
        + f"\n\n{address}\n",
        language=str(get_locale() or "en").partition("_")[0],
    )
