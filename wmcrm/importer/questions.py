"""Columns of a sheet that ask something of the people: kept as answers, if somebody says why and how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.errors import BadInputError, ConflictError, NotAllowedError
from wmcrm.importer.mapping import ColumnMapping, header_key
from wmcrm.importer.mapping.terms import sensitive_kind
from wmcrm.models import ImportRun, ImportState, RowKind, SignupQuestion, may_hold, metadata
from wmcrm.privacy import Asked, Given, check_asked, keep_answers

ROW = metadata.tables["imported_row"]


def check_questions(session: Session, mapping: ColumnMapping, event_id: int | None, holder_id: int | None) -> None:
    """Refuse (BadInputError) answers that could not be kept, before anything is written."""
    for _, asked in _asked(mapping, event_id, holder_id):
        check_asked(session, asked)


def keep_columns(session: Session, run: ImportRun, mapping: ColumnMapping) -> None:
    """Store the answers of the columns that somebody mapped as such, in the transaction of their import."""
    for column, asked in _asked(mapping, run.event_id, run.holder_affiliate_id):
        keep_answers(session, asked, _given(session, run, column))


def keep_column(
    session: Session, run: ImportRun, header: str, *, purpose: str, until: dt.date
) -> tuple[SignupQuestion, int]:
    """Store what people answered in one column of a sheet that was imported; returns how many answered.

    The cells are there for as long as the rule of retention says (30 days). Raises BadInputError for a column
    that is not there or asks about health, diet, belief, origin and the like; ConflictError when the import was
    taken back or its cells are gone; NotAllowedError where the import is not of the actor's affiliate.
    """
    if run.state is not ImportState.APPLIED:
        raise ConflictError("Only the answers of an applied import are kept.")
    if not may_hold(session, run.holder_affiliate_id):
        raise NotAllowedError("You may record facts for your own affiliate only.")
    matter = sensitive_kind(header_key(header))
    if matter is not None:
        raise BadInputError("This column asks about {matter}: such answers are not kept.", matter=matter)
    given = _given(session, run, _place_of(session, run, header))
    question = keep_answers(
        session, Asked(header.strip(), purpose, until, run.event_id, run.holder_affiliate_id), given
    )
    return question, len({one.person_id for one in given})


def _asked(mapping: ColumnMapping, event_id: int | None, holder_id: int | None) -> Iterator[tuple[int, Asked]]:
    for guess in mapping:
        if guess.answers is not None:
            kept = guess.answers
            yield guess.column, Asked(guess.header.strip(), kept.purpose, kept.until, event_id, holder_id)


def _given(session: Session, run: ImportRun, place: int) -> list[Given]:
    query = sa.select(ROW.c.id, ROW.c.person_id, ROW.c.cells).where(
        ROW.c.run_id == run.id, ROW.c.kind == RowKind.PERSON, ROW.c.person_id.is_not(None), ROW.c.cells.is_not(None)
    )
    return [
        Given(person_id, str(cells[place]), row_id)
        for row_id, person_id, cells in session.execute(query.order_by(ROW.c.row_number))
        if place < len(cells) and str(cells[place]).strip()
    ]


def _place_of(session: Session, run: ImportRun, header: str) -> int:
    query = sa.select(ROW.c.cells).where(ROW.c.run_id == run.id, ROW.c.kind == RowKind.HEADER)
    headers = next(iter(session.scalars(query.order_by(ROW.c.row_number.desc()))), None)
    if headers is None:
        raise ConflictError("The cells of this import are gone; answers are kept within 30 days of the import.")
    for place, found in enumerate(headers):
        if str(found).strip() == header.strip():
            return place
    shown = ", ".join(f'"{one}"' for one in headers if str(one).strip())
    raise BadInputError(
        "The sheet has no column called {header}; its columns are: {headers}.", header=header, headers=shown
    )
