"""Home: what needs me today."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from flask import Blueprint, render_template
from sqlmodel import col

from admin_app.access import Permission, needs
from admin_app.door import may
from admin_app.formats import CAP, today
from admin_app.session import db
from wmcrm.models import CandidatePair, Event, EventStatus, ImportRun, ImportState, Judgement, Participation, Person
from wmcrm.models import PersonStatus as Status
from wmcrm.passing_on import count_to_answer
from wmcrm.permissions import acting_with

screen = Blueprint("home", __name__)
RECENT = 5
LOOK_BACK = timedelta(days=60)


@screen.get("/")
@needs(Permission.SIGNED_IN)
def index() -> str:
    """What waits for a person, and what was imported lately."""
    reviews = may(Permission.REVIEW_DECIDE)
    return render_template(
        "home.html",
        held=_to_review(sa.select(col(Person.id)).where(col(Person.status) == Status.HELD)) if reviews else 0,
        pairs=_to_review(_open_pairs()) if reviews else 0,
        reviews=reviews,
        asked=count_to_answer(db()) if may(Permission.PASS_ON) else 0,
        runs=_recent_runs() if may(Permission.IMPORT_RUN) else [],
        unattended=_events_without_people(today()) if may(Permission.EVENTS_READ) else [],
        cap=CAP,
    )


def _to_review(query: sa.Select[int]) -> int:
    counted = sa.select(sa.func.count()).select_from(query.limit(CAP + 1).subquery())
    with acting_with(db(), Permission.REVIEW_DECIDE):
        count: int = db().execute(counted).scalar_one()
    return count


def _open_pairs() -> sa.Select[int]:
    judged = sa.exists().where(
        col(Judgement.person_a_id) == col(CandidatePair.person_a_id),
        col(Judgement.person_b_id) == col(CandidatePair.person_b_id),
        col(Judgement.revoked_at).is_(None),
    )
    return sa.select(col(CandidatePair.id)).where(~judged)


def _recent_runs() -> list[sa.Row[tuple[ImportRun, str | None, str | None]]]:
    query = (
        sa.select(ImportRun, col(Event.title), col(Event.public_id))
        .outerjoin(Event, col(Event.id) == col(ImportRun.event_id))
        .where(col(ImportRun.state) != ImportState.DRAFT)
        .order_by(col(ImportRun.id).desc())
    )
    with acting_with(db(), Permission.IMPORT_RUN):
        return list(db().execute(query.limit(RECENT)))


def _events_without_people(last: date) -> list[Event]:
    somebody = sa.exists().where(col(Participation.event_id) == col(Event.id), col(Participation.removed_at).is_(None))
    query = (
        sa.select(Event)
        .where(col(Event.status) == EventStatus.HELD, col(Event.removed_at).is_(None))
        .where(col(Event.starts_on).between(last - LOOK_BACK, last), ~somebody)
        .order_by(col(Event.starts_on).desc())
    )
    return list(db().execute(query.limit(RECENT)).scalars())
