"""Programs whose exports are known by their headers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from wmcrm.importer.mapping.fields import SheetField
from wmcrm.importer.mapping.headertext import header_key


class KnownSource(StrEnum):
    """The programs; the order is that in which they are tried, the most telling headers first."""

    EVENTBRITE = "eventbrite"
    ZOOM_WEBINAR = "zoom_webinar"
    ZOOM_ATTENDANCE = "zoom_attendance"
    ZOOM_REGISTRATION = "zoom_registration"
    LUMA = "luma"
    PRETIX = "pretix"
    ACTION_NETWORK = "action_network"
    MOBILIZE = "mobilize"
    DASHBOARD_MENTORSHIP = "dashboard_mentorship"
    DASHBOARD_EDITORS = "dashboard_editors"
    EVENT_REGISTRATION = "event_registration"
    WENJUANXING = "wenjuanxing"
    MICROSOFT_FORMS = "microsoft_forms"
    MEETUP = "meetup"
    GOOGLE_FORMS = "google_forms"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How a source is recognised and what its own columns mean (None: not about the person)."""

    needs: tuple[frozenset[str], ...]  # all headers of one of these sets are there
    first: frozenset[str]  # or the first header is one of these
    columns: Mapping[str, SheetField | None]
    yields: Mapping[str, str]  # an attendee's column -> the buyer's, which does not count beside it
    first_only: frozenset[str]  # of a repeated header only the first column is the attendee's


@cache
def _facts() -> Mapping[KnownSource, SourceFacts]:
    data = json.loads(files("wmcrm.importer").joinpath("data/sources.json").read_text("utf-8"))
    return {KnownSource(name): _read(entry) for name, entry in data["sources"].items()}


def _read(entry: Mapping[str, list[str] | dict[str, str | None] | list[list[str]]]) -> SourceFacts:
    groups = [entry["needs"], *entry["also"]]
    columns = entry["columns"]
    assert isinstance(columns, dict)
    return SourceFacts(
        needs=tuple(frozenset(header_key(str(header)) for header in group) for group in groups if group),
        first=frozenset(header_key(str(header)) for header in entry.get("first", ())),
        columns={header_key(header): SheetField(field) if field else None for header, field in columns.items()},
        yields=_keyed(entry.get("yields", {})),
        first_only=frozenset(header_key(str(header)) for header in entry.get("first_only", ())),
    )


def _keyed(pairs: list[str] | dict[str, str | None] | list[list[str]]) -> dict[str, str]:
    assert isinstance(pairs, dict)
    return {header_key(header): header_key(other or "") for header, other in pairs.items()}


def facts_of(source: KnownSource) -> SourceFacts:
    """What is known of a source's columns."""
    return _facts()[source]


def recognise_source(headers: Sequence[str]) -> KnownSource | None:
    """The program that wrote these headers, or None when none is known to write them so."""
    keys = [header_key(header) for header in headers]
    present = frozenset(keys)
    first = next((key for key in keys if key), "")
    for source in KnownSource:
        facts = facts_of(source)
        if first in facts.first or any(group <= present for group in facts.needs):
            return source
    return None
