"""From the fields of a form to what somebody decided about rows, and to the cells they put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from wmcrm.db import Session
from wmcrm.errors import BadInputError
from wmcrm.importer.choices import RowDecisions
from wmcrm.models import Person

LONGEST_CELL = 2000
MOST_FIELDS = 5000
LATER, NEW = "later", "new"
ANSWER = "answer"
_ROW = re.compile(r"(decision|offered|seen|out)-(\d{1,7})")
_CELL = re.compile(r"(cell|was)-(\d{1,7})-(\d{1,3})")
_PLACE = re.compile(r"(\d{1,7})-(\d{1,3})")
_SHEET_ROW = re.compile(r"row-([1-9]\d{0,6})")
_COLUMN = re.compile(r"(column|was)-(\d{1,3})")

Form = Mapping[str, str]


class NoTermsError(BadInputError):
    """A column is to be kept as answers, and nobody said what for or until when."""


def decided(session: Session, form: Form, before: RowDecisions) -> RowDecisions:
    """What was said on the cards of a page, over what was said before.

    Only people whom the actor may see can be named: an id of anybody else is as good as none.
    """
    said = {row: value for kind, row, value in _rows(form) if kind == "decision"}
    offered = {row: value.split()[:3] for kind, row, value in _rows(form) if kind == "offered"}
    people = _people(session, {name for names in (*offered.values(), said.values()) for name in names})
    same = {row: person for row, person in before.same.items() if row not in said}
    different = set(before.different) - said.keys()
    shown = dict(before.offered)
    for row, value in said.items():
        shown.pop(row, None)
        if value == LATER:
            continue
        shown[row] = tuple(ref for name in offered.get(row, ()) if (ref := _ref(name, people)) is not None)
        ref = _ref(value, people)
        if value == NEW:
            different.add(row)
        elif ref is not None:
            same[row] = ref
    return replace(before, same=same, different=frozenset(different), offered=shown)


def mended(form: Form, before: RowDecisions) -> RowDecisions:
    """The cells that were put right on a page, and the rows that were left out, over those from before."""
    cells = {row: dict(texts) for row, texts in before.cells.items()}
    typed, was = dict(_cells(form, "cell")), dict(_cells(form, "was"))
    for place, text in typed.items():
        if text != was.get(place, ""):
            cells.setdefault(place[0], {})[place[1]] = text
    used = _PLACE.fullmatch(form.get("use", ""))
    if used:
        row, column = int(used[1]), int(used[2])
        cells.setdefault(row, {})[column] = form.get(f"suggestion-{row}-{column}", "")[:LONGEST_CELL]
    seen = {row for kind, row, _ in _rows(form) if kind == "seen"}
    out = {row for kind, row, _ in _rows(form) if kind == "out"}
    return replace(before, cells=cells, left_out=frozenset((before.left_out - seen) | (out & seen)))


def chosen_columns(form: Form, before: Mapping[int, str], fields: Iterable[str]) -> dict[int, str]:
    """The columns for which a field was chosen: those from before and those that were changed on the page."""
    known = {"", *fields}
    sent: dict[tuple[str, int], str] = {}
    for name, value in form.items():
        match = _COLUMN.fullmatch(name)
        if match:
            sent[(match[1], int(match[2]))] = value
    chosen = dict(before)
    for (kind, column), value in sent.items():
        if kind == "column" and value == ANSWER:
            chosen[column] = f"{ANSWER}:{_kept_answers(form)}"
        elif kind == "column" and value != sent.get(("was", column), ""):
            if value not in known:
                raise BadInputError("There is no field called {field}.", field=value)
            chosen[column] = value
    return chosen


def _kept_answers(form: Form) -> str:
    """For which purpose and until when answers are kept, as the mapping takes it; raises NoTermsError."""
    purpose, until = form.get("answer-purpose", ""), form.get("answer-until", "").strip()
    try:
        day = date.fromisoformat(until).isoformat()
    except ValueError:
        day = ""
    if not purpose.isidentifier() or not day:
        raise NoTermsError("Say what the answers are for and until which day they are kept.")
    return f"{purpose}/{day}"


def _rows(form: Form) -> Iterator[tuple[str, int, str]]:
    for name, value in list(form.items())[:MOST_FIELDS]:
        match = _ROW.fullmatch(name)
        if match:
            yield match[1], int(match[2]), value


def _cells(form: Form, kind: str) -> Iterator[tuple[tuple[int, int], str]]:
    for name, value in list(form.items())[:MOST_FIELDS]:
        match = _CELL.fullmatch(name)
        if match and match[1] == kind:
            yield (int(match[2]), int(match[3])), value.replace("\r\n", "\n")[:LONGEST_CELL]


def _ref(name: str, people: Mapping[str, int]) -> int | None:
    """The person of a public id, or minus the row that a text such as ``row-7`` names."""
    row = _SHEET_ROW.fullmatch(name)
    return -int(row[1]) if row else people.get(name)


def _people(session: Session, public_ids: Iterable[str]) -> dict[str, int]:
    wanted = sorted(name for name in public_ids if name.startswith("p_"))
    if not wanted:
        return {}
    query = sa.select(col(Person.public_id), col(Person.id)).where(col(Person.public_id).in_(wanted))
    return dict(session.execute(query).all())
