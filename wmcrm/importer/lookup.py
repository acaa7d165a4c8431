"""Who is known that the rows of a sheet may be: reads in batches of keys, whatever the sheet wrote so far.

Facts that this import itself has written are left out, so that the plan of a row is the same before and
while the sheet is applied; what the sheet added is in its own memory (``known.SheetMemory``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.importer.answers import ConsentSaid, Key
from wmcrm.importer.known import NOBODY_KNOWN, KnownPeople, KnownPerson, KnownPresence
from wmcrm.importer.signups import KeyKind
from wmcrm.matching.keys import KeyKind as StoredKind
from wmcrm.matching.keys import email_form, hash64
from wmcrm.models import (
    Attendance,
    Channel,
    ConsentDecision,
    ContactKind,
    EventRole,
    PersonStatus,
    Protection,
    Registration,
    metadata,
)
from wmcrm.models.records import select_record
from wmcrm.normalize import email_key
from wmcrm.outreach import UNCONFIRMED
from wmcrm.upkeep import KIND_NUMBERS

BATCH = 2000
ATTENDED = {Attendance.YES: True, Attendance.NO: False, Attendance.UNKNOWN: None}
CONTACT_KEYS = {ContactKind.EMAIL: KeyKind.EMAIL, ContactKind.PHONE: KeyKind.PHONE}


@dataclass(frozen=True, slots=True)
class OwnRows:
    """The ledger rows of the running import, ascending; none while it is only planned."""

    ids: Sequence[int] = ()

    def __contains__(self, row_id: object) -> bool:
        if not self.ids or not isinstance(row_id, int):
            return False
        place = bisect_left(self.ids, row_id)
        return place < len(self.ids) and self.ids[place] == row_id


@dataclass(frozen=True, slots=True)
class LookupScope:
    """For which event and holder the sheet is read, and whose records the actor may see (None = all)."""

    event_id: int | None = None
    holder_id: int | None = None
    affiliate_ids: frozenset[int] | None = None
    own: OwnRows = field(default_factory=OwnRows)


@dataclass(slots=True)
class _Facts:
    names: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[int, set[Key]] = field(default_factory=lambda: defaultdict(set))
    removed: dict[int, set[Key]] = field(default_factory=lambda: defaultdict(set))
    languages: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    presences: dict[int, list[KnownPresence]] = field(default_factory=lambda: defaultdict(list))
    holders: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    consents: dict[int, set[ConsentSaid]] = field(default_factory=lambda: defaultdict(set))
    open_noes: dict[int, set[ConsentSaid]] = field(default_factory=lambda: defaultdict(set))


@looks_beyond(Beyond.LOOKUP)
def find_known_people(
    session: Session, keys: Collection[Key], person_ids: Iterable[int], scope: LookupScope
) -> KnownPeople:
    """The live people who carry any of these keys, and those of ``person_ids``, with all an import compares.

    Sealed, merged and erased people are not found; held ones are.
    """
    ids = {person_id for person_id in person_ids if person_id > 0}
    ids.update(_carriers(session, keys))
    if not ids:
        return NOBODY_KNOWN
    people: dict[int, KnownPerson] = {}
    for batch in _batches(sorted(ids)):
        people.update((person.person_id, person) for person in _people(session, batch, scope))
    wanted = set(keys)
    carriers: dict[Key, list[int]] = defaultdict(list)
    for person in people.values():
        for key in person.keys & wanted:
            carriers[key].append(person.person_id)
    return KnownPeople(people, {key: tuple(sorted(found)) for key, found in carriers.items()})


@looks_beyond(Beyond.LOOKUP)
def survivors(session: Session, person_ids: Iterable[int]) -> dict[int, int]:
    """Whom each person is now: the survivor, however many merges later; themselves if not merged."""
    person = metadata.tables["person"]
    now = {person_id: person_id for person_id in person_ids}
    waiting = set(now.values())
    while waiting:
        merged: dict[int, int] = {}
        for batch in _batches(sorted(waiting)):
            query = sa.select(person.c.id, person.c.merged_into_id).where(
                person.c.id.in_(batch), person.c.merged_into_id.is_not(None)
            )
            merged.update(session.execute(query).all())
        now = {person_id: merged.get(at, at) for person_id, at in now.items()}
        waiting = set(merged.values())
    return now


def _batches(values: Sequence[int] | Sequence[str]) -> Iterator[Sequence[int] | Sequence[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _carriers(session: Session, keys: Collection[Key]) -> Iterator[int]:
    """People who may carry a key; who really does is seen when their facts are read."""
    account, contact = metadata.tables["wiki_account"], metadata.tables["contact_point"]
    stored = metadata.tables["match_key"]
    usernames = sorted(key.value for key in keys if key.kind is KeyKind.USERNAME)
    for batch in _batches(usernames):
        yield from session.scalars(sa.select(account.c.person_id).where(account.c.username.in_(batch)))
    direct = sorted(key.value for key in keys if key.kind is not KeyKind.USERNAME)
    for batch in _batches(direct):
        yield from session.scalars(sa.select(contact.c.person_id).where(contact.c.normalized.in_(batch)))
    hashes = sorted(
        hash64(StoredKind.EMAIL, "@".join(email_form(key.value))) for key in keys if key.kind is KeyKind.EMAIL
    )
    for numbers in _batches(hashes):
        query = sa.select(stored.c.person_id).where(
            stored.c.hash64.in_(numbers), stored.c.kind == KIND_NUMBERS[StoredKind.EMAIL]
        )
        yield from session.scalars(query)


def _people(session: Session, ids: Sequence[int] | Sequence[str], scope: LookupScope) -> Iterator[KnownPerson]:
    person = metadata.tables["person"]
    columns = ("id", "display_name", "residence_country", "residence_city", "status", "source_row_id")
    query = select_record("person", columns).where(
        person.c.id.in_(ids),
        person.c.status.in_([PersonStatus.ACTIVE, PersonStatus.HELD]),
        person.c.removed_at.is_(None),
        person.c.protection != Protection.SEALED,
    )
    rows = [row for row in session.execute(query) if row[5] not in scope.own]
    if not rows:
        return
    facts = _facts(session, [row[0] for row in rows], scope)
    for person_id, display_name, country, city, status, _source_row in rows:
        usernames = {key.value for key in facts.keys[person_id] if key.kind is KeyKind.USERNAME}
        names = dict.fromkeys((*facts.names[person_id], display_name))
        yield KnownPerson(
            person_id=person_id,
            names=tuple(name for name in names if name not in usernames),
            keys=frozenset(facts.keys[person_id]),
            removed=frozenset(facts.removed[person_id]),
            languages=frozenset(facts.languages[person_id]),
            country=country,
            city=city,
            presences=tuple(facts.presences[person_id]),
            consents=frozenset(facts.consents[person_id]),
            is_held_here=scope.holder_id is None or scope.holder_id in facts.holders[person_id],
            in_scope=scope.affiliate_ids is None or bool(facts.holders[person_id] & scope.affiliate_ids),
            is_provisional=status == PersonStatus.HELD,
        )


def _facts(session: Session, ids: Sequence[int], scope: LookupScope) -> _Facts:
    facts = _Facts()
    for person_id, live, (name,) in _rows(session, "person_name", ("name",), ids, scope):
        if live:
            facts.names[person_id].append(str(name))
    for person_id, live, (username,) in _rows(session, "wiki_account", ("username",), ids, scope):
        (facts.keys if live else facts.removed)[person_id].add(Key(KeyKind.USERNAME, str(username)))
    points = ("kind", "normalized", "held_because")
    for person_id, live, (kind, value, held) in _rows(session, "contact_point", points, ids, scope):
        if kind in CONTACT_KEYS and held != UNCONFIRMED:  # anybody can add an address that is not theirs
            text = email_key(str(value)) if kind is ContactKind.EMAIL else str(value)
            (facts.keys if live else facts.removed)[person_id].add(Key(CONTACT_KEYS[ContactKind(str(kind))], text))
    for person_id, _live, (language,) in _rows(session, "language_skill", ("language",), ids, scope):
        facts.languages[person_id].add(str(language))
    for person_id, live, (holder, until) in _rows(session, "holding", ("holder_affiliate_id", "until"), ids, scope):
        if live and until is None and isinstance(holder, int):
            facts.holders[person_id].add(holder)
    _add_presences(session, facts, ids, scope)
    _add_consents(session, facts, ids, scope)
    return facts


def _rows(
    session: Session, name: str, columns: tuple[str, ...], ids: Sequence[int], scope: LookupScope
) -> Iterator[tuple[int, bool, Sequence[object]]]:
    """Rows of a fact table as (person, live, the columns), without those of the running import."""
    table = metadata.tables[name]
    query = sa.select(
        table.c.person_id,
        sa.and_(table.c.removed_at.is_(None), table.c.superseded_by_id.is_(None)).label("live"),
        table.c.source_row_id,
        *(table.c[column] for column in columns),
    )
    if name == "participation":
        query = query.where(table.c.event_id == scope.event_id, table.c.session_id.is_(None))
    for row in session.execute(query.where(table.c.person_id.in_(ids)).order_by(table.c.id)):
        if row[2] not in scope.own:
            yield row[0], bool(row[1]), row[3:]


def _add_presences(session: Session, facts: _Facts, ids: Sequence[int], scope: LookupScope) -> None:
    if scope.event_id is None:
        return
    columns = ("event_role", "registration", "attended", "registered_on", "id")
    for person_id, live, values in _rows(session, "participation", columns, ids, scope):
        if live:
            facts.presences[person_id].append(_presence(*values))


def _presence(role: object, registration: object, attended: object, day: object, record_id: object) -> KnownPresence:
    return KnownPresence(
        EventRole(str(role)).value,
        Registration(str(registration)).value,
        ATTENDED[Attendance(str(attended))],
        day if isinstance(day, date) else None,
        record_id if isinstance(record_id, int) else None,
    )


def _add_consents(session: Session, facts: _Facts, ids: Sequence[int], scope: LookupScope) -> None:
    """What people said and nobody voided: the same is not recorded twice.

    A no that a later yes took back is said anew, but by the sheets of the event that brought it.
    """
    event, purpose = metadata.tables["consent_event"], metadata.tables["purpose"]
    row, run = metadata.tables["imported_row"], metadata.tables["import_run"]
    voiding = event.alias()
    query = (
        sa.select(
            event.c.person_id, purpose.c.code, event.c.channel, event.c.decision, event.c.source_row_id, run.c.event_id
        )
        .join(purpose, purpose.c.id == event.c.purpose_id)
        .outerjoin(row, row.c.id == event.c.source_row_id)
        .outerjoin(run, run.c.id == row.c.run_id)
        .where(
            event.c.person_id.in_(ids),
            event.c.decision.in_([ConsentDecision.GIVEN, ConsentDecision.REFUSED]),
            ~sa.exists().where(voiding.c.voids_id == event.c.id),
        )
        .order_by(event.c.on_day, event.c.id)
    )
    for person_id, code, channel, decision, source_row, event_id in session.execute(query):
        if source_row in scope.own:
            continue
        said = ConsentSaid(code, channel.value, decision == ConsentDecision.GIVEN)
        if said.given:
            facts.consents[person_id] -= {no for no in facts.open_noes[person_id] if _concerns(said, no)}
        elif event_id is None or event_id != scope.event_id:
            facts.open_noes[person_id].add(said)
        facts.consents[person_id].add(said)


def _concerns(said: ConsentSaid, other: ConsentSaid) -> bool:
    """Whether two decisions are about one purpose and a channel of both."""
    channels = {said.channel, other.channel}
    return said.purpose == other.purpose and (len(channels) == 1 or Channel.ANY.value in channels)
