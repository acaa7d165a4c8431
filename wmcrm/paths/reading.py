"""The paths of people as they are stored: for lists, for counts, for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from wmcrm.aliases import name_column
from wmcrm.errors import NotFoundError
from wmcrm.models import Affiliate, Event, Initiative, Person
from wmcrm.paths.evidence import load_facts
from wmcrm.paths.explain import Names
from wmcrm.paths.facts import EvidenceKind, Facts
from wmcrm.paths.person_evidence import PersonEvidence, gather
from wmcrm.paths.rules import LATEST, PathModel
from wmcrm.paths.selection import EVERYBODY, Asked, Condition, asked_people, shown_one_by_one
from wmcrm.paths.stages import PathOfPerson, each_path

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a question, and what follows: the paths of the people asked for, by person id.

    ``evidence`` also holds people whose rows were read for the sake of others; :meth:`own` leaves them out.
    """

    as_of: dt.date
    model: PathModel
    facts: Facts
    evidence: Mapping[int, PersonEvidence]
    paths: Mapping[int, PathOfPerson]

    def own(self) -> dict[int, PersonEvidence]:
        """Return the evidence of the people asked for, of whom there is any."""
        return {person: own for person, own in self.evidence.items() if person in self.paths}


@dataclass(frozen=True, slots=True)
class PathRow:
    """One line of the listing: a path with the ids by which the person is known outside."""

    public_id: str
    external_id: str | None
    path: PathOfPerson


def paths(
    session: Session, as_of: dt.date, *, asked: Asked = EVERYBODY, model: PathModel = LATEST
) -> dict[int, PathOfPerson]:
    """Return the paths that may be listed one by one to whoever acts in this session, by person id.

    The operator gets everybody but sealed people.
    """
    return {path.person: path for path in each_listed_path(session, as_of, asked=asked, model=model)}


def each_listed_path(
    session: Session,
    as_of: dt.date,
    *,
    asked: Asked = EVERYBODY,
    model: PathModel = LATEST,
    batch: int = BATCH,
) -> Iterator[PathOfPerson]:
    """Yield the same paths in order of person id, at most ``batch`` people in memory at a time."""
    shown = shown_one_by_one(session)
    for part in _parts(session, asked, as_of, shown, batch):
        yield from _read(session, as_of, part, model, shown).paths.values()


def path_rows(
    session: Session, as_of: dt.date, *, asked: Asked = EVERYBODY, model: PathModel = LATEST
) -> Iterator[PathRow]:
    """Yield the lines of ``wmcrm paths`` in order of person id, for whoever acts in this session."""
    query = sa.select(col(Person.id), col(Person.public_id), col(Person.external_id))
    known = {row[0]: (row[1], row[2]) for row in session.execute(query.where(asked_people(asked, as_of)))}
    for path in each_listed_path(session, as_of, asked=asked, model=model):
        yield PathRow(*known[path.person], path)


def read_for_counting(
    session: Session, as_of: dt.date, *, asked: Asked = EVERYBODY, model: PathModel = LATEST
) -> Reading:
    """Return the paths of everybody but sealed people, to be counted, never to be listed.

    Whoever prints the counts suppresses small ones where the reader may not list the people behind them.
    """
    return _read(session, as_of, asked, model, None)


def path_of(session: Session, person_id: int, as_of: dt.date, *, model: PathModel = LATEST) -> PathOfPerson:
    """Return one person's path; raises NotFoundError where the actor may not be shown it."""
    found = paths(session, as_of, asked=Asked(person=person_id), model=model).get(person_id)
    if found is None:
        raise NotFoundError("No path can be shown for this person: no live record of your people has this id.")
    return found


def names_for(session: Session, path: PathOfPerson) -> Names:
    """Return the titles of the events, affiliates and initiatives behind a path, for its sentences."""
    about: dict[EvidenceKind, set[int]] = {kind: set() for kind in EvidenceKind}
    for reached in path.reached.values():
        for evidence in reached.evidence:
            if evidence.person is None:
                about[evidence.kind].update(evidence.about)
    return Names(
        events=_titles(session, col(Event.id), col(Event.title), about[EvidenceKind.OCCASION]),
        affiliates=_titles(session, col(Affiliate.id), name_column(session), about[EvidenceKind.POSITION]),
        initiatives=_titles(session, col(Initiative.id), col(Initiative.title), about[EvidenceKind.INVOLVEMENT]),
    )


def _read(session: Session, as_of: dt.date, asked: Asked, model: PathModel, shown: Condition | None) -> Reading:
    facts = load_facts(session, as_of=as_of, asked=asked, shown=shown, model=model)
    evidence = gather(facts, model)
    found = {path.person: path for path in each_path(facts, as_of, model, evidence)}
    return Reading(as_of, model, facts, evidence, found)


def _parts(session: Session, asked: Asked, as_of: dt.date, shown: Condition, batch: int) -> Iterator[Asked]:
    """Yield the question itself if its people fit into one batch, else its parts by person id."""
    wanted = sa.select(col(Person.id)).where(asked_people(asked, as_of), shown).order_by(col(Person.id))
    ids = [] if asked.person is not None else list(session.execute(wanted).scalars())
    if len(ids) <= batch:
        yield asked
        return
    for start in range(0, len(ids), batch):
        yield replace(asked, ids=(ids[start], ids[min(start + batch, len(ids)) - 1]))


def _titles(
    session: Session, key: Mapped[int], title: Mapped[str] | sa.ColumnElement[str], ids: set[int]
) -> dict[int, str]:
    if not ids:
        return {}
    query = sa.select(key, title).where(key.in_(sorted(ids)))
    return {row[0]: row[1] for row in session.execute(query)}
