"""Rows that follow from others and are kept with them: search text, match keys, summaries of people.

Whoever writes a person through the ORM need not think of it: the session refreshes what it touched before
it commits. Whoever writes batches calls :func:`refresh_people`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.matching.keys import KeyKind, profile_keys
from wmcrm.matching.profile import Profile
from wmcrm.models import (
    Attendance,
    Capacity,
    ContactKind,
    EventRole,
    EventStatus,
    PersonStatus,
    Protection,
    Registration,
    metadata,
)
from wmcrm.models.records import select_record
from wmcrm.models.tracking import REFRESHERS
from wmcrm.normalize import fold

BATCH = 500
KIND_NUMBERS = {kind: number for number, kind in enumerate(KeyKind)}
PERSON = metadata.tables["person"]
SCAN_MARK = metadata.tables["scan_mark"]
ROLE_DEPTH = {
    EventRole.PARTICIPANT: 1,
    **dict.fromkeys(
        (
            EventRole.HELPER,
            EventRole.TRANSLATOR,
            EventRole.INTERPRETER,
            EventRole.JURY,
            EventRole.PHOTOGRAPHER,
            EventRole.SPEAKER,
            EventRole.ONLINE_VOLUNTEER,
            EventRole.CAMPUS_VOLUNTEER,
        ),
        3,
    ),
    **dict.fromkeys(
        (
            EventRole.TRAINER,
            EventRole.FACILITATOR,
            EventRole.CO_ORGANIZER,
            EventRole.COMMITTEE,
            EventRole.COORDINATOR,
        ),
        4,
    ),
    **dict.fromkeys((EventRole.ORGANIZER, EventRole.CREATOR, EventRole.LEAD), 5),
}
ORGANIZED = 5
Values = dict[int, list[str]]
_SHOWN = sa.and_(
    PERSON.c.protection != Protection.SEALED,
    PERSON.c.removed_at.is_(None),
    PERSON.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD]),
)


@looks_beyond(Beyond.DERIVED)
def refresh_people(session: Session, person_ids: Iterable[int]) -> None:
    """Make search text, match keys and summaries of these people anew from their live facts.

    Sealed, merged and erased people lose all three; held ones keep their match keys only, so that a later
    sheet finds them but no search does.
    """
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), BATCH):
        _refresh(session, wanted[start : start + BATCH])


def refresh_touched(session: Session) -> None:
    """Make the derived rows of everybody anew whom this session wrote: what a commit does, before it."""
    session.flush()
    refresh_people(session, session.info.get("touched_people", ()))


@looks_beyond(Beyond.DERIVED)
def refresh_summaries(session: Session, person_ids: Iterable[int]) -> None:
    """Make only the summaries anew: enough after participations were written, and a tenth of the work."""
    summary = metadata.tables["person_summary"]
    wanted = sorted(set(person_ids))
    for start in range(0, len(wanted), BATCH):
        ids = wanted[start : start + BATCH]
        session.execute(sa.delete(summary).where(summary.c.person_id.in_(ids)))
        shown = sa.select(PERSON.c.id).where(PERSON.c.id.in_(ids), _SHOWN)
        _insert(session, "person_summary", list(_summaries(session, list(session.execute(shown).scalars()))))


@looks_beyond(Beyond.DERIVED)
def refresh_everybody(session: Session) -> int:
    """Make all derived rows anew, for a whole database; returns how many people there are."""
    everybody = list(session.execute(sa.select(PERSON.c.id)).scalars())
    refresh_people(session, everybody)
    return len(everybody)


def live(table: sa.Table) -> sa.ColumnElement[bool]:
    """The condition that a row was neither removed nor replaced by a merge."""
    return sa.and_(table.c.removed_at.is_(None), table.c.superseded_by_id.is_(None))


def _refresh(session: Session, ids: Sequence[int]) -> None:
    for name in ("person_search", "match_key", "person_summary"):
        table = metadata.tables[name]
        session.execute(sa.delete(table).where(table.c.person_id.in_(ids)))
    # A scan for duplicates looks again at whom something was written of since it saw them.
    session.execute(sa.update(SCAN_MARK).where(SCAN_MARK.c.person_id.in_(ids)).values(stamp=SCAN_MARK.c.stamp + 1))
    columns = ("id", "display_name", "residence_country", "residence_city", "status")
    people = session.execute(select_record("person", columns).where(PERSON.c.id.in_(ids), _SHOWN)).all()
    if not people:
        return
    names, usernames, contacts, affiliates = _facts(session, ids)
    searches: list[dict[str, object]] = []
    keys: list[dict[str, object]] = []
    for person_id, display_name, country, city, status in people:
        all_names = tuple(dict.fromkeys([*names[person_id], display_name]))
        profile = Profile(
            key=person_id,
            names=all_names,
            usernames=tuple(usernames[person_id]),
            emails=tuple(contacts[ContactKind.EMAIL][person_id]),
            phones=tuple(contacts[ContactKind.PHONE][person_id]),
            country=country or "",
            city=city or "",
        )
        keys += _key_rows(profile)
        if status == PersonStatus.ACTIVE:
            text = " ".join(_search_parts(profile, affiliates[person_id]))
            searches.append({"person_id": person_id, "folded": text})
    _insert(session, "person_search", searches)
    _insert(session, "match_key", keys)
    _insert(session, "person_summary", list(_summaries(session, ids)))


def _facts(session: Session, ids: Sequence[int]) -> tuple[Values, Values, dict[ContactKind, Values], Values]:
    name, account = metadata.tables["person_name"], metadata.tables["wiki_account"]
    contact, membership = metadata.tables["contact_point"], metadata.tables["membership"]
    affiliate = metadata.tables["affiliate"]
    called = sa.func.coalesce(affiliate.c.alias, affiliate.c.name)  # nobody is found by a name that others may not know
    contacts: dict[ContactKind, Values] = defaultdict(lambda: defaultdict(list))
    kinds = (ContactKind.EMAIL, ContactKind.PHONE)
    query = sa.select(contact.c.person_id, contact.c.kind, contact.c.normalized).where(
        contact.c.person_id.in_(ids), contact.c.kind.in_(kinds), live(contact)
    )
    for person_id, kind, value in session.execute(query.order_by(contact.c.id)):
        contacts[ContactKind(kind)][person_id].append(value)
    of_affiliates = (
        sa.select(membership.c.person_id, called)
        .join(affiliate, affiliate.c.id == membership.c.affiliate_id)
        .where(membership.c.person_id.in_(ids), live(membership))
        .distinct()
        .order_by(membership.c.person_id, called)
    )
    return (
        _values(session, name, name.c.name, ids),
        _values(session, account, account.c.username, ids),
        contacts,
        _collected(session.execute(of_affiliates)),
    )


def _values(session: Session, table: sa.Table, column: sa.Column[str], ids: Sequence[int]) -> Values:
    query = sa.select(table.c.person_id, column).where(table.c.person_id.in_(ids), live(table))
    return _collected(session.execute(query.order_by(table.c.id)))


def _collected(rows: sa.Result[int, str]) -> Values:
    found: Values = defaultdict(list)
    for person_id, value in rows:
        found[person_id].append(value)
    return found


def place_of(profile: Profile) -> tuple[str, str]:
    """Country and city as match keys keep them: the keys of a crowd are asked for near by only."""
    return profile.country, profile.city.casefold().strip()[:200] if profile.country else ""


def _key_rows(profile: Profile) -> Iterator[dict[str, object]]:
    country, city = place_of(profile)
    mine = {"person_id": profile.key, "country": country, "city": city}
    for key in profile_keys(profile):
        yield {"hash64": key.hash64, "kind": KIND_NUMBERS[key.kind], **mine}


def _search_parts(profile: Profile, affiliates: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in (*profile.names, *profile.usernames, *profile.emails, *affiliates):
        folded = fold(text)
        if folded and folded not in seen:
            seen.add(folded)
            yield folded
    for phone in profile.phones:
        yield phone.lstrip("+")


def _summaries(session: Session, ids: Sequence[int]) -> Iterator[dict[str, object]]:
    part, happening = metadata.tables["participation"], metadata.tables["event"]
    depth = sa.case(dict(ROLE_DEPTH), value=part.c.event_role, else_=0)
    came = sa.or_(
        part.c.attended == Attendance.YES,
        part.c.contributed,
        sa.and_(
            sa.not_(happening.c.tracks_attendance),
            part.c.registration == Registration.REGISTERED,
            part.c.attended != Attendance.NO,
        ),
    )
    organized = sa.case((depth == ORGANIZED, part.c.event_id))
    query = (
        sa.select(
            part.c.person_id,
            sa.func.count(sa.distinct(part.c.event_id)).label("occasions"),
            sa.func.count(sa.distinct(organized)).label("organized"),
            sa.func.min(happening.c.starts_on).label("first_occasion_on"),
            sa.func.max(happening.c.starts_on).label("last_occasion_on"),
            sa.func.max(depth).label("deepest_role"),
        )
        .join(happening, happening.c.id == part.c.event_id)
        .where(part.c.person_id.in_(ids), live(part), live(happening), happening.c.status == EventStatus.HELD)
        .where(part.c.registration != Registration.CANCELLED, came)
        .where(part.c.capacity.in_([Capacity.PARTICIPANT, Capacity.SPEAKER]))
        .group_by(part.c.person_id)
    )
    for row in session.execute(query):
        yield dict(row._mapping)


def _insert(session: Session, table: str, rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(sa.insert(metadata.tables[table]), rows)


REFRESHERS.append(refresh_people)
