"""Numbers, dates and words of the data, as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    gettext,
    lazy_gettext,
    ngettext,
)
from jinja2 import pass_context
from jinja2.runtime import Context

from admin_app.places import country, language
from admin_app.session import db
from admin_app.words import word
from wmcrm.aliases import shown_name
from wmcrm.importer.files import UNRECORDED
from wmcrm.models import Affiliate

CAP = 10_000
UNITS = {"days": ("day", 1), "months": ("month", 30)}  # a month has 30 days for Babel
NEVER_COARSER = 1_000_000
WITHOUT_ACCOUNT = {
    "operator": lazy_gettext("operator of the server"),
    "postman": lazy_gettext("wmcrm by itself"),
    "self-service": lazy_gettext("the person themselves"),
}


def install_formats(app: Flask) -> None:
    """Give the templates the filters for numbers, days, stored words and places."""
    by_language = (number, percent, day, moment, word, span, notice, country, language, actor_name, affiliate_name)
    app.jinja_env.filters.update({made.__name__: at_each_reading(made) for made in by_language})
    app.jinja_env.globals["cohort_headings"] = cohort_headings


def at_each_reading(made: Callable[..., str]) -> Callable[..., str]:
    """The same filter, worked out whenever a page is made.

    Jinja works a filter of a constant out once, in the language of whoever opens the page first.
    """

    @pass_context
    def later(_: Context, *values: object) -> str:
        return made(*values)

    return later


def number(value: float) -> str:
    """A number with the separators of the language."""
    return str(format_decimal(value))


def percent(share: float) -> str:
    """A share between 0 and 1 as whole per cent."""
    return str(format_percent(share, format="#,##0%"))


def span(said: str) -> str:
    """A length of time that the library gives as text, such as ``180 days``; other text as it is."""
    count, _, unit = said.partition(" ")
    if not count.isdecimal() or unit not in UNITS:
        return said
    step, days = UNITS[unit]
    return str(format_timedelta(timedelta(days=int(count) * days), granularity=step, threshold=NEVER_COARSER))


def today() -> date:
    """The day by which screens count: UTC, so that a report does not depend on who reads it."""
    return datetime.now(UTC).date()


def day(value: date | None) -> str:
    """A day in words; nothing for no day."""
    return str(format_date(value, format="d MMM y")) if value else ""


def moment(value: datetime | None) -> str:
    """A moment in the reader's time zone; nothing for none."""
    return str(format_datetime(value, format="d MMM y, HH:mm")) if value else ""


def notice(version: str) -> str:
    """A notice by its version; that none was named, where a file of consents named none."""
    return str(
        gettext("notice not recorded") if version == UNRECORDED else gettext("notice %(version)s", version=version)
    )


def actor_name(name: str) -> str:
    """Who did something: an account by its name, what acts without an account in words."""
    return str(WITHOUT_ACCOUNT.get(name, name))


def affiliate_name(affiliate: Affiliate) -> str:
    """What an affiliate is called before the reader: the alias, where the real name is not for them."""
    return shown_name(db(), affiliate)


def counted(found: int, cap: int = CAP) -> str:
    """How many there are, exact up to the cap, "10,000+" above it."""
    if found > cap:
        return str(gettext("%(many)s+ in all", many=number(cap)))
    return str(ngettext("%(shown)s in all", "%(shown)s in all", found, shown=number(found)))


def cohort_headings(label: str, headings: list[str]) -> list[dict[str, object]]:
    """The headings of a cohort grid's table."""
    return [{"text": label}, {"text": gettext("People"), "number": True}] + [
        {"text": heading, "number": True} for heading in headings
    ]
