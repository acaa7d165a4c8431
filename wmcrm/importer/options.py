"""How a sheet is to be imported: for which event, what its rows mean, on which terms consent is claimed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from wmcrm.importer.factrows import NO_TERMS, ConsentTerms
from wmcrm.importer.plan import NO_DECISIONS, Decisions
from wmcrm.importer.signups import RowsMean


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that is made with the import, and goes with it when it is undone and nothing else uses it."""

    title: str
    starts_on: date
    country: str | None = None
    timezone: str | None = None
    event_type: str | None = None


@dataclass(frozen=True, slots=True)
class SignupOptions:
    """Everything somebody may decide about the import of one sheet.

    ``event`` is a reference (or ``new_event`` describes one); ``affiliate`` names who holds what is recorded,
    by default the event's organizing affiliate. ``maps`` are ``Header=field`` texts; ``date_order`` is ``dmy``,
    ``mdy`` or ``ymd``.
    """

    event: str | None = None
    new_event: NewEvent | None = None
    affiliate: str | None = None
    rows_mean: RowsMean | None = None
    maps: tuple[str, ...] = ()
    date_order: str | None = None
    source: str = "file"
    consent_purpose: str | None = None
    consent_channel: str = "any"
    terms: ConsentTerms = NO_TERMS
    decisions: Decisions = field(default=NO_DECISIONS)
