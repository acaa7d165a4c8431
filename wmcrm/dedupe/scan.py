"""Candidate pairs of the whole database: found by the matcher, stored in short transactions, kept up to date.

The first scan compares everybody; later ones only people of whom something was written since, with those who
share a stored key with them. A scan that is killed goes on where it stopped: what it had found of everybody
is kept in slices (wmcrm.dedupe.slices), and who was not reached is still due (wmcrm.dedupe.due).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.dedupe.due import Stamps, everybody_due, note_newcomers, ranges_of_people, who_is_due
from wmcrm.dedupe.finding import QUEUE, comparable_people, find_among_all, find_for
from wmcrm.dedupe.marker import Mark, current_model, mark_files, read_file, read_mark, write_file
from wmcrm.dedupe.scope import whole_people
from wmcrm.dedupe.slices import PAIR, Stored, forget_kept, keep_slice, kept_slices, store_kept, store_slice
from wmcrm.models import held_by_actor
from wmcrm.upkeep import refresh_touched

READY = "dedupe_found_all"
LOOKED_UP = 100  # people a slice whose likes are looked up by keys
FEW = 500
MANY = 0.05  # where more people than that share are due, comparing everybody is faster than looking them up


class Step(StrEnum):
    """What a scan is at."""

    COMPARING = "comparing"
    KEEPING = "keeping"
    STORING = "storing"


Opening = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[Step, float], None]


@dataclass(frozen=True, slots=True)
class Sessions:
    """How a scan opens sessions: each is a transaction that whoever called commits, the writing ones short."""

    reading: Opening
    writing: Opening


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did: people there are, people compared anew, pairs found among them, pairs stored and dropped.

    ``precision`` is measured on verdicts that never adjust a weight; None where there are too few, and in
    scans that compare only who changed. ``resumed`` says that an earlier scan was ended first.
    """

    people: int
    compared: int
    found: int
    stored: int
    dropped: int
    waiting: int
    model_version: str
    precision: float | None = None
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class _Done:
    stored: Stored = field(default_factory=Stored)
    compared: int = 0
    precision: float | None = None
    resumed: bool = False


def scan(session: Session, *, everybody: bool = False) -> ScanReport:
    """Find and store the candidate pairs of the database, in one transaction.

    ``everybody`` compares all people again, whatever was known. A large database is scanned with
    :func:`scan_in_steps`, so that nobody waits for it and a scan that is killed loses nothing.
    """
    refresh_touched(session)
    with whole_people(session):
        return scan_in_steps(Sessions(lambda: nullcontext(session), lambda: nullcontext(session)), everybody=everybody)


def scan_in_steps(sessions: Sessions, *, everybody: bool = False, progress: Progress | None = None) -> ScanReport:
    """Find and store the candidate pairs of the database in many short transactions.

    After a kill the next call ends what was begun: where all pairs had been found it only stores the rest of
    them, and compares afterwards who changed meanwhile. ``progress`` gets what is done and a share from 0 to 1.
    """
    tell = progress or _silent
    done = _end_what_was_begun(sessions, tell)
    with sessions.writing() as session:
        starts = ranges_of_people(session)
    for start in starts:
        with sessions.writing() as session:
            note_newcomers(session, start)
    with sessions.reading() as session:
        mark = read_mark(session)
        due = who_is_due(session)
        people = comparable_people(session)
    if mark is None or (everybody and not done.resumed) or len(due) > max(FEW, MANY * people):
        done = _all_again(sessions, tell)
    else:
        done = _those_due(sessions, mark, due, tell, done)
    return _report(sessions, people, done)


def waiting_in_scope(session: Session) -> tuple[int, int]:
    """How many people the actor has that are compared, and how many pairs wait among them."""
    both = (held_by_actor(session, PAIR.c[side]) for side in ("person_a_id", "person_b_id"))
    waiting = sa.select(sa.func.count()).select_from(PAIR).where(PAIR.c.probability >= QUEUE, *both)
    return comparable_people(session), session.execute(waiting).scalar_one()


def _end_what_was_begun(sessions: Sessions, tell: Progress) -> _Done:
    """Store what a scan of everybody had found before it was killed; forget what it had not wholly kept."""
    with sessions.reading() as session:
        ready = read_file(session, READY)
        left = kept_slices(session)
    if ready is None:
        if left:
            with sessions.writing() as session:
                forget_kept(session)
        return _Done()
    told = json.loads(ready)
    return replace(_store_all(sessions, left, tell), resumed=True, **told)


def _all_again(sessions: Sessions, tell: Progress) -> _Done:
    with sessions.reading() as session:
        people = everybody_due(session)
        found = find_among_all(session, people, lambda share: tell(Step.COMPARING, share))
    for number, part in enumerate(found.slices, start=1):
        with sessions.writing() as session:
            keep_slice(session, part)
        tell(Step.KEEPING, number / len(found.slices))
    told = {"compared": found.compared, "precision": found.precision}
    files = {**mark_files(Mark(found.model)), READY: json.dumps(told).encode()}
    with sessions.writing() as session:
        for purpose, content in files.items():
            write_file(session, purpose, content)
        left = kept_slices(session)
    return replace(_store_all(sessions, left, tell), compared=found.compared, precision=found.precision)


def _store_all(sessions: Sessions, left: list[int], tell: Progress) -> _Done:
    stored = Stored()
    for number, kept in enumerate(left, start=1):
        with sessions.writing() as session:
            stored += store_kept(session, kept)
        tell(Step.STORING, number / len(left))
    with sessions.writing() as session:
        write_file(session, READY, None)
    return _Done(stored)


def _those_due(sessions: Sessions, mark: Mark, due: Stamps, tell: Progress, done: _Done) -> _Done:
    stored, compared = done.stored, done.compared
    for start in range(0, len(due), LOOKED_UP):
        with sessions.reading() as session:
            part, count = find_for(session, due.part(slice(start, start + LOOKED_UP)), mark.model)
        with sessions.writing() as session:
            stored += store_slice(session, part)
        compared += count
        tell(Step.COMPARING, min(1.0, (start + LOOKED_UP) / len(due)))
    return replace(done, stored=stored, compared=compared)


def _report(sessions: Sessions, people: int, done: _Done) -> ScanReport:
    with sessions.reading() as session:
        (_, waiting), version = waiting_in_scope(session), current_model(session).version
    return ScanReport(
        people=people,
        compared=done.compared,
        found=done.stored.found,
        stored=done.stored.added,
        dropped=done.stored.dropped,
        waiting=waiting,
        model_version=version,
        precision=done.precision,
        resumed=done.resumed,
    )


def _silent(_step: Step, _share: float) -> None:
    return None
