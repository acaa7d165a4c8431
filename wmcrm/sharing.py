"""What affiliates share: for reading, by groups of fields, for one purpose, until a day.

While a grant runs, accounts of the receiving affiliate see the people whom the sharing one holds, and of them
the shared groups (wmcrm.models.scope and the policies of PostgreSQL). Elevated and sealed people are never
shared. The group ``contacts`` shows no value: it lets the gate (wmcrm.outreach) permit them to the receiving
affiliate for exactly the purpose of the grant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import shown_name
from wmcrm.consent import find_purpose
from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from wmcrm.models import Affiliate, FieldGroup, Purpose, SharingGrant, may_hold, now_utc
from wmcrm.permissions import Permission, acting_with

LONGEST = dt.timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Sharing:
    """A grant as people read it; ``runs`` says whether it shows anything on the day that was asked about."""

    id: int
    giver: str
    receiver: str
    fields: tuple[FieldGroup, ...]
    purpose: str
    since: dt.date
    until: dt.date
    ended_on: dt.date | None
    runs: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What is shared, for which purpose (its code), from a day until a day that is not included."""

    fields: Collection[FieldGroup]
    purpose: str
    until: dt.date
    since: dt.date | None = None


def grant(session: Session, giver: Affiliate, receiver: Affiliate, terms: Terms, *, today: dt.date) -> SharingGrant:
    """Share records of one affiliate with another; its sessions see them from their next sign of life on.

    Raises NotAllowedError unless the actor edits for the sharing affiliate, BadInputError without a field, for
    an affiliate itself, for a last day that is past or more than two years away.
    """
    _require_editor(session, giver.id)
    since = terms.since or today
    _check(giver, receiver, terms, since, today)
    made = SharingGrant(
        from_affiliate_id=giver.id,
        to_affiliate_id=receiver.id,
        fields=[group.value for group in FieldGroup if group in terms.fields],
        purpose_id=find_purpose(session, terms.purpose).id,
        since=since,
        until=terms.until,
        granted_by_id=actor_of(session).account_id,
    )
    session.add(made)
    session.flush()
    return made


def end(session: Session, number: int) -> SharingGrant:
    """End a grant now: sessions that begin after it see nothing by it any more.

    Raises NotFoundError for a grant that is not the actor's to see, NotAllowedError for who receives it,
    ConflictError when it was ended before.
    """
    found = session.get(SharingGrant, number)
    if found is None:
        raise NotFoundError("There is no grant {number} among those of your affiliates.", number=number)
    _require_editor(session, found.from_affiliate_id)
    if found.ended_at is not None:
        raise ConflictError("This grant was ended already.")
    found.ended_at = now_utc()
    found.ended_by_id = actor_of(session).account_id
    session.flush()
    return found


def list_sharing(session: Session, *, today: dt.date) -> list[Sharing]:
    """The grants that the actor's affiliates give or receive (all of them for who sees all), running ones first."""
    giver, receiver = sa.orm.aliased(Affiliate), sa.orm.aliased(Affiliate)
    query = (
        sa.select(SharingGrant, giver, receiver, col(Purpose.code))
        .join(giver, col(giver.id) == col(SharingGrant.from_affiliate_id))
        .join(receiver, col(receiver.id) == col(SharingGrant.to_affiliate_id))
        .join(Purpose, col(Purpose.id) == col(SharingGrant.purpose_id))
    )
    rows = [_sharing(session, *row, today) for row in session.execute(query)]
    return sorted(rows, key=lambda row: (not row.runs, row.giver, row.receiver, row.id))


def may_share(session: Session, affiliate_id: int) -> bool:
    """Whether the actor may share and end in the name of an affiliate."""
    with acting_with(session, Permission.AFFILIATES_EDIT):
        actor = actor_of(session)
        return (actor.is_operator or bool(actor.roles)) and may_hold(session, affiliate_id)


def _sharing(
    session: Session, row: SharingGrant, giver: Affiliate, receiver: Affiliate, purpose: str, today: dt.date
) -> Sharing:
    since = row.since or row.granted_at.date()
    return Sharing(
        id=row.id,
        giver=shown_name(session, giver),
        receiver=shown_name(session, receiver),
        fields=tuple(FieldGroup(field) for field in row.fields),
        purpose=purpose,
        since=since,
        until=row.until,
        ended_on=row.ended_at.date() if row.ended_at else None,
        runs=row.ended_at is None and since <= today < row.until,
        may_end=row.ended_at is None and today < row.until and may_share(session, giver.id),
    )


def _require_editor(session: Session, affiliate_id: int) -> None:
    if not may_share(session, affiliate_id):
        raise NotAllowedError("Only an editor of the sharing affiliate or an administrator may share its records.")


def _check(giver: Affiliate, receiver: Affiliate, terms: Terms, since: dt.date, today: dt.date) -> None:
    if giver.id == receiver.id:
        raise BadInputError("An affiliate sees its own records already; choose another one to share with.")
    if not terms.fields:
        raise BadInputError("Choose what is shared: {fields}.", fields=", ".join(FieldGroup))
    if terms.until <= max(since, today):
        raise BadInputError("The day until which it is shared must come after today and after the first day.")
    if terms.until > today + LONGEST:
        raise BadInputError("Share for two years at most; a grant can be given again.")
