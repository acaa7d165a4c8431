"""What staff fill in about an event."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import URL, InputRequired, Length, Optional

from admin_app.forms.fields import Choice, Day, Languages, OfficialList, Text, TimeZone, countries, not_before
from admin_app.forms.form import Form
from wmcrm.models import EventFormat, EventStatus, EventType


class EventForm(Form):
    """What happened, when and where; the days are those of the place."""

    title = Text(lazy_gettext("Title"), [InputRequired(), Length(max=300)], render_kw={"dir": "auto"})
    event_type = Choice(lazy_gettext("Type"), kind=EventType)
    second_type = Choice(lazy_gettext("Second type"), kind=EventType, optional=True)
    event_format = Choice(lazy_gettext("Format"), kind=EventFormat)
    status = Choice(lazy_gettext("Status"), kind=EventStatus)
    starts_on = Day(lazy_gettext("First day"), [InputRequired()])
    ends_on = Day(lazy_gettext("Last day"), [not_before("starts_on")])
    timezone = TimeZone(
        lazy_gettext("Time zone"),
        [InputRequired()],
        render_kw={"list": "timezone-list", "dir": "ltr"},
    )
    country = OfficialList(lazy_gettext("Country"), codes=countries)
    city = Text(lazy_gettext("City"), [Length(max=200)], render_kw={"dir": "auto"})
    venue = Text(lazy_gettext("Venue"), [Length(max=300)], render_kw={"dir": "auto"})
    languages = Languages(lazy_gettext("Languages"), description=lazy_gettext("For example: French, Hausa"))
    url = Text(lazy_gettext("Address of its page"), [Optional(), URL(), Length(max=400)], render_kw={"dir": "ltr"})
    tracks_attendance = BooleanField(
        lazy_gettext("Attendance is recorded"),
        description=lazy_gettext("If not, a registration counts as presumed attendance."),
    )
