"""What people fill in about themselves."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext
from wtforms.validators import DataRequired, Length

from admin_app.forms.fields import Choice, Text
from admin_app.forms.form import Form
from wmcrm.models import ContactKind, LanguageUse


class AskForm(Form):
    """Who asks for their data."""

    who = Text(
        lazy_gettext("Your e-mail address or wiki username"),
        [DataRequired(), Length(max=400)],
        render_kw={"dir": "auto", "autocomplete": "email"},
    )


class SelfForm(Form):
    """Something that people add to their own record or correct there; the library judges it."""

    ASKS: ClassVar[str]


class NameForm(SelfForm):
    """The name somebody goes by."""

    ASKS = "name"

    name = Text(lazy_gettext("The name you go by"), [DataRequired(), Length(max=300)], render_kw={"dir": "auto"})


class OwnLanguageForm(SelfForm):
    """A language somebody knows."""

    ASKS = "language"

    language = Text(
        lazy_gettext("Language"),
        [DataRequired(), Length(max=100)],
        description=lazy_gettext("Its name or its code: Hausa, fr, العربية."),
        render_kw={"dir": "auto"},
    )
    use = Choice(lazy_gettext("Use"), kind=LanguageUse, validators=[DataRequired()])


class OwnContactForm(SelfForm):
    """A way to reach somebody."""

    ASKS = "value"

    kind = Choice(lazy_gettext("Kind"), kind=ContactKind, validators=[DataRequired()])
    value = Text(
        lazy_gettext("Address or number"),
        [DataRequired(), Length(max=400)],
        render_kw={"dir": "auto", "autocomplete": "off"},
    )
