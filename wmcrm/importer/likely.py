"""People whom the rows of a sheet may be although they share no exact key: for a person to look at, never to link.

All rows of a chunk that nobody's keys answer are compared at once with the people who share a blocking key
with them, by the same model as the duplicates of the database (wmcrm.matching).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.dedupe import current_model
from wmcrm.dedupe.sharing import carriers_of_rare, stored_key
from wmcrm.importer.answers import Answer
from wmcrm.importer.known import KnownPeople, KnownPerson, SheetMemory
from wmcrm.importer.lookup import LookupScope, find_known_people
from wmcrm.importer.plan import AskedRow, Seen
from wmcrm.importer.signups import KeyKind
from wmcrm.matching import Index, Profile, profile_keys, scan_against

LIKELY = 0.5  # from here on a person looks (the review queue's threshold)
MOST = 10


def find_likely(
    session: Session, asked: Sequence[AskedRow], known: KnownPeople, memory: SheetMemory, scope: LookupScope
) -> tuple[list[AskedRow], KnownPeople]:
    """The rows with the people they may be, the surest first, and these people added to the known ones."""
    open_rows = {row.answer.row: row.answer for row in asked if _is_open(row, known, memory)}
    profiles = {number: _profile_of_row(answer) for number, answer in open_rows.items()}
    ids = _sharing(session, list(profiles.values()))
    if not ids:
        return list(asked), known
    others = find_known_people(session, (), ids, scope).people
    likely = _compare(session, list(profiles.values()), others)
    found = {ref: others[ref] for refs in likely.values() for ref in refs}
    rows = [replace(row, likely=likely.get(row.answer.row, ())) for row in asked]
    return rows, KnownPeople({**found, **known.people}, known.carriers)


def without_earlier(asked: Sequence[AskedRow], seen: Seen) -> list[AskedRow]:
    """The rows that no earlier import of the event brought."""
    return [row for row in asked if not seen.same_row.get(row.whole)]


def _is_open(row: AskedRow, known: KnownPeople, memory: SheetMemory) -> bool:
    answer = row.answer
    if not answer.is_identifying:
        return False
    return not any(known.carriers.get(key) or memory.carriers(key) for key in answer.keys)


@looks_beyond(Beyond.LOOKUP)
def _sharing(session: Session, profiles: Sequence[Profile]) -> set[int]:
    """The people who share a key with any of these records; keys of a crowd left out."""
    return carriers_of_rare(session, sorted({stored_key(key) for one in profiles for key in profile_keys(one)}))


def _compare(
    session: Session, rows: Sequence[Profile], others: Mapping[int, KnownPerson]
) -> dict[int, tuple[int, ...]]:
    index = Index(_profile_of_person(person) for person in others.values())
    pairs = scan_against(rows, index, current_model(session)).at_least(LIKELY)
    found: dict[int, list[int]] = defaultdict(list)
    for first, second in zip(pairs.id_a.tolist(), pairs.id_b.tolist(), strict=True):
        row, person = min(first, second), max(first, second)
        if row < 0 < person:
            found[-row].append(person)
    return {row: tuple(people[:MOST]) for row, people in found.items()}


def _profile_of_row(answer: Answer) -> Profile:
    return Profile(
        key=-answer.row,
        names=(answer.name.name,) if answer.name else (),
        given=(answer.name.given or "") if answer.name else "",
        family=(answer.name.family or "") if answer.name else "",
        usernames=answer.usernames,
        emails=answer.emails,
        phones=answer.phones,
        country=answer.country or "",
        city=answer.city or "",
        languages=answer.languages,
    )


def _profile_of_person(person: KnownPerson) -> Profile:
    def values(kind: KeyKind) -> tuple[str, ...]:
        return tuple(sorted(key.value for key in person.keys if key.kind is kind))

    return Profile(
        key=person.person_id,
        names=person.names,
        usernames=values(KeyKind.USERNAME),
        emails=values(KeyKind.EMAIL),
        phones=values(KeyKind.PHONE),
        country=person.country or "",
        city=person.city or "",
        languages=tuple(sorted(person.languages)),
    )
