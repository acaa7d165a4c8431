"""What people fill in about themselves."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, Length

from admin_app.forms.fields import Choice, Text
from wmcrm.models import ContactKind, LanguageUse


class AskForm(FlaskForm):  # type: ignore[misc]
    """Who asks for their data."""

    who = Text(
        lazy_gettext("Your e-mail address or wiki username"),
        [DataRequired(), Length(max=400)],
        render_kw={"dir": "auto", "autocomplete": "email"},
    )


class NameForm(FlaskForm):  # type: ignore[misc]
    """The name somebody goes by."""

    name = Text(lazy_gettext("The name you go by"), [DataRequired(), Length(max=300)], render_kw={"dir": "auto"})


class OwnLanguageForm(FlaskForm):  # type: ignore[misc]
    """A language somebody knows."""

    language = Text(
        lazy_gettext("Language"),
        [DataRequired(), Length(max=100)],
        description=lazy_gettext("Its name or its code: Hausa, fr, العربية."),
        render_kw={"dir": "auto"},
    )
    use = Choice(lazy_gettext("Use"), kind=LanguageUse, validators=[DataRequired()])


class OwnContactForm(FlaskForm):  # type: ignore[misc]
    """A way to reach somebody."""

    kind = Choice(lazy_gettext("Kind"), kind=ContactKind, validators=[DataRequired()])
    value = Text(
        lazy_gettext("Address or number"),
        [DataRequired(), Length(max=400)],
        render_kw={"dir": "auto", "autocomplete": "off"},
    )
