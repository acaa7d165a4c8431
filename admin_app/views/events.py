"""Events: the list, one event with who came, its form."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlmodel import col

from admin_app.access import Permission
from admin_app.door import actor
from admin_app.formats import day
from admin_app.forms.events import EventForm
from admin_app.places import country
from admin_app.session import db
from admin_app.views.base import Column, TableView
from admin_app.words import word
from wmcrm.aliases import name_column
from wmcrm.models import Affiliate, Event, EventHost, Participation, Person, PersonStatus, Protection, may_hold
from wmcrm.people import only_affiliate

SHOWN = 500


class EventView(TableView[Event]):
    """Everything that happened or is planned."""

    table = Event
    place = "/events"
    title = lazy_gettext("Events")
    one = lazy_gettext("Event")
    new = lazy_gettext("Add an event")
    reads = Permission.EVENTS_READ
    writes = Permission.EVENTS_EDIT
    form = EventForm
    details_template = "event.html"
    sortable = ("starts_on", "title")
    newest_first = True
    searched = ("title", "city")
    columns: ClassVar = (
        Column("title", lazy_gettext("Title")),
        Column("starts_on", lazy_gettext("First day")),
        Column("event_type", lazy_gettext("Type")),
        Column("country", lazy_gettext("Country")),
        Column("city", lazy_gettext("City")),
        Column("status", lazy_gettext("Status")),
    )

    def text_of(self, record: Event, name: str) -> object:
        """What a cell shows."""
        match name:
            case "starts_on":
                return day(record.starts_on)
            case "country":
                return country(record.country)
            case "event_type" | "status":
                return word(getattr(record, name))
        return super().text_of(record, name)

    def details(self, record: Event) -> dict[str, object]:
        """Its hosts and the people who were there; counts include people who may not be shown."""
        hosts = (
            sa.select(name_column(db()), col(Affiliate.public_id), col(EventHost.host_role))
            .join(Affiliate, col(Affiliate.id) == col(EventHost.affiliate_id))
            .where(col(EventHost.event_id) == record.id, col(EventHost.removed_at).is_(None))
        )
        here = sa.and_(
            col(Participation.event_id) == record.id,
            col(Participation.removed_at).is_(None),
            col(Participation.superseded_by_id).is_(None),
        )
        counts = sa.select(col(Participation.attended), sa.func.count(sa.distinct(col(Participation.person_id)))).where(
            here
        )
        people = (
            sa.select(col(Person.public_id), col(Person.display_name), Participation)
            .join(Participation, col(Participation.person_id) == col(Person.id))
            .where(here, col(Person.status) == PersonStatus.ACTIVE, col(Person.protection) != Protection.SEALED)
            .order_by(col(Person.sort_name), col(Person.id))
            .limit(SHOWN)
        )
        return {
            "hosts": db().execute(hosts).all(),
            "attendance": {row[0]: row[1] for row in db().execute(counts.group_by(col(Participation.attended)))},
            "people": db().execute(people).all(),
        }

    def mine(self, record: Event) -> bool:
        """Events are changed by the affiliate that holds them."""
        return may_hold(db(), record.holder_affiliate_id)

    def save(self, form: FlaskForm, record: Event) -> None:
        """Write the form; a new event is held by the affiliate of who typed it."""
        super().save(form, record)
        if sa.inspect(record).transient:
            record.holder_affiliate_id, record.recorded_by_id = only_affiliate(actor()), actor().account_id


screen = EventView
