"""What staff fill in when they ask somebody through the affiliate that holds the record."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import SelectField
from wtforms.validators import DataRequired, InputRequired, Length

from admin_app.forms.consent import purposes
from admin_app.forms.fields import Paragraphs, Text
from admin_app.forms.form import Form
from wmcrm.passing_on import LONGEST_MESSAGE, LONGEST_REASON


class AskThroughForm(Form):
    """For which purpose, why, and what the person should hear."""

    purpose = SelectField(lazy_gettext("Purpose"), [InputRequired()], choices=lambda: purposes())
    reason = Text(
        lazy_gettext("Why you ask"),
        [DataRequired(), Length(max=LONGEST_REASON)],
        description=lazy_gettext("One line for the affiliate; it is logged with your name."),
        render_kw={"dir": "auto", "maxlength": LONGEST_REASON},
    )
    message = Paragraphs(
        lazy_gettext("What the person should hear"),
        [DataRequired(), Length(max=LONGEST_MESSAGE)],
        description=lazy_gettext("Say how you can be answered: the affiliate gives you no address."),
        render_kw={"dir": "auto", "rows": "6", "maxlength": LONGEST_MESSAGE},
    )
