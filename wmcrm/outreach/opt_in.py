"""Unproven claims: exactly one message each, that asks the person to confirm (double opt-in).

:func:`invite_to_confirm` decides and logs who is asked. A message leaves later: :func:`address_to_confirm`
judges again at that moment and gives the one address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import find_purpose
from wmcrm.db import Beyond, looks_beyond
from wmcrm.models import Channel, ContactPoint, OptInInvitation, Person, Purpose, metadata, now_utc
from wmcrm.models.scope import shared_people
from wmcrm.outreach.answers import Answer, ContactAnswer, Outreach, Withheld
from wmcrm.outreach.gate import decide, let_out, open_entry, unreachable
from wmcrm.outreach.looking import Known, look
from wmcrm.outreach.my_data import HeldPoint

INVITATION, PERSON = metadata.tables["opt_in_invitation"], metadata.tables["person"]


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

    People who gave a consent are withheld as well: there is nothing to ask them. Whom another affiliate shares, that
    one asks.
    """
    register = find_purpose(session, purpose)
    day = on or now_utc().date()
    audience = set(person_ids)
    asked, lent = _asked(session, register.id, channel), shared_people(session, sorted(audience))

    def judge(person_id: int, known: Known) -> ContactAnswer:
        answer = _judged(person_id, known, (register, channel, day))
        if person_id in lent and answer.reason is None:
            return replace(answer, answer=Answer.NO, reason=Withheld.NOT_SHARED)
        return replace(answer, answer=Answer.NO, reason=Withheld.ALREADY_ASKED) if person_id in asked else answer

    entry = open_entry(session, "opt_in", reason, purpose=purpose, channel=channel)
    result = let_out(session, audience, (register, channel, day), entry, judge)
    session.add_all(
        OptInInvitation(person_id=person_id, purpose_id=register.id, channel=channel)
        for person_id in _ids_of(session, result)
    )
    session.flush()
    return result


def points_to_confirm(session: Session, invited: Outreach) -> list[HeldPoint]:
    """The contact points behind the permitted people of an invitation: ids only, to be asked again when sending."""
    values = {point.person: point.value for point in invited.permitted}
    point = metadata.tables["contact_point"]
    query = (
        sa.select(col(Person.public_id), point.c.normalized, point.c.person_id, sa.func.min(point.c.id))
        .join(Person, col(Person.id) == point.c.person_id)
        .where(point.c.person_id.in_(_ids_of(session, invited)), point.c.removed_at.is_(None))
        .where(point.c.kind.in_({found.channel.value for found in invited.permitted}))
        .group_by(col(Person.public_id), point.c.normalized, point.c.person_id)
        .order_by(point.c.person_id)
    )
    rows = session.execute(query).all()
    return [HeldPoint(person_id, number) for name, value, person_id, number in rows if values[name] == value]


def address_to_confirm(session: Session, held: HeldPoint, *, purpose: str, channel: Channel) -> str | Withheld:
    """The address of somebody who was invited to confirm, or why it may not be used any more.

    Not a line of the log of its own: the invitation that this ends is one.
    """
    register, day = find_purpose(session, purpose), now_utc().date()
    known = look(session, [held.person_id], register, channel, day)
    answer = _judged(held.person_id, known, (register, channel, day))
    if answer.reason is not None:
        return answer.reason
    point = session.get(ContactPoint, held.point_id)
    usable = {one.normalized for one in known.usable_points(held.person_id)}
    if point is None or point.removed_at is not None or point.normalized not in usable:
        return Withheld.NO_CONTACT_POINT
    return point.normalized


def take_invitation_back(session: Session, person_id: int, *, purpose_id: int, channel: Channel) -> None:
    """The message surely did not leave: nobody was asked, and may be once more."""
    mine = (INVITATION.c.person_id == person_id, INVITATION.c.purpose_id == purpose_id)
    session.execute(sa.delete(INVITATION).where(*mine, INVITATION.c.channel == channel))


def _judged(person_id: int, known: Known, about: tuple[Purpose, Channel, dt.date]) -> ContactAnswer:
    """Yes for unproven claims of people who can be reached; everybody else is withheld, also who consented."""
    answer = decide(person_id, known, *about)
    if answer.reason is None:
        return replace(answer, answer=Answer.NO, reason=Withheld.CONFIRMED)
    if answer.reason is not Withheld.UNPROVEN:
        return answer
    reason = unreachable(person_id, known)
    return replace(answer, answer=Answer.YES if reason is None else Answer.NO, reason=reason)


def _ids_of(session: Session, invited: Outreach) -> list[int]:
    names = {point.person for point in invited.permitted}
    return list(session.scalars(sa.select(col(Person.id)).where(col(Person.public_id).in_(names))))


@looks_beyond(Beyond.GATE)
def _asked(session: Session, purpose_id: int, channel: Channel) -> set[int]:
    """Whoever was asked; a merged record's invitation counts for the survivor, however many merges later."""
    mine = (INVITATION.c.purpose_id == purpose_id, INVITATION.c.channel == channel)
    found = set(session.scalars(sa.select(INVITATION.c.person_id).where(*mine)))
    # Read beside the ORM: a record that was absorbed is in nobody's scope.
    absorbed = sa.select(PERSON.c.id, PERSON.c.merged_into_id).where(PERSON.c.merged_into_id.is_not(None))
    into = {number: survivor for number, survivor in session.execute(absorbed)}
    waiting = found & into.keys()
    while waiting:
        following = {into[number] for number in waiting}
        found |= following
        waiting = following & into.keys()
    return found
