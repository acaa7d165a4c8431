"""People as the matcher compares them: read in batches, columns only, sealed people never."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.matching import Profile
from wmcrm.models import ContactKind, PersonStatus, Protection, metadata

RANGE = 20_000
BATCH = 500
PERSON = metadata.tables["person"]
Condition = sa.ColumnElement[bool]
Texts = dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Whose profiles: a condition on ids, the column of facts that says whose they are, and who is allowed."""

    ids: Callable[[sa.Column[int]], Condition]
    owner: str = "person_id"
    allowed: Condition | None = None


def comparable(person: sa.FromClause = PERSON) -> Condition:
    """The condition that a person may be compared: in use or held at import, not removed, not sealed."""
    return sa.and_(
        person.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD]),
        person.c.removed_at.is_(None),
        person.c.protection != Protection.SEALED,
    )


def all_profiles(session: Session) -> Iterator[Profile]:
    """Everybody who may be compared, by ascending id; a range of ids is in memory at a time."""
    highest = session.execute(sa.select(sa.func.max(PERSON.c.id))).scalar() or 0
    for start in range(0, highest + 1, RANGE):
        yield from _profiles(
            session,
            _Chosen(lambda column, low=start: column.between(low, low + RANGE - 1)),  # type: ignore[misc]
        )


def profiles_of(session: Session, person_ids: Iterable[int]) -> dict[int, Profile]:
    """Those of these people who may be compared, by id."""
    wanted = sorted(set(person_ids))
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for profile in _profiles(session, _Chosen(lambda column, ids=batch: column.in_(ids))):  # type: ignore[misc]
            found[int(profile.key)] = profile
    return found


def profiles_as_recorded(session: Session, person_ids: Iterable[int]) -> dict[int, Profile]:
    """These people by what was recorded for each, whomever it belongs to since merges; erased and sealed ones never."""
    wanted = sorted(set(person_ids))
    allowed = sa.and_(PERSON.c.status != PersonStatus.ERASED, PERSON.c.protection != Protection.SEALED)
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        chosen = _Chosen(lambda column, ids=batch: column.in_(ids), "recorded_for_id", allowed)  # type: ignore[misc]
        found |= {int(profile.key): profile for profile in _profiles(session, chosen)}
    return found


def profile_hash(profile: Profile) -> int:
    """64 bits that change when anything that is compared changes; the same in every process."""
    parts = (
        "\x1f".join(profile.names),
        "\x1f".join(sorted(profile.usernames)),
        "\x1f".join(sorted(profile.emails)),
        "\x1f".join(sorted(profile.phones)),
        profile.country,
        profile.city,
        "\x1f".join(sorted(profile.affiliations)),
        "\x1f".join(sorted(profile.languages)),
    )
    return int.from_bytes(blake2b("\x1e".join(parts).encode(), digest_size=8).digest(), "little")


def _profiles(session: Session, chosen: _Chosen) -> Iterator[Profile]:
    people = session.execute(
        sa.select(PERSON.c.id, PERSON.c.display_name, PERSON.c.residence_country, PERSON.c.residence_city)
        .where(chosen.ids(PERSON.c.id), comparable() if chosen.allowed is None else chosen.allowed)
        .order_by(PERSON.c.id)
    ).all()
    if not people:
        return
    names = _texts(session, "person_name", "name", chosen)
    usernames = _texts(session, "wiki_account", "username", chosen)
    languages = _texts(session, "language_skill", "language", chosen)
    emails, phones = (_contacts(session, kind, chosen) for kind in (ContactKind.EMAIL, ContactKind.PHONE))
    affiliations = _affiliations(session, chosen)
    for person_id, display_name, country, city in people:
        yield Profile(
            key=person_id,
            names=tuple(dict.fromkeys((*names.get(person_id, ()), display_name))),
            usernames=tuple(dict.fromkeys(usernames.get(person_id, ()))),
            emails=tuple(dict.fromkeys(emails.get(person_id, ()))),
            phones=tuple(dict.fromkeys(phones.get(person_id, ()))),
            country=country or "",
            city=city or "",
            affiliations=tuple(affiliations.get(person_id, ())),
            languages=tuple(dict.fromkeys(languages.get(person_id, ()))),
        )


def _texts(session: Session, table_name: str, column: str, chosen: _Chosen) -> Texts:
    table = metadata.tables[table_name]
    return _collected(session, table, sa.select(table.c[chosen.owner], table.c[column]), chosen)


def _contacts(session: Session, kind: ContactKind, chosen: _Chosen) -> Texts:
    table = metadata.tables["contact_point"]
    query = sa.select(table.c[chosen.owner], table.c.normalized).where(table.c.kind == kind)
    return _collected(session, table, query, chosen)


def _affiliations(session: Session, chosen: _Chosen) -> Texts:
    table, affiliate = metadata.tables["membership"], metadata.tables["affiliate"]
    query = sa.select(table.c[chosen.owner], affiliate.c.name).join(affiliate, affiliate.c.id == table.c.affiliate_id)
    return {person_id: sorted(set(names)) for person_id, names in _collected(session, table, query, chosen).items()}


def _collected(session: Session, table: sa.Table, query: sa.Select[int, str], chosen: _Chosen) -> Texts:
    live = query.where(chosen.ids(table.c[chosen.owner]), table.c.removed_at.is_(None))
    if chosen.owner == "person_id":  # what a merge replaced still was recorded for its record
        live = live.where(table.c.superseded_by_id.is_(None))
    found: Texts = defaultdict(list)
    rows: Sequence[sa.Row[int, str]] = session.execute(live.order_by(table.c.id)).all()
    for person_id, text in rows:
        found[person_id].append(text)
    return found
