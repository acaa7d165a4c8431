"""What staff fill in about a person, and about a person at an affiliate or an event."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from admin_app.forms.fields import Choice, Day, OfficialList, Text, countries, not_before, regions
from admin_app.forms.references import AffiliateReference, EventReference
from wmcrm.models import Attendance, Capacity, EntryRoute, EventRole, Position, Registration


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Who somebody is; names in other scripts, accounts and addresses are facts of their own."""

    display_name = Text(
        lazy_gettext("Name"),
        [InputRequired(), Length(max=300)],
        description=lazy_gettext("As the person wants to be called; a username alone is enough."),
        render_kw={"dir": "auto"},
    )
    residence_country = OfficialList(lazy_gettext("Country of residence"), codes=countries)
    residence_city = Text(lazy_gettext("City"), [Length(max=200)], render_kw={"dir": "auto"})
    community_region = OfficialList(
        lazy_gettext("Region of the community"),
        codes=regions,
        description=lazy_gettext("Where the person is active, which may be another place than where they live."),
    )
    entry_route = Choice(lazy_gettext("Came to the movement by"), kind=EntryRoute)
    since_year = IntegerField(lazy_gettext("In the movement since (year)"), [Optional(), NumberRange(2001, 2100)])
    pronouns = Text(lazy_gettext("Pronouns"), [Length(max=60)])
    stepped_back_on = Day(
        lazy_gettext("Stepped back on"),
        description=lazy_gettext("From this day nobody asks the person to organize; no reason is stored."),
    )
    last_verified_on = Day(lazy_gettext("Last verified on"))


class MembershipForm(FlaskForm):  # type: ignore[misc]
    """A position that a person holds at an affiliate, from a day to a day."""

    affiliate_id = AffiliateReference(lazy_gettext("Affiliate"))
    position = Choice(lazy_gettext("Position"), kind=Position)
    title = Text(lazy_gettext("Title"), [Length(max=200)], render_kw={"dir": "auto"})
    since = Day(lazy_gettext("Since"))
    until = Day(
        lazy_gettext("Until"),
        [not_before("since")],
        description=lazy_gettext("The first day on which the position is no longer held; empty while it is."),
    )
    is_public = BooleanField(lazy_gettext("The person agreed that this position is public"))
    verified_on = Day(lazy_gettext("Last verified on"))


class ParticipationForm(FlaskForm):  # type: ignore[misc]
    """What a person was at an event; registration, attendance and contribution are three things."""

    event_id = EventReference(lazy_gettext("Event"))
    event_role = Choice(lazy_gettext("Role"), kind=EventRole)
    registration = Choice(lazy_gettext("Registration"), kind=Registration)
    attended = Choice(lazy_gettext("Attended"), kind=Attendance)
    contributed = BooleanField(lazy_gettext("Contributed"))
    capacity = Choice(lazy_gettext("Capacity"), kind=Capacity)
    registered_on = Day(lazy_gettext("Registered on"))
