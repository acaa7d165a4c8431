"""The paths of people as they are stored: for lists, for counts, for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session
from sqlmodel import col

from wmcrm.errors import NotFoundError
from wmcrm.models import Affiliate, Event, Initiative
from wmcrm.paths.evidence import load_facts
from wmcrm.paths.explain import Names
from wmcrm.paths.facts import EvidenceKind, Facts
from wmcrm.paths.person_evidence import PersonEvidence, gather
from wmcrm.paths.rules import LATEST, PathModel
from wmcrm.paths.selection import EVERYBODY, Asked, Condition, shown_one_by_one
from wmcrm.paths.stages import PathOfPerson, each_path


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


def paths(
    session: Session, as_of: dt.date, *, asked: Asked = EVERYBODY, model: PathModel = LATEST
) -> dict[int, PathOfPerson]:
    """Return the paths that may be listed one by one to whoever acts in this session, by person id.

    The operator gets everybody but sealed people.
    """
    return dict(_read(session, as_of, asked, model, shown_one_by_one(session)).paths)


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
        affiliates=_titles(session, col(Affiliate.id), col(Affiliate.name), about[EvidenceKind.POSITION]),
        initiatives=_titles(session, col(Initiative.id), col(Initiative.title), about[EvidenceKind.INVOLVEMENT]),
    )


def _read(session: Session, as_of: dt.date, asked: Asked, model: PathModel, shown: Condition | None) -> Reading:
    facts = load_facts(session, as_of=as_of, asked=asked, shown=shown, model=model)
    evidence = gather(facts, model)
    found = {path.person: path for path in each_path(facts, as_of, model, evidence)}
    return Reading(as_of, model, facts, evidence, found)


def _titles(session: Session, key: Mapped[int], title: Mapped[str], ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = sa.select(key, title).where(key.in_(sorted(ids)))
    return {row[0]: row[1] for row in session.execute(query)}
