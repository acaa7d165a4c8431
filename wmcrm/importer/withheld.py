"""Rows of people who were erased or are sealed: the first are withheld, of the second only stewards are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.importer.answers import Answer
from wmcrm.importer.report import RowIssue
from wmcrm.importer.sheetrows import SheetRow
from wmcrm.models import Suppression
from wmcrm.outreach import Identifier, identifiers_of_row, suppressed_identifiers
from wmcrm.privacy import note_sealed_hits

WITHHELD = "This row was withheld: the person was erased before"


def withhold_erased(session: Session, rows: Sequence[SheetRow]) -> list[SheetRow]:
    """The rows, those that hold an identifier of somebody who was erased emptied: a number and that it was withheld."""
    # Hashing every address takes longer than reading it: not while nobody was erased.
    if session.scalars(sa.select(col(Suppression.id)).limit(1)).first() is None:
        return list(rows)
    by_row = {row.number: identifiers(row.answer) for row in rows if row.answer is not None}
    forbidden = suppressed_identifiers(session, {one for found in by_row.values() for one in found})
    if not forbidden:
        return list(rows)
    return [_blank(row) if by_row.get(row.number, set()) & forbidden else row for row in rows]


def tell_stewards(session: Session, written: Iterable[tuple[int, Answer]]) -> None:
    """Note which new people may be sealed ones; who imports sees nothing of it."""
    note_sealed_hits(session, {person_id: identifiers(answer) for person_id, answer in written})


def identifiers(answer: Answer) -> set[Identifier]:
    """Everything by which a row could bring somebody back."""
    names = [answer.name.name] if answer.name else []
    return identifiers_of_row(names=names, usernames=answer.usernames, emails=answer.emails, phones=answer.phones)


def _blank(row: SheetRow) -> SheetRow:
    issue = RowIssue(row.number, None, "withheld", WITHHELD, "warning")
    return replace(row, cells=(), answer=None, whole=0, name=0, reading=None, issues=(issue,), withheld=True)
