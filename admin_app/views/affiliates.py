"""Affiliates: the list, one affiliate with its positions and statuses, its form."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlmodel import col

from admin_app.access import Permission
from admin_app.door import actor, may
from admin_app.forms.affiliates import AffiliateForm
from admin_app.listing import Page, Question, read_page
from admin_app.organizations import apart_from, links_to
from admin_app.places import country
from admin_app.session import db
from admin_app.views.base import Column, TableView
from admin_app.words import word
from wmcrm.aliases import knows_all_names, knows_name, may_know, name_column, shown_name
from wmcrm.dedupe import refuse_if_linked
from wmcrm.models import (
    Affiliate,
    AffiliateStatus,
    Event,
    EventHost,
    Membership,
    Person,
    PersonStatus,
    Protection,
    may_hold,
)
from wmcrm.permissions import is_for_all

RECENT = 10


class AffiliateView(TableView[Affiliate]):
    """Chapters, user groups, hubs and everybody else who organizes."""

    table = Affiliate
    place = "/affiliates"
    title = lazy_gettext("Affiliates")
    one = lazy_gettext("Affiliate")
    new = lazy_gettext("Add an affiliate")
    reads = Permission.AFFILIATES_READ
    writes = Permission.AFFILIATES_EDIT
    form = AffiliateForm
    list_template = "affiliates.html"
    details_template = "affiliate.html"
    sortable = ("name",)
    searched = ("name", "code")
    columns: ClassVar = (
        Column("name", lazy_gettext("Name")),
        Column("code", lazy_gettext("Code")),
        Column("affiliate_type", lazy_gettext("Type")),
        Column("country", lazy_gettext("Country")),
        Column("region", lazy_gettext("Region")),
    )

    def found(self, question: Question) -> Page[Affiliate]:
        """A page of the list; one under an alias is found by others by the alias only, and stands at its place."""
        query = self.query()
        if question.text:
            code = sa.and_(may_know(db()), col(Affiliate.code).icontains(question.text, autoescape=True))
            named = name_column(db()).icontains(question.text, autoescape=True)
            query = query.where(sa.or_(named, code))
        by = None if knows_all_names(db()) else name_column(db())
        return read_page(db(), query, self.table, question, by=by)

    def text_of(self, record: Affiliate, name: str) -> object:
        """What a cell shows; of one under an alias others see nothing that names it."""
        if name == "name":
            return shown_name(db(), record)
        if name in {"code", "country"} and not knows_name(db(), record):
            return ""
        if name == "country":
            return country(record.country)
        return word(getattr(record, name)) if name in {"affiliate_type", "region"} else super().text_of(record, name)

    def details(self, record: Affiliate) -> dict[str, object]:
        """Its positions, its statuses through time and its latest events."""
        positions = (
            sa.select(Membership, col(Person.public_id), col(Person.display_name))
            .join(Person, col(Person.id) == col(Membership.person_id))
            .where(col(Membership.affiliate_id) == record.id, col(Membership.removed_at).is_(None))
            .where(col(Membership.superseded_by_id).is_(None))
            .where(col(Person.status) == PersonStatus.ACTIVE, col(Person.protection) != Protection.SEALED)
            .order_by(col(Membership.until).is_not(None), col(Membership.since).desc().nulls_last(), col(Membership.id))
        )
        statuses = (
            sa.select(AffiliateStatus)
            .where(col(AffiliateStatus.affiliate_id) == record.id, col(AffiliateStatus.removed_at).is_(None))
            .order_by(col(AffiliateStatus.since).desc().nulls_last())
        )
        events = (
            sa.select(Event)
            .join(EventHost, col(EventHost.event_id) == col(Event.id))
            .where(
                col(EventHost.affiliate_id) == record.id,
                col(EventHost.removed_at).is_(None),
                col(Event.removed_at).is_(None),
            )
            .order_by(col(Event.starts_on).desc(), col(Event.id).desc())
            .limit(RECENT)
        )
        merges = may(Permission.PEOPLE_MERGE)
        return {
            "knows": knows_name(db(), record),
            "positions": db().execute(positions).all(),
            "statuses": db().execute(statuses).scalars().all(),
            "events": db().execute(events).scalars().all(),
            "links": links_to(db(), record) if merges else (),
            "apart": apart_from(db(), record) if merges else (),
        }

    def find(self, key: str, *, removed: bool = False) -> Affiliate:
        """The affiliate of an address; one that another follows comes back with its link only."""
        record = super().find(key, removed=removed)
        if removed:
            refuse_if_linked(db(), record)
        return record

    def mine(self, record: Affiliate) -> bool:
        """Affiliates are changed by their own people."""
        return may_hold(db(), record.id) and knows_name(db(), record)

    def may_create(self) -> bool:
        """New affiliates are added by those who work for all of them."""
        return is_for_all(actor(), self.writes) and super().may_create()


screen = AffiliateView
