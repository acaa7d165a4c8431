"""What somebody says about a sheet before it is imported."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from sqlmodel import col
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin_app.door import actor
from admin_app.forms.fields import Choice, Day, OfficialList, Text, TimeZone, countries
from admin_app.forms.form import Form
from admin_app.imports.wording import ROWS_MEAN
from admin_app.session import db
from admin_app.words import word
from wmcrm.aliases import name_column
from wmcrm.models import Affiliate, EventType, PrivacyNotice, Purpose

MOST_AFFILIATES = 1000
ENCODINGS = (
    "utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874",
    "gb18030", "big5", "shift_jis", "euc_kr", "koi8-r", "mac_roman",
)  # fmt: skip
DELIMITERS = {",": lazy_gettext("comma"), ";": lazy_gettext("semicolon"), "\t": lazy_gettext("tab"), "|": "|"}


class SheetForm(Form):
    """A file, or cells pasted."""

    sheet = FileField(lazy_gettext("Sheet"), description=lazy_gettext("XLSX, ODS, XLS, XLSB or CSV, up to 20 MB"))
    cells = TextAreaField(
        lazy_gettext("Or paste cells"),
        description=lazy_gettext("Copy them in your spreadsheet program with the row of headers."),
        render_kw={"dir": "auto"},
    )


class EventForm(Form):
    """The event that a sheet is about, where it is recorded already."""

    event = RadioField(lazy_gettext("Event"), validate_choice=False)
    affiliate = OfficialList(lazy_gettext("Held by"), codes=lambda: own_affiliates())


class NewEventForm(Form):
    """An event that is made with the import."""

    title = Text(lazy_gettext("Title"), [InputRequired(), Length(max=300)], render_kw={"dir": "auto"})
    starts_on = Day(lazy_gettext("First day"), [InputRequired()])
    country = OfficialList(lazy_gettext("Country"), codes=countries)
    timezone = TimeZone(lazy_gettext("Time zone"), [InputRequired()], render_kw={"list": "timezone-list", "dir": "ltr"})
    event_type = Choice(lazy_gettext("Type"), kind=EventType)
    holder = OfficialList(lazy_gettext("Affiliate"), codes=lambda: own_affiliates(), validators=[InputRequired()])


class ConsentForm(Form):
    """On which terms the consents that a sheet claims are recorded; without a purpose, none are."""

    purpose = SelectField(lazy_gettext("Purpose"), choices=lambda: purposes(), coerce=lambda value: value or None)
    notice = Text(
        lazy_gettext("Version of the notice that people were shown"),
        [Length(max=60)],
        render_kw={"list": "notices", "autocomplete": "off"},
    )
    collected_on = Day(lazy_gettext("Collected on"))
    collector = Text(lazy_gettext("Collected by"), [Length(max=200)], render_kw={"dir": "auto"})


def own_affiliates() -> list[tuple[str, str]]:
    """The affiliates in whose name the reader may record something, by public id."""
    acting = actor()
    query = sa.select(col(Affiliate.public_id), name_column(db())).where(col(Affiliate.removed_at).is_(None))
    if not acting.sees_all:
        query = query.where(col(Affiliate.id).in_(sorted(acting.affiliate_ids)))
    found = db().execute(query.order_by(name_column(db())).limit(MOST_AFFILIATES))
    return [(public_id, name) for public_id, name in found]


def purposes() -> list[tuple[str, str]]:
    """Attendance only, which is the default, and every purpose by its word."""
    codes = db().scalars(sa.select(col(Purpose.code)).order_by(col(Purpose.code))).all()
    none = str(lazy_gettext("The sheet is not consent. Record attendance only."))
    return [("", none), *((code, word(code)) for code in codes)]


def notice_versions() -> list[str]:
    """The versions of notices that are known."""
    query = sa.select(col(PrivacyNotice.version)).distinct().order_by(col(PrivacyNotice.version).desc())
    return list(db().scalars(query.limit(50)))


def rows_mean_choices() -> list[tuple[str, str]]:
    """What standing in the sheet may mean; the first leaves it to the sheet and the day of the event."""
    asked = [(meaning.value, str(text)) for meaning, text in ROWS_MEAN.items()]
    return [("", str(lazy_gettext("As the sheet and the day of the event say"))), *asked]
