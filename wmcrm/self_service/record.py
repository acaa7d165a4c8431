"""What a person sees of their own record: what is held, by whom, from where, who looked, and for how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.models import Affiliate, Holding, ImportedRow, ImportKind, ImportRun, Person, metadata
from wmcrm.outreach import LogLine, OwnPoint, consent_log, own_points, restricted_people
from wmcrm.people import PersonCard, show_person
from wmcrm.privacy import Subject, subject_of
from wmcrm.privacy.collecting import access, recipients
from wmcrm.privacy.exporting import retention_of
from wmcrm.privacy.wording import LANGUAGES
from wmcrm.self_service.deciding import PurposeLine, purposes_of
from wmcrm.self_service.requests import RequestRow, open_requests


@dataclass(frozen=True, slots=True)
class Holder:
    """An affiliate that holds the record, under the name it goes by outside, since when."""

    name: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Source:
    """A row of a sheet that brought something; the row itself is in the download while it is kept."""

    run: str
    kind: ImportKind
    event: str | None
    at: dt.datetime
    row_number: int


@dataclass(frozen=True, slots=True)
class MyRecord:
    """Everything the page of a person's own data shows: handle with care, never log it."""

    card: PersonCard = field(repr=False)
    points: Sequence[OwnPoint] = field(repr=False)
    holders: Sequence[Holder]
    sources: Sequence[Source]
    purposes: Sequence[PurposeLine]
    decisions: Sequence[LogLine]
    looked: Sequence[Mapping[str, object]] = field(repr=False)
    received: Sequence[Mapping[str, object]] = field(repr=False)
    kept: Sequence[Mapping[str, object]]
    requests: Sequence[RequestRow]
    restricted: bool


def export_language(wanted: str) -> str:
    """The language of the page in a download: the reader's, where that page is written in it."""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def my_record(session: Session, person: Person, *, language: str, now: dt.datetime) -> MyRecord:
    """The record of a person for that person."""
    subject = subject_of(session, person)
    restricted = sa.select(col(Person.id)).where(col(Person.id) == person.id, restricted_people(now.date()))
    return MyRecord(
        card=show_person(session, person),
        points=own_points(session, person),
        holders=_holders(session, person),
        sources=_sources(session, subject),
        purposes=purposes_of(session, person, language=language, on=now.date()),
        decisions=consent_log(session, person),
        looked=list(reversed(access(session, subject))),
        received=list(reversed(recipients(session, subject))),
        kept=retention_of(session, subject),
        requests=open_requests(session, person),
        restricted=session.scalars(restricted).first() is not None,
    )


def _holders(session: Session, person: Person) -> list[Holder]:
    query = (
        sa.select(
            sa.func.coalesce(col(Affiliate.alias), col(Affiliate.name)),
            col(Holding.since),
            col(Holding.recorded_at),
            col(Holding.until),
        )
        .join(Affiliate, col(Affiliate.id) == col(Holding.holder_affiliate_id))
        .where(col(Holding.person_id) == person.id, col(Holding.removed_at).is_(None))
        .where(col(Holding.superseded_by_id).is_(None))
        .order_by(col(Holding.id))
    )
    return [Holder(name, since or recorded.date(), until) for name, since, recorded, until in session.execute(query)]


def _sources(session: Session, subject: Subject) -> list[Source]:
    event = metadata.tables["event"]
    query = (
        sa.select(
            col(ImportRun.public_id),
            col(ImportRun.kind),
            event.c.title,
            col(ImportRun.created_at),
            col(ImportedRow.row_number),
        )
        .join(ImportRun, col(ImportRun.id) == col(ImportedRow.run_id))
        .outerjoin(event, event.c.id == col(ImportRun.event_id))
        .where(col(ImportedRow.person_id).in_(subject.ids))
        .order_by(col(ImportedRow.id))
    )
    return [Source(*row) for row in session.execute(query)]
