"""Check cards: a row beside the people it may be, with what agrees and what does not.

Of a candidate's e-mails and telephones only whether they agree is told, never what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.importer.actions import ReviewMatch
from wmcrm.importer.choices import RowDecisions
from wmcrm.importer.known import KnownPeople
from wmcrm.importer.lookup import LookupScope, find_known_people
from wmcrm.importer.signups import ExactKey, KeyKind
from wmcrm.importer.stages import SheetAction
from wmcrm.models import Person, PersonStatus, PersonSummary, WikiAccount

Parts = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """Somebody the row may be: what the actor may see of them, which keys agree and which differ.

    ``name`` is in parts, each with whether the row writes it otherwise.
    """

    public_id: str
    name: Parts = field(repr=False)
    usernames: tuple[str, ...] = field(repr=False)
    country: str | None
    last_occasion: date | None
    is_held: bool
    agrees: tuple[str, ...]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckCard:
    """A row to decide, with the people it may be and the rows of this sheet that it may repeat.

    ``decision`` is a candidate's public id, ``row-7``, ``new`` or ``later``.
    """

    action: SheetAction
    candidates: tuple[CandidateCard, ...]
    sheet_rows: tuple[int, ...] = ()
    decision: str = "later"

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of all that the row may be, as decisions write them."""
        return (*(person.public_id for person in self.candidates), *(f"row-{row}" for row in self.sheet_rows))

    @property
    def row(self) -> int:
        """The number that the spreadsheet program shows."""
        return self.action.row.number


def check_cards(
    session: Session, actions: Sequence[SheetAction], decisions: RowDecisions, scope: LookupScope
) -> tuple[CheckCard, ...]:
    """A card for each row, in their order; people outside the actor's scope are on none."""
    offered = {action.row.number: _offered(action, decisions) for action in actions}
    wanted = {ref for refs in offered.values() for ref in refs if ref > 0}
    people = _people(session, wanted)
    known = find_known_people(session, (), people, scope) if people else KnownPeople()
    beside = _Beside(known, _usernames(session, people), _last_occasions(session, people))
    cards = []
    for action in actions:
        refs = offered[action.row.number]
        candidates = tuple(
            _candidate(action, people[ref], beside) for ref in refs if ref in people and ref in known.people
        )
        sheet_rows = tuple(sorted(-ref for ref in refs if ref < 0))
        cards.append(CheckCard(action, candidates, sheet_rows, _decision(action.row.number, decisions, people)))
    return tuple(cards)


def _offered(action: SheetAction, decisions: RowDecisions) -> tuple[int, ...]:
    if isinstance(action.action, ReviewMatch):
        return tuple(candidate.ref for candidate in action.action.candidates)
    return decisions.offered.get(action.row.number, ())


def _decision(row: int, decisions: RowDecisions, people: Mapping[int, Person]) -> str:
    if row in decisions.different:
        return "new"
    told = decisions.same.get(row, 0)
    if told < 0:
        return f"row{told}"
    person = people.get(told)
    return person.public_id if person else "later"


def _people(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """The people whom the session's actor may see."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    query = sa.select(Person).where(col(Person.id).in_(wanted), col(Person.removed_at).is_(None))
    return {person.id: person for person in session.scalars(query)}


def _usernames(session: Session, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    query = sa.select(col(WikiAccount.person_id), col(WikiAccount.username)).where(
        col(WikiAccount.person_id).in_(wanted),
        col(WikiAccount.removed_at).is_(None),
        col(WikiAccount.superseded_by_id).is_(None),
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, username in session.execute(query.order_by(col(WikiAccount.id))):
        found[person_id] = (*found.get(person_id, ()), username)
    return found


def _last_occasions(session: Session, ids: Iterable[int]) -> dict[int, date | None]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    query = sa.select(col(PersonSummary.person_id), col(PersonSummary.last_occasion_on)).where(
        col(PersonSummary.person_id).in_(wanted)
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is known of the candidates beside their own row."""

    known: KnownPeople
    usernames: Mapping[int, tuple[str, ...]]
    last_occasions: Mapping[int, date | None]


def _candidate(action: SheetAction, person: Person, beside: _Beside) -> CandidateCard:
    keys = action.row.answer.keys if action.row.answer else ()
    agrees, differs = compare_keys(keys, beside.known.people[person.id].keys)
    reading = action.row.reading or {}
    return CandidateCard(
        public_id=person.public_id,
        name=name_parts(person.display_name, str(reading.get("name", ""))),
        usernames=beside.usernames.get(person.id, ()),
        country=person.residence_country,
        last_occasion=beside.last_occasions.get(person.id),
        is_held=person.status == PersonStatus.HELD,
        agrees=agrees,
        differs=differs,
    )


def compare_keys(row: Iterable[ExactKey], theirs: Iterable[ExactKey]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds of keys that agree, and those that both have but that differ."""
    said, known = set(row), set(theirs)
    shared = {key.kind for key in said & known}
    both = {key.kind for key in said} & {key.kind for key in known}
    agrees = tuple(kind.value for kind in KeyKind if kind in shared)
    return agrees, tuple(kind.value for kind in KeyKind if kind in both - shared)


def name_parts(name: str, other: str) -> Parts:
    """A name in parts, each with whether the other name has other letters there; case does not count."""
    if not other or len(name) + len(other) > 200:
        return ((name, False),)
    matcher = SequenceMatcher(None, other.casefold(), name.casefold(), autojunk=False)
    if len(name.casefold()) != len(name) or matcher.ratio() < 0.5:  # nothing to compare letter by letter
        return ((name, False),)
    return tuple((name[start:end], tag != "equal") for tag, _, _, start, end in matcher.get_opcodes() if end > start)
