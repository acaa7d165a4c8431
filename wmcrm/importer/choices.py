"""What somebody has said so far about a sheet that is not imported yet: values, and as JSON beside the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from wmcrm.importer.factrows import NO_TERMS, ConsentTerms
from wmcrm.importer.options import NewEvent
from wmcrm.importer.signups import RowsMean

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Choices:
    """How the file is read and what it is for.

    ``event`` and ``affiliate`` are public ids. ``columns`` holds, by column (from 0), the field that somebody
    chose, "" for a column to be left out. ``hint_title`` and ``hint_day`` are what the sheet says of its event.
    """

    is_pasted: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    event: str | None = None
    new_event: NewEvent | None = None
    affiliate: str | None = None
    rows_mean: RowsMean | None = None
    date_order: str | None = None
    columns: Mapping[int, str] = field(default_factory=dict)
    consent_purpose: str | None = None
    terms: ConsentTerms = NO_TERMS
    hint_title: str = ""
    hint_day: date | None = None

    @property
    def has_event(self) -> bool:
        """True once somebody, or the sheet itself, has said which event it is about."""
        return self.event is not None or self.new_event is not None


@dataclass(frozen=True, slots=True)
class RowDecisions:
    """What somebody said about single rows, by row number.

    ``same`` holds the person whom a row is (minus a row: the person of that row), ``offered`` the candidates
    that were looked at for it, ``cells`` the cells put right, by column (from 0).
    """

    same: Mapping[int, int] = field(default_factory=dict)
    different: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()
    offered: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    cells: Mapping[int, Mapping[int, str]] = field(default_factory=dict, repr=False)


def choices_to_json(choices: Choices) -> dict[str, object]:
    """The choices as a draft keeps them."""
    new, terms = choices.new_event, choices.terms
    return {
        "is_pasted": choices.is_pasted,
        "encoding": choices.encoding,
        "delimiter": choices.delimiter,
        "sheet": choices.sheet,
        "event": choices.event,
        "new_event": new
        and {
            "title": new.title,
            "starts_on": new.starts_on.isoformat(),
            "country": new.country,
            "timezone": new.timezone,
            "event_type": new.event_type,
        },
        "affiliate": choices.affiliate,
        "rows_mean": choices.rows_mean,
        "date_order": choices.date_order,
        "columns": {str(column): chosen for column, chosen in choices.columns.items()},
        "consent_purpose": choices.consent_purpose,
        "notice": terms.notice,
        "collected_on": terms.collected_on.isoformat() if terms.collected_on else None,
        "collector": terms.collector,
        "hint_title": choices.hint_title,
        "hint_day": choices.hint_day.isoformat() if choices.hint_day else None,
    }


def choices_from_json(told: Json) -> Choices:
    """The choices that ``choices_to_json`` wrote."""
    new, columns = told.get("new_event"), told.get("columns")
    rows_mean = _text(told, "rows_mean")
    return Choices(
        is_pasted=told.get("is_pasted") is True,
        encoding=_text(told, "encoding"),
        delimiter=_text(told, "delimiter"),
        sheet=_text(told, "sheet"),
        event=_text(told, "event"),
        new_event=_new_event(new) if isinstance(new, dict) else None,
        affiliate=_text(told, "affiliate"),
        rows_mean=RowsMean(rows_mean) if rows_mean else None,
        date_order=_text(told, "date_order"),
        columns={int(column): str(chosen) for column, chosen in columns.items()} if isinstance(columns, dict) else {},
        consent_purpose=_text(told, "consent_purpose"),
        terms=ConsentTerms(_text(told, "notice"), _day(told, "collected_on"), _text(told, "collector")),
        hint_title=_text(told, "hint_title") or "",
        hint_day=_day(told, "hint_day"),
    )


def decisions_to_json(decisions: RowDecisions) -> dict[str, object]:
    """The decisions as a draft keeps them."""
    return {
        "same": {str(row): person for row, person in decisions.same.items()},
        "different": sorted(decisions.different),
        "left_out": sorted(decisions.left_out),
        "offered": {str(row): list(people) for row, people in decisions.offered.items()},
        "cells": {
            str(row): {str(column): text for column, text in cells.items()} for row, cells in decisions.cells.items()
        },
    }


def decisions_from_json(told: Json) -> RowDecisions:
    """The decisions that ``decisions_to_json`` wrote."""
    return RowDecisions(
        same={int(row): int(str(person)) for row, person in _table(told, "same").items()},
        different=frozenset(_numbers(told.get("different"))),
        left_out=frozenset(_numbers(told.get("left_out"))),
        offered={int(row): _numbers(people) for row, people in _table(told, "offered").items()},
        cells={
            int(row): {int(column): str(text) for column, text in _table(cells, row).items()}
            for cells in (_table(told, "cells"),)
            for row in cells
        },
    )


def _new_event(told: Json) -> NewEvent:
    starts_on = _day(told, "starts_on")
    assert starts_on is not None
    return NewEvent(
        _text(told, "title") or "",
        starts_on,
        _text(told, "country"),
        _text(told, "timezone"),
        _text(told, "event_type"),
    )


def _text(told: Json, name: str) -> str | None:
    value = told.get(name)
    return value if isinstance(value, str) and value else None


def _day(told: Json, name: str) -> date | None:
    text = _text(told, name)
    return date.fromisoformat(text) if text else None


def _table(told: Json, name: str) -> Json:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _numbers(value: object) -> tuple[int, ...]:
    return tuple(int(number) for number in value) if isinstance(value, list) else ()
