"""What staff fill in about a person, and about a person at an affiliate or an event."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, IntegerField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from admin_app.forms.fields import (
    Choice,
    Day,
    OfficialList,
    OneLanguage,
    Text,
    Username,
    countries,
    not_before,
    regions,
)
from admin_app.forms.form import Form
from admin_app.forms.references import AffiliateReference, EventReference
from wmcrm.models import (
    Attendance,
    Capacity,
    ContactKind,
    EntryRoute,
    EventRole,
    LanguageLevel,
    LanguageUse,
    NameKind,
    Person,
    PersonName,
    Position,
    Registration,
)
from wmcrm.normalize import script_of
from wmcrm.people import read_contact


class PersonForm(Form):
    """Who somebody is; names in other scripts, accounts and addresses are facts of their own."""

    display_name = Text(
        lazy_gettext("Name"),
        [DataRequired(), Length(max=300)],
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


class NewPersonForm(PersonForm):
    """Somebody who is typed in, with an account, an address and a number if there are: they tell people apart."""

    _fields: dict[str, Field]
    username = Username(lazy_gettext("Username"), [Length(max=255)], render_kw={"dir": "auto", "autocomplete": "off"})
    email = Text(lazy_gettext("E-mail address"), [Length(max=300)], render_kw={"dir": "ltr", "autocomplete": "off"})
    phone = Text(
        lazy_gettext("Phone number"),
        [Length(max=60)],
        description=lazy_gettext("A number without a country code is read in the person's country."),
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )

    def __init__(self, *args: object, **values: object) -> None:
        """The form, with what tells people apart first: there the warning stands that somebody is here already."""
        super().__init__(*args, **values)
        names = dict.fromkeys(("display_name", "username", "email", "phone", *self._fields))
        self._fields = {name: self._fields[name] for name in names}

    def contacts(self) -> list[tuple[ContactKind, str]]:
        """The address and the number that were typed in."""
        typed = ((ContactKind.EMAIL, self.email.data), (ContactKind.PHONE, self.phone.data))
        return [(kind, text) for kind, text in typed if text]

    def validate_email(self, field: Text) -> None:
        """Refuse text that is no address, or several."""
        self._refuse_unreadable(ContactKind.EMAIL, field)

    def validate_phone(self, field: Text) -> None:
        """Refuse text that is no number, or several."""
        self._refuse_unreadable(ContactKind.PHONE, field)

    def populate_obj(self, obj: Person) -> None:
        """Write the person's own fields; the account, the address and the number are facts of their own."""
        for name, field in self._fields.items():
            if name not in {"username", "email", "phone"}:
                field.populate_obj(obj, name)

    def _refuse_unreadable(self, kind: ContactKind, field: Text) -> None:
        if field.data and len(read_contact(kind, field.data, country=self.residence_country.data or None).values) != 1:
            raise ValidationError(gettext("Type one complete address or number of this kind."))


class MembershipForm(Form):
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


class ParticipationForm(Form):
    """What a person was at an event; registration, attendance and contribution are three things."""

    event_id = EventReference(lazy_gettext("Event"))
    event_role = Choice(lazy_gettext("Role"), kind=EventRole)
    registration = Choice(lazy_gettext("Registration"), kind=Registration)
    attended = Choice(lazy_gettext("Attended"), kind=Attendance)
    contributed = BooleanField(lazy_gettext("Contributed"))
    capacity = Choice(lazy_gettext("Capacity"), kind=Capacity)
    registered_on = Day(lazy_gettext("Registered on"))


class NameForm(Form):
    """A name in another script or of another kind; the preferred name is the person's own field."""

    name = Text(lazy_gettext("Name"), [DataRequired(), Length(max=300)], render_kw={"dir": "auto"})
    kind = Choice(lazy_gettext("Kind"), kind=NameKind, but=NameKind.PREFERRED)
    given_name = Text(lazy_gettext("Given name"), [Length(max=200)], render_kw={"dir": "auto"})
    family_name = Text(lazy_gettext("Family name"), [Length(max=200)], render_kw={"dir": "auto"})

    def populate_obj(self, obj: PersonName) -> None:
        """Write the name with its script."""
        super().populate_obj(obj)
        obj.script = script_of(obj.name)


class AccountForm(Form):
    """A wiki account of a person."""

    username = Username(
        lazy_gettext("Username"), [DataRequired(), Length(max=255)], render_kw={"dir": "auto", "autocomplete": "off"}
    )
    is_alternative = BooleanField(lazy_gettext("Alternative account"))
    link_is_public = BooleanField(
        lazy_gettext("The person made public that the account is theirs"),
        description=lazy_gettext("Otherwise other affiliates see the account without the name."),
    )


class LanguageForm(Form):
    """A language that a person knows."""

    language = OneLanguage(
        lazy_gettext("Language"),
        [DataRequired()],
        description=lazy_gettext("Its name or its code: Hausa, fr, العربية."),
    )
    use = Choice(lazy_gettext("Use"), kind=LanguageUse)
    level = Choice(lazy_gettext("Level"), kind=LanguageLevel)


class ContactForm(Form):
    """An address or number; once stored it is shown only for a reason that is logged."""

    kind = Choice(lazy_gettext("Kind"), kind=ContactKind)
    value = Text(
        lazy_gettext("Address or number"),
        [DataRequired(), Length(max=400)],
        description=lazy_gettext("A number without a country code is read in the person's country."),
        render_kw={"dir": "auto", "autocomplete": "off"},
    )


class RevealForm(Form):
    """Why somebody needs to see an address."""

    reason = Text(
        lazy_gettext("Why do you need it?"), [DataRequired(), Length(max=300)], render_kw={"autocomplete": "off"}
    )
