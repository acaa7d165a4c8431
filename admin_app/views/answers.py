"""What the sign-up sheets of an event asked: the questions and their figures; the answers for who works with them."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, render_template
from sqlmodel import col

from admin_app.access import Permission, needs
from admin_app.listing import read_key
from admin_app.session import db
from wmcrm.errors import NotFoundError
from wmcrm.models import Event
from wmcrm.privacy import questions_at, read_answers

screen = Blueprint("answers", __name__)


@screen.get("/events/<key>/answers")
@needs(Permission.IMPORT_RUN)
def questions(key: str) -> str:
    """The questions that one's affiliates asked: what for, until when, how many answered; no answer of anybody."""
    event = _event(key)
    return render_template("answers.html", event=event, questions=questions_at(db(), event), lines=None)


@screen.post("/events/<key>/answers")
@needs(Permission.IMPORT_RUN)
def read(key: str) -> str:
    """What each person answered; looking is logged, so it is a POST."""
    event = _event(key)
    return render_template(
        "answers.html", event=event, questions=questions_at(db(), event), lines=read_answers(db(), event)
    )


def _event(key: str) -> Event:
    query = sa.select(Event).where(col(Event.public_id) == read_key(Event, key), col(Event.removed_at).is_(None))
    found: Event | None = db().scalars(query).first()
    if found is None:
        raise NotFoundError("There is no such record.")
    return found
