"""Reports kept as they were, and what has changed since."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.models import ImportRun, Merge, StoredFile, may_hold, now_utc
from wmcrm.reports.report import Cell, Line, Report

PURPOSE = "frozen_report"
TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class FrozenReport:
    """A report as it was at a moment: its title, its document, its public id (``f_...``)."""

    public_id: str
    title: str
    frozen_at: dt.datetime
    document: Mapping[str, object] = field(repr=False)

    @property
    def name(self) -> str:
        """The name of the report."""
        return str(self.document["report"])

    @property
    def rows(self) -> list[Line]:
        """The rows as they were."""
        rows = self.document["rows"]
        return list(rows) if isinstance(rows, list) else []


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """A figure that is not what it was; None where the row is new or gone."""

    row: str
    column: str
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Since:
    """What happened to the data after a report was frozen, and which figures changed by it."""

    cells: tuple[ChangedCell, ...]
    imports: int
    imports_undone: int
    merges: int
    merges_undone: int


def freeze_report(session: Session, report: Report, title: str) -> FrozenReport:
    """Keep a report with its definitions, filters and numbers, in the caller's transaction.

    It is the affiliate's that was asked about, else the actor's own. Raises BadInputError without a title,
    NotAllowedError for an affiliate that is not the actor's.
    """
    if not title.strip() or len(title) > TITLE_LENGTH:
        raise BadInputError("Give the frozen report a title of 1 to {length} characters.", length=TITLE_LENGTH)
    moment = now_utc()
    document = {**report.as_document(), "frozen_title": title.strip(), "frozen_at": moment}
    content = json.dumps(document, ensure_ascii=False, default=_iso).encode()
    stored = StoredFile(
        content_hash=hashlib.sha256(content).hexdigest(),
        content=content,
        size=len(content),
        holder_affiliate_id=_holder(session, report.question.affiliate_id),
        purpose=PURPOSE,
        stored_by_id=actor_of(session).account_id,
    )
    session.add(stored)
    session.flush()
    return _read(stored)


def _holder(session: Session, asked: int | None) -> int | None:
    own = actor_of(session).affiliate_ids
    holder = next(iter(own)) if asked is None and len(own) == 1 and not actor_of(session).sees_all else asked
    if not may_hold(session, holder):
        raise NotAllowedError("Freeze a report of your own affiliate; name it: --affiliate CODE.")
    return holder


def find_frozen(session: Session, reference: str) -> FrozenReport:
    """The frozen report of a public id; raises NotFoundError when there is none in scope."""
    query = sa.select(StoredFile).where(col(StoredFile.public_id) == reference.strip())
    stored = session.scalars(query.where(col(StoredFile.purpose) == PURPOSE)).first()
    if stored is None:
        raise NotFoundError("There is no frozen report {reference}; write its public id (f_...).", reference=reference)
    return _read(stored)


def list_frozen(session: Session) -> list[FrozenReport]:
    """The frozen reports in scope, the newest first."""
    query = sa.select(StoredFile).where(col(StoredFile.purpose) == PURPOSE).order_by(col(StoredFile.id).desc())
    return [_read(stored) for stored in session.scalars(query)]


def what_changed(session: Session, frozen: FrozenReport, report: Report) -> Since:
    """Which figures differ between a frozen report and the same report now, and what happened in between."""
    after = frozen.frozen_at
    return Since(
        cells=tuple(_changed(frozen.rows, report)),
        imports=_count(session, ImportRun, col(ImportRun.applied_at) > after),
        imports_undone=_count(session, ImportRun, col(ImportRun.undone_at) > after),
        merges=_count(session, Merge, col(Merge.merged_at) > after),
        merges_undone=_count(session, Merge, col(Merge.undone_at) > after),
    )


def _count(session: Session, model: type, condition: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model).where(condition)) or 0


def _changed(before: Sequence[Line], report: Report) -> list[ChangedCell]:
    figures = [name for name in report.columns if name in report.hiding.people]
    old = {_key(row, report): row for row in before}
    new = {_key(row, report): row for row in report.rows}
    return [
        ChangedCell(key, figure, _cell(old, key, figure), _cell(new, key, figure))
        for key in dict.fromkeys([*old, *new])
        for figure in figures
        if _cell(old, key, figure) != _cell(new, key, figure)
    ]


def _key(row: Line, report: Report) -> str:
    """What a row is about: its first column, and what tells rows of one total apart."""
    told = [report.columns[0], *report.hiding.within, *report.hiding.labels]
    return " / ".join(str(row.get(name)) for name in dict.fromkeys(told))


def _cell(rows: Mapping[str, Line], key: str, figure: str) -> Cell:
    return rows[key].get(figure) if key in rows else None


def _read(stored: StoredFile) -> FrozenReport:
    document = json.loads(stored.content)
    moment = dt.datetime.fromisoformat(document["frozen_at"])
    return FrozenReport(stored.public_id, document["frozen_title"], moment, document)


def _iso(value: object) -> str:
    assert isinstance(value, dt.date)
    return value.isoformat()
