"""People in lists: one page of those whom the search index gives, and what is told beside their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from admin_app.listing import PAGE, Page, Question
from wmcrm.db import Session
from wmcrm.db.search import CANDIDATES, matching_people
from wmcrm.errors import BadInputError
from wmcrm.models import Person, PersonSummary
from wmcrm.normalize import fold
from wmcrm.people import usernames_of


@dataclass(frozen=True, slots=True)
class Beside:
    """What a list shows beside a name: usernames, how many occasions, the day of the last."""

    usernames: tuple[str, ...]
    occasions: int
    last: date | None


def search_people(session: Session, within: sa.Select[tuple[Person]], question: Question) -> Page[Person]:
    """The people of ``within`` whose names, usernames, affiliates or addresses hold every word, by name.

    They are sorted here: a database that is asked for "one of these ids, by name" reads everybody by name.
    """
    chosen = col(Person.id).in_(matching_people(session, fold(question.text).split()))
    keys = (col(Person.sort_name), col(Person.id), col(Person.public_id))
    known = session.execute(within.with_only_columns(*keys).where(chosen)).all()
    ordered = sorted(known, key=lambda row: (row[0], row[1]), reverse=question.descending)
    public_ids = [row[2] for row in ordered]
    start = _start(public_ids, question.after)
    wanted = [row[1] for row in ordered[start : start + PAGE]]
    people = session.execute(within.where(col(Person.id).in_(wanted))).scalars()
    by_id = {person.id: person for person in people}
    following = public_ids[start + PAGE - 1] if len(public_ids) > start + PAGE else ""
    return Page(tuple(by_id[number] for number in wanted), following, len(public_ids), cap=CANDIDATES - 1)


def _start(public_ids: list[str], after: str) -> int:
    if not after:
        return 0
    if after not in public_ids:
        raise BadInputError("The list changed meanwhile; begin at its first page.")
    return public_ids.index(after) + 1


def beside(session: Session, ids: list[int]) -> dict[int, Beside]:
    """For each of these people what a list shows beside the name; two questions, however many people."""
    usernames = usernames_of(session, ids)
    rows = session.execute(sa.select(PersonSummary).where(col(PersonSummary.person_id).in_(ids))).scalars()
    summaries = {row.person_id: row for row in rows}
    return {number: _beside(usernames.get(number, ()), summaries.get(number)) for number in ids}


def _beside(usernames: tuple[str, ...], summary: PersonSummary | None) -> Beside:
    if summary is None:
        return Beside(usernames, 0, None)
    return Beside(usernames, summary.occasions, summary.last_occasion_on)
