"""Numbers, dates and words of the data, as the reader's language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    gettext,
    ngettext,
)

from admin_app.places import country, language
from admin_app.session import db
from admin_app.words import word
from wmcrm.aliases import shown_name
from wmcrm.models import Affiliate

CAP = 10_000
UNITS = {"days": ("day", 1), "months": ("month", 30)}  # a month has 30 days for Babel
NEVER_COARSER = 1_000_000


def install_formats(app: Flask) -> None:
    """Give the templates the filters for numbers, days, stored words and places."""
    app.jinja_env.filters.update(number=number, percent=percent, day=day, moment=moment, word=word, span=span)
    app.jinja_env.filters.update(country=country, language=language, affiliate_name=affiliate_name)
    app.jinja_env.globals["cohort_headings"] = cohort_headings


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
