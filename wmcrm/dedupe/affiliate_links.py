"""One organization is what another was: linked by a person, with everything known that it takes to undo it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor, actor_of
from wmcrm.dedupe.affiliate_judgements import refuse_ended, refuse_if_apart, refuse_if_linked, require_steward_of
from wmcrm.dedupe.facts import Stayed
from wmcrm.dedupe.scope import whole_people
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import (
    Affiliate,
    AffiliateInvolvement,
    AffiliateLink,
    AffiliateName,
    AffiliateStatus,
    EventHost,
    Membership,
    Origin,
    RecognitionStatus,
    note_origin,
    now_utc,
)

BATCH = 500
LINKED, TAKEN_APART = "affiliates linked", "affiliates taken apart"
LINK_NOTES = frozenset({LINKED, TAKEN_APART})  # of changes that are taken back by their link only
# The dated statuses stay: that the former one ended does not end the one that followed it.
MOVED = (Membership, AffiliateInvolvement, AffiliateName, EventHost)
MADE = (AffiliateName, AffiliateStatus)
Row = Membership | AffiliateInvolvement | AffiliateName | EventHost | AffiliateStatus
Rows = dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class UnlinkReport:
    """The organization that was brought back, and what came after the link and stays with the one it was linked to."""

    former: Affiliate
    current: Affiliate
    stays: Sequence[Stayed]


def link_affiliates(
    session: Session, former: Affiliate, current: Affiliate, *, since: dt.date, by: Actor | None = None
) -> AffiliateLink:
    """Say that ``current`` is, from a day on, what ``former`` was: its name, code and type become dated ones.

    Positions, hosted events and involvements of the former one count for the current one; whose records the
    former one holds, and which accounts work on them, does not change. The former record goes out of lists;
    its name and code find the current one. Raises ConflictError for one organization twice, removed ones, and
    two of which somebody said that they are two. Undo: :func:`unlink_affiliates`.
    """
    require_steward_of(session, former, current, by=by)
    with whole_people(session):
        _lock(session, former.id, current.id)
        refuse_ended(session, former, current)
        refuse_if_apart(session, former, current)
        with _named(session, LINKED):
            return _link(session, former, current, since, by or actor_of(session))


def unlink_affiliates(session: Session, link: AffiliateLink, *, by: Actor | None = None) -> UnlinkReport:
    """Take a link back: the former organization is in lists again, with everything that was its own.

    What was recorded for the current one since, or moved on to a third one, or changed of the dated name and status
    that the link made, stays and is listed; what was changed of its own rows goes back with them as it is now.
    Raises ConflictError when the link was undone before, or when the current one was linked or removed since.
    """
    both = [session.get_one(Affiliate, number) for number in (link.former_id, link.current_id)]
    require_steward_of(session, *both, by=by)
    with whole_people(session):
        _lock(session, link.former_id, link.current_id, link)
        former, current = _both(session, link)
        with _named(session, TAKEN_APART):
            return _unlink(session, link, (former, current), by or actor_of(session))


def find_link(session: Session, number: int) -> AffiliateLink:
    """The link of a number; raises NotFoundError."""
    found = session.get(AffiliateLink, number)
    if found is None:
        raise NotFoundError("There is no link {number} of organizations.", number=number)
    return found


def standing_links(session: Session, current: Affiliate | None = None) -> list[tuple[AffiliateLink, Affiliate]]:
    """The links that stand (those to one organization, if told), each with the former one; the latest first."""
    query = (
        sa.select(AffiliateLink, Affiliate)
        .join(Affiliate, col(Affiliate.id) == col(AffiliateLink.former_id))
        .where(col(AffiliateLink.undone_at).is_(None))
        .order_by(col(AffiliateLink.id).desc())
    )
    if current is not None:
        query = query.where(col(AffiliateLink.current_id) == current.id)
    return [(link, former) for link, former in session.execute(query)]


def what_would_stay_linked(session: Session, link: AffiliateLink) -> list[Stayed]:
    """What was recorded or changed since a link and would stay if it were taken back now.

    Raises NotAllowedError for who may not take it back: it is about positions that others recorded.
    """
    require_steward_of(session, *(session.get_one(Affiliate, one) for one in (link.former_id, link.current_id)))
    with whole_people(session):
        return _what_stays(session, link)


def _what_stays(session: Session, link: AffiliateLink) -> list[Stayed]:
    both = {link.former_id, link.current_id}
    moved_on = [_elsewhere(row) for row in _rows(session, link, "moved") if row.affiliate_id not in both]
    changed = [_changed(row) for row in _rows(session, link, "made") if not _is_as_made(session, row, link)]
    return [*_recorded_since(session, link), *moved_on, *changed]


def _link(session: Session, former: Affiliate, current: Affiliate, since: dt.date, actor: Actor) -> AffiliateLink:
    moment = now_utc()
    moved, set_aside = _repoint(session, former, current, moment)
    name = AffiliateName(affiliate_id=current.id, name=former.name, code=former.code, until=since, recorded_at=moment)
    status = AffiliateStatus(
        affiliate_id=current.id,
        status=_last_status(session, former.id, since),
        affiliate_type=former.affiliate_type,
        until=since,
        recorded_at=moment,
    )
    session.add_all([name, status])
    former.removed_at, former.removed_by_id = moment, actor.account_id
    session.flush()
    made = {str(row.__tablename__): [row.id] for row in (name, status)}
    link = AffiliateLink(
        former_id=former.id,
        current_id=current.id,
        since=since,
        rows={"moved": moved, "made": made, "set_aside": {"event_host": set_aside}},
        linked_at=moment,
        linked_by_id=actor.account_id,
    )
    session.add(link)
    session.flush()
    return link


def _unlink(session: Session, link: AffiliateLink, both: tuple[Affiliate, Affiliate], actor: Actor) -> UnlinkReport:
    former, current = both
    stays = _what_stays(session, link)
    for row in _rows(session, link, "moved"):
        if _is_its_own(row, link):
            row.affiliate_id = former.id
    for row in _rows(session, link, "set_aside"):
        row.removed_at = None
    for row in _rows(session, link, "made"):
        if _is_as_made(session, row, link):
            row.removed_at, row.removed_by_id = now_utc(), actor.account_id
    former.removed_at = former.removed_by_id = None
    link.undone_at, link.undone_by_id = now_utc(), actor.account_id
    session.flush()
    return UnlinkReport(former, current, stays)


def _last_status(session: Session, affiliate_id: int, before: dt.date) -> RecognitionStatus:
    """The status before a day, as the affiliate's dated rows say; recognised where they say nothing."""
    query = (
        sa.select(AffiliateStatus)
        .where(col(AffiliateStatus.affiliate_id) == affiliate_id, col(AffiliateStatus.removed_at).is_(None))
        .order_by(col(AffiliateStatus.id))
    )
    standing = [row for row in session.scalars(query) if row.since is None or row.since < before]
    latest = max(standing, key=lambda row: row.since or dt.date.min, default=None)
    return latest.status if latest else RecognitionStatus.RECOGNISED


def _repoint(session: Session, former: Affiliate, current: Affiliate, moment: dt.datetime) -> tuple[Rows, list[int]]:
    """Move the rows of the former one; returns their ids, and which hosts were set aside as one with another."""
    hosts = session.scalars(sa.select(EventHost).where(col(EventHost.affiliate_id) == current.id))
    taken = {(host.event_id, host.host_role) for host in hosts if _is_live(host)}
    moved: Rows = {}
    set_aside: list[int] = []
    for table in MOVED:
        query = sa.select(table).where(col(table.affiliate_id) == former.id).order_by(col(table.id))
        rows: list[Row] = list(session.scalars(query))
        moved[str(table.__tablename__)] = [row.id for row in rows]
        for row in rows:
            if isinstance(row, EventHost) and _is_live(row) and (row.event_id, row.host_role) in taken:
                row.removed_at = moment
                set_aside.append(row.id)
            row.affiliate_id = current.id
    session.flush()
    return moved, set_aside


def _rows(session: Session, link: AffiliateLink, part: str) -> Iterator[Row]:
    """The rows of a part of the link that are still there; an id given away again since is not one of them."""
    ids_of = link.rows.get(part, {})
    for table in (*MOVED, AffiliateStatus):
        ids = ids_of.get(str(table.__tablename__), [])
        for start in range(0, len(ids), BATCH):
            query = sa.select(table).where(col(table.id).in_(ids[start : start + BATCH]))
            found: list[Row] = list(session.scalars(query.where(col(table.recorded_at) <= link.linked_at)))
            yield from found


def _recorded_since(session: Session, link: AffiliateLink) -> list[Stayed]:
    """The live rows of the current one that came after the link, but for what later links brought."""
    later = sa.select(AffiliateLink).where(
        col(AffiliateLink.current_id) == link.current_id, col(AffiliateLink.id) > link.id
    )
    brought = [other.rows.get(part, {}) for other in session.scalars(later) for part in ("moved", "made")]
    found: list[Stayed] = []
    for table in (*MOVED, AffiliateStatus):
        name = str(table.__tablename__)
        theirs = {row_id for rows in brought for row_id in rows.get(name, ())}
        query = sa.select(table).where(
            col(table.affiliate_id) == link.current_id, col(table.recorded_at) > link.linked_at
        )
        rows: list[Row] = list(session.scalars(query.order_by(col(table.id))))
        found += [Stayed(name, row.id, row.recorded_at) for row in rows if _is_live(row) and row.id not in theirs]
    return found


def _is_its_own(row: Row, link: AffiliateLink) -> bool:
    """Whether a row that the link moved is still where it was moved to."""
    return row.affiliate_id == link.current_id


def _is_as_made(session: Session, row: Row, link: AffiliateLink) -> bool:
    """Whether nobody changed the dated name or status since the link made it."""
    former = session.get_one(Affiliate, link.former_id)
    assert isinstance(row, AffiliateName | AffiliateStatus)
    own = row.affiliate_id == link.current_id and row.since is None and row.until == link.since
    if isinstance(row, AffiliateName):
        return own and (row.name, row.code) == (former.name, former.code)
    standing = _last_status(session, former.id, link.since)
    return own and (row.affiliate_type, row.status) == (former.affiliate_type, standing)


def _elsewhere(row: Row) -> Stayed:
    return Stayed(str(row.__tablename__), row.id, None, "affiliate_id")


def _changed(row: Row) -> Stayed:
    return Stayed(str(row.__tablename__), row.id, None, "until")


def _is_live(row: Row) -> bool:
    return row.removed_at is None and row.superseded_by_id is None


def _lock(session: Session, former_id: int, current_id: int, link: AffiliateLink | None = None) -> None:
    """Read the rows as they are now, and let nobody else change them until the transaction ends."""
    session.flush()
    fresh = {"populate_existing": True}
    if link is not None:
        row = sa.select(AffiliateLink).where(col(AffiliateLink.id) == link.id)
        session.scalars(row.with_for_update().execution_options(**fresh)).one()
    both = sa.select(Affiliate).where(col(Affiliate.id).in_([former_id, current_id])).order_by(col(Affiliate.id))
    list(session.scalars(both.with_for_update().execution_options(**fresh)))


def _both(session: Session, link: AffiliateLink) -> tuple[Affiliate, Affiliate]:
    former, current = session.get_one(Affiliate, link.former_id), session.get_one(Affiliate, link.current_id)
    if link.undone_at is not None:
        raise ConflictError("Link {number} was undone already.", number=link.id)
    refuse_if_linked(session, current)
    if current.removed_at is not None:
        raise ConflictError("{affiliate} was removed; bring it back first.", affiliate=current.public_id)
    return former, current


@contextmanager
def _named(session: Session, note: str) -> Iterator[None]:
    """Changes made inside say what they belong to; afterwards the session names what it named before."""
    before = session.info.get("origin")
    note_origin(session, Origin(note=note))
    try:
        yield
        session.flush()
    finally:
        note_origin(session, before)
