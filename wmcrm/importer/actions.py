"""The plan of one row: what will be written for it, or why nothing will; pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from wmcrm.importer.answers import ConsentSaid, NameSaid
from wmcrm.importer.decide import Candidate
from wmcrm.importer.known import KnownPresence


@dataclass(frozen=True, slots=True)
class Fill:
    """A column of the person gets a value; ``before`` is what it held."""

    column: str
    before: str | None = field(repr=False)
    after: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """A participation is made (``before`` is None) or becomes what the sheet knows better."""

    before: KnownPresence | None
    after: KnownPresence
    capacity: str = "participant"


@dataclass(frozen=True, slots=True)
class Additions:
    """What a row adds to a person; nothing is ever taken away."""

    names: tuple[NameSaid, ...] = ()
    usernames: tuple[str, ...] = field(default=(), repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    languages: tuple[str, ...] = ()
    fills: tuple[Fill, ...] = ()
    presence: PresenceChange | None = None
    consents: tuple[ConsentSaid, ...] = ()
    holding: bool = False
    is_new_person: bool = False

    @property
    def changes_person(self) -> bool:
        """True when the person's own data get something."""
        return bool(self.names or self.usernames or self.emails or self.phones or self.languages or self.fills)

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to write."""
        return not (self.changes_person or self.presence or self.consents or self.holding)


NOTHING = Additions()


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Somebody new; ``elsewhere`` are people of other holders who may be the same: stewards are told."""

    row: int
    ref: int
    name: str = field(repr=False)
    additions: Additions = NOTHING
    elsewhere: tuple[Candidate, ...] = ()
    unlike: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchPerson:
    """Somebody known, whose participation or consent is recorded; with nothing to add, nothing is written."""

    row: int
    ref: int
    by: str
    additions: Additions = NOTHING


@dataclass(frozen=True, slots=True)
class UpdatePerson:
    """Somebody known, whose own data get something."""

    row: int
    ref: int
    by: str
    additions: Additions


@dataclass(frozen=True, slots=True)
class ReviewMatch:
    """Held: a provisional person owns the facts until a person has looked at the candidates."""

    row: int
    ref: int
    name: str = field(repr=False)
    candidates: tuple[Candidate, ...]
    additions: Additions = NOTHING


@dataclass(frozen=True, slots=True)
class HoldAgain:
    """Another row of somebody who is held."""

    row: int
    ref: int
    by: str
    additions: Additions = NOTHING


@dataclass(frozen=True, slots=True)
class SkipRow:
    """Nothing is written: the row is no person's, was left out, or names nobody (``invalid``)."""

    row: int
    outcome: str


RowAction = AddPerson | MatchPerson | UpdatePerson | ReviewMatch | HoldAgain | SkipRow


def outcome_of(action: RowAction) -> str:
    """The outcome as the ledger names it."""
    match action:
        case AddPerson():
            return "new"
        case ReviewMatch() | HoldAgain():
            return "held"
        case UpdatePerson():
            return "updated"
        case MatchPerson():
            return "unchanged" if action.additions.is_empty else "matched"
        case SkipRow():
            return action.outcome
        case _:
            assert_never(action)
