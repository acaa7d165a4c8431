"""The plan of a sheet, row by row: pure. Nothing here reads or writes a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wmcrm.importer.actions import (
    Additions,
    AddPerson,
    HoldAgain,
    MatchPerson,
    ReviewMatch,
    RowAction,
    SkipRow,
    UpdatePerson,
)
from wmcrm.importer.answers import Answer
from wmcrm.importer.decide import MOST_CANDIDATES, Candidate, Conflict, Match, Nobody, decide_match
from wmcrm.importer.known import KnownPeople, SheetMemory
from wmcrm.importer.values import Kept, difference, everything, remember

SAME_ROW = "same row"
LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person said about rows in review: the person it is, or that it is none of the candidates."""

    same: Mapping[int, int] = field(default_factory=dict)
    different: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()


NO_DECISIONS = Decisions()


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of earlier imports for the event: people by the content of their rows, and by who the row names."""

    same_row: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    same_name: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A person row that is to be planned: what it says, and its fingerprints (whole row, and name alone).

    ``likely`` are people without a common key who are more likely than not the same, the surest first.
    """

    answer: Answer
    whole: int
    name: int
    likely: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What will be done with a row, and where its values were not taken."""

    action: RowAction
    kept: tuple[Kept, ...] = ()


@dataclass(slots=True)
class Planner:
    """Plans rows in the order of the sheet; the memory of the sheet grows with them."""

    holding: bool
    decisions: Decisions = NO_DECISIONS
    memory: SheetMemory = field(default_factory=SheetMemory)

    def plan_rows(self, rows: Iterable[AskedRow], known: KnownPeople, seen: Seen) -> Iterator[PlannedRow]:
        """Plan some rows, given everybody the database knows by their keys."""
        for row in rows:
            yield self._plan(row, known, seen)

    def _plan(self, row: AskedRow, known: KnownPeople, seen: Seen) -> PlannedRow:
        answer = row.answer
        if answer.row in self.decisions.left_out:
            return PlannedRow(SkipRow(answer.row, "skipped"))
        if not answer.is_identifying:
            return PlannedRow(SkipRow(answer.row, "invalid"))
        earlier = self._imported_before(row, known, seen)
        if earlier is not None:
            return self._keep(answer, earlier, known)
        return self._decided(row, known, seen)

    def _imported_before(self, row: AskedRow, known: KnownPeople, seen: Seen) -> int | None:
        """The person whom an earlier import of the same row made or found; equal rows are told apart by number."""
        people = [ref for ref in seen.same_row.get(row.whole, ()) if _is_in_reach(ref, known)]
        if not people:
            return None
        number = self.memory.count(row.whole)
        return people[number] if number < len(people) and people[number] in known.people else None

    def _keep(self, answer: Answer, ref: int, known: KnownPeople) -> PlannedRow:
        # The row was considered when it came first; only a consent that was not asked for then is news.
        told = difference(answer, ref, known, self.memory, holding=False).additions
        additions = Additions(consents=told.consents)
        remember(answer, ref, additions, self.memory)
        return PlannedRow(MatchPerson(answer.row, ref, SAME_ROW, additions))

    def _decided(self, row: AskedRow, known: KnownPeople, seen: Seen) -> PlannedRow:
        answer = row.answer
        told = self.decisions.same.get(answer.row)
        if told is not None and (told in self.memory.people or (told in known.people and known.people[told].in_scope)):
            return self._link(answer, Match(told, "decision"), known)
        found = decide_match(answer, known, self.memory)
        match found:
            case Match():
                return self._link(answer, found, known)
            case Conflict() if answer.row not in self.decisions.different:
                return self._hold(answer, found.candidates)
            case Conflict():
                return self._add(answer, unlike=tuple(candidate.ref for candidate in found.candidates))
            case Nobody():
                alike = self._namesakes(row, known, seen) or _likely(row, known, within=True)
                if answer.row in self.decisions.different:
                    return self._add(answer, found.elsewhere, unlike=tuple(candidate.ref for candidate in alike))
                if alike:
                    return self._hold(answer, alike)
                return self._add(answer, found.elsewhere or _likely(row, known, within=False))

    def _namesakes(self, row: AskedRow, known: KnownPeople, seen: Seen) -> tuple[Candidate, ...]:
        """People whom an earlier sheet of the event named, and nothing more: perhaps the same, a person must look.

        Asked for rows of a name only, and for those whose keys nobody carries, such as a mended telephone.
        """
        named = (ref for ref in seen.same_name.get(row.name, ()) if ref in known.people)
        people = [ref for ref in named if known.people[ref].in_scope]
        if row.answer.keys:
            people = [ref for ref in people if not known.people[ref].keys]
        return tuple(Candidate(ref, ("name at this event",)) for ref in people[:MOST_CANDIDATES])

    def _add(self, answer: Answer, elsewhere: tuple[Candidate, ...] = (), unlike: tuple[int, ...] = ()) -> PlannedRow:
        additions = everything(answer, holding=self.holding)
        remember(answer, -answer.row, additions, self.memory)
        return PlannedRow(AddPerson(answer.row, -answer.row, answer.shown_name, additions, elsewhere, unlike))

    def _hold(self, answer: Answer, candidates: tuple[Candidate, ...]) -> PlannedRow:
        additions = everything(answer, holding=self.holding)
        remember(answer, -answer.row, additions, self.memory)
        self.memory.people[-answer.row].candidates = tuple(candidate.ref for candidate in candidates)
        return PlannedRow(ReviewMatch(answer.row, -answer.row, answer.shown_name, candidates, additions))

    def _link(self, answer: Answer, match: Match, known: KnownPeople) -> PlannedRow:
        told = difference(answer, match.ref, known, self.memory, holding=self.holding)
        remember(answer, match.ref, told.additions, self.memory)
        return PlannedRow(self._linked(answer.row, match, told.additions, known), told.kept)

    def _linked(self, row: int, match: Match, additions: Additions, known: KnownPeople) -> RowAction:
        stored = known.people.get(match.ref)
        if self.memory.people[match.ref].candidates or (stored is not None and stored.is_provisional):
            return HoldAgain(row, match.ref, match.by, additions)
        if additions.changes_person:
            return UpdatePerson(row, match.ref, match.by, additions)
        return MatchPerson(row, match.ref, match.by, additions)


def _likely(row: AskedRow, known: KnownPeople, *, within: bool) -> tuple[Candidate, ...]:
    """People the row may be by all that is known of them, inside or outside the actor's scope."""
    refs = [ref for ref in row.likely if ref in known.people and known.people[ref].in_scope is within]
    return tuple(Candidate(ref, (LIKENESS,)) for ref in refs[:MOST_CANDIDATES])


def _is_in_reach(ref: int, known: KnownPeople) -> bool:
    """False for people of other holders, whom the row of their import must not give away."""
    return ref not in known.people or known.people[ref].in_scope
