"""What staff fill in about a decision of a person, and about the wording of a notice."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlmodel import col
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length

from admin_app.forms.fields import Choice, Day, OneLanguage, Paragraphs, Text
from admin_app.forms.form import Form
from admin_app.session import db
from admin_app.words import word
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, LawfulBasis, PrivacyNotice, Purpose

DECISIONS = (ConsentDecision.GIVEN, ConsentDecision.REFUSED, ConsentDecision.OBJECTED)


def purposes() -> list[tuple[str, str]]:
    """Every purpose of the register by its word."""
    return [(code, word(code)) for code in db().scalars(sa.select(col(Purpose.code)).order_by(col(Purpose.id)))]


class NoticeVersion(Text):
    """The version of a notice, typed with the known ones as suggestions."""

    def suggestions(self) -> list[str]:
        """What the browser offers while one types."""
        query = sa.select(col(PrivacyNotice.version)).distinct().order_by(col(PrivacyNotice.version).desc())
        return list(db().scalars(query.limit(50)))


class DecisionForm(Form):
    """What a person decided about one purpose and channel, on which day, on which notice, and how we know."""

    decision = SelectField(
        lazy_gettext("What the person said"),
        [InputRequired()],
        choices=lambda: [(one.value, word(one)) for one in DECISIONS],
    )
    purpose = SelectField(lazy_gettext("Purpose"), [InputRequired()], choices=lambda: purposes())
    channel = Choice(lazy_gettext("By"), [InputRequired()], kind=Channel)
    notice = NoticeVersion(
        lazy_gettext("Version of the notice that the person was shown"),
        [Length(max=60)],
        render_kw={"list": "notice-list", "autocomplete": "off"},
    )
    method = Choice(lazy_gettext("How it reached us"), [InputRequired()], kind=ConsentMethod, but=ConsentMethod.IMPORT)
    on = Day(lazy_gettext("Decided on"), [InputRequired()])
    evidence = Text(
        lazy_gettext("Where the proof is kept"), [Length(max=1000)], render_kw={"dir": "auto", "autocomplete": "off"}
    )
    basis = Choice(
        lazy_gettext("Ground"),
        [InputRequired()],
        kind=LawfulBasis,
        description=lazy_gettext("Another ground than consent only where the register of purposes names it."),
    )


class NoticeForm(Form):
    """The wording of a version of a notice in one language; once people have seen it, it is never changed."""

    version = NoticeVersion(
        lazy_gettext("Version"), [DataRequired(), Length(max=60)], render_kw={"list": "version-list", "dir": "ltr"}
    )
    language = OneLanguage(lazy_gettext("Language"), [DataRequired(), Length(max=35)])
    purposes = SelectMultipleField(
        lazy_gettext("For which purposes"), [InputRequired()], choices=lambda: purposes(), render_kw={"size": "6"}
    )
    wording = Paragraphs(
        lazy_gettext("Wording, as people read it"),
        [DataRequired(), Length(max=50_000)],
        render_kw={"dir": "auto", "rows": "12"},
    )
