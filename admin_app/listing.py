"""Lists by key: what was asked for, one page of rows, and how many there are at most.

A page is named by the key of the row before it, never by a number, so that page 4,000 costs what page 1
does; and never by a value, so that no name stands in an address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import SQLModel

from admin_app.formats import CAP
from wmcrm.db import Session
from wmcrm.errors import BadInputError, NotFoundError

Record = TypeVar("Record", bound=SQLModel)
PAGE = 50
LARGEST_KEY = 2**31 - 1
LONGEST_SEARCH = 200
_NUMBER = re.compile(r"[0-9]{1,10}")
_PUBLIC_ID = re.compile(r"[a-z]_[0-9a-z]{1,18}")


@dataclass(frozen=True, slots=True)
class Question:
    """What a list was asked for: text to find, column to sort by, the key after which to go on."""

    text: str
    sort: str
    descending: bool
    after: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """Rows of one page, the key after which the next begins ("" at the end), how many in all up to ``cap``."""

    rows: tuple[Record, ...]
    next: str
    count: int
    cap: int = CAP


def read_question(asked: Mapping[str, str], sortable: tuple[str, ...], descending: bool = False) -> Question:
    """The question in an address; an unknown column sorts by the first of ``sortable``."""
    sort = asked.get("sort", "")
    known = sort in sortable
    return Question(
        text=asked.get("q", "").strip()[:LONGEST_SEARCH],
        sort=sort if known else sortable[0],
        descending=asked.get("order", "") == "down" if known else descending,
        after=asked.get("after", ""),
    )


def key_column(model: type[Record]) -> InstrumentedAttribute[object]:
    """The column whose value names a row in an address: the public id, where there is one."""
    column: InstrumentedAttribute[object] = getattr(model, "public_id", None) or model.id  # type: ignore[attr-defined]
    return column


def read_key(model: type[Record], text: str) -> str | int:
    """The key in an address; NotFoundError for text that cannot be one."""
    if hasattr(model, "public_id"):
        if _PUBLIC_ID.fullmatch(text):
            return text
    elif _NUMBER.fullmatch(text) and int(text) <= LARGEST_KEY:
        return int(text)
    raise NotFoundError("There is no such record.")


def read_page(
    session: Session,
    query: sa.Select[tuple[Record]],
    model: type[Record],
    question: Question,
    *,
    by: sa.ColumnElement[str] | None = None,
) -> Page[Record]:
    """One page of ``query`` in the order asked for, found by key.

    ``by`` is what readers see in the place of the column, never empty: an order by anything else tells of it.
    """
    may_be_empty = by is None and getattr(model, question.sort).property.columns[0].nullable
    by = getattr(model, question.sort) if by is None else by
    counted = sa.select(sa.func.count()).select_from(query.with_only_columns(model.id).limit(CAP + 1).subquery())  # type: ignore[attr-defined]
    count = session.execute(counted).scalar_one()
    paged = query if not question.after else query.where(_beyond(session, model, by, question, may_be_empty))
    if question.descending:
        ordered = paged.order_by(by.desc().nulls_last(), model.id.desc())  # type: ignore[attr-defined]
    else:
        ordered = paged.order_by(by.asc().nulls_last(), model.id.asc())  # type: ignore[attr-defined]
    rows = session.execute(ordered.limit(PAGE + 1)).scalars().all()
    following = str(getattr(rows[PAGE - 1], key_column(model).key)) if len(rows) > PAGE else ""
    return Page(tuple(rows[:PAGE]), following, count)


def _beyond(
    session: Session, model: type[Record], by: sa.ColumnElement[str], question: Question, may_be_empty: bool
) -> sa.ColumnElement[bool]:
    key: InstrumentedAttribute[int] = model.id  # type: ignore[attr-defined]
    anchor = session.execute(sa.select(by, key).where(key_column(model) == _anchor_key(model, question))).first()
    if anchor is None:
        raise BadInputError("The list changed meanwhile; begin at its first page.")
    value, last = anchor
    later_key = key < last if question.descending else key > last
    if value is None:
        return sa.and_(by.is_(None), later_key)
    later_value = by < value if question.descending else by > value
    later = sa.or_(later_value, sa.and_(by == value, later_key))
    return sa.or_(later, by.is_(None)) if may_be_empty else later


def _anchor_key(model: type[Record], question: Question) -> str | int:
    try:
        return read_key(model, question.after)
    except NotFoundError as error:
        raise BadInputError("The list changed meanwhile; begin at its first page.") from error
