"""Unproven claims: exactly one message each, that asks the person to confirm (double opt-in)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose
from wmcrm.models import Channel, OptInInvitation, Person, now_utc
from wmcrm.outreach.answers import Answer, ContactAnswer, Outreach, Withheld
from wmcrm.outreach.gate import decide, let_out, open_entry
from wmcrm.outreach.looking import Known


def invite_to_confirm(
    session: Session,
    person_ids: Iterable[int],
    *,
    purpose: str,
    channel: Channel,
    reason: str,
    on: dt.date | None = None,
) -> Outreach:
    """The people whose claim nobody proved, each once for a purpose and channel; then never again.

    People who gave a consent are withheld as well: there is nothing to ask them.
    """
    register = find_purpose(session, purpose)
    day = on or now_utc().date()
    audience = set(person_ids)
    asked = _asked(session, register.id, channel)

    def judge(person_id: int, known: Known) -> ContactAnswer:
        answer = decide(person_id, known, register, channel, day)
        if answer.reason is not Withheld.UNPROVEN:
            return answer if answer.reason else replace(answer, answer=Answer.NO, reason=Withheld.CONFIRMED)
        if person_id in asked:
            return replace(answer, reason=Withheld.ALREADY_ASKED)
        if not known.usable_points(person_id):
            return replace(answer, reason=Withheld.NO_CONTACT_POINT)
        return replace(answer, answer=Answer.YES, reason=None)

    entry = open_entry(session, "opt_in", reason, purpose=purpose, channel=channel)
    result = let_out(session, audience, (register, channel, day), entry, judge)
    invited = {point.person for point in result.permitted}
    query = sa.select(col(Person.id)).where(col(Person.public_id).in_(invited))
    session.add_all(
        OptInInvitation(person_id=person_id, purpose_id=register.id, channel=channel)
        for person_id in session.scalars(query).all()
    )
    session.flush()
    return result


def _asked(session: Session, purpose_id: int, channel: Channel) -> set[int]:
    """Whoever was asked; a merged record's invitation counts for the survivor."""
    query = sa.select(col(OptInInvitation.person_id), col(Person.merged_into_id)).join(
        Person, col(Person.id) == col(OptInInvitation.person_id)
    )
    rows = session.execute(
        query.where(col(OptInInvitation.purpose_id) == purpose_id, col(OptInInvitation.channel) == channel)
    )
    return {number for row in rows for number in row if number is not None}
