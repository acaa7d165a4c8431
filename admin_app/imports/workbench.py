"""The workbench: everything that the page of a draft shows, gathered from the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from admin_app.imports.open_sheets import opened
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.importer.assumed import DateReading, date_readings
from wmcrm.importer.cards import CheckCard, check_cards
from wmcrm.importer.drafts import Draft
from wmcrm.importer.draftsheet import DraftSheet, SheetColumn, columns_of, names_people, open_sheet
from wmcrm.importer.eventhints import LIKELY, EventHint, earlier_import, search_events, suggest_events
from wmcrm.importer.mapping import SheetField
from wmcrm.importer.preview import Bucket, Preview, preview_draft
from wmcrm.models import Affiliate, Event, ImportRun
from wmcrm.references import find_affiliate, find_event

ROWS_A_SECOND = 1000  # planned and written on one slow core
WORTH_SAYING = 4.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks to see: the page of each bucket, events that contain a text."""

    pages: Mapping[Bucket, int] = field(default_factory=dict)
    event_text: str = ""


@dataclass(frozen=True, slots=True)
class Workbench:
    """A draft as its page shows it. ``refusal`` says why there is no preview yet; both are empty before an event."""

    draft: Draft
    sheet: DraftSheet
    columns: tuple[SheetColumn, ...]
    event: Event | None
    holder: Affiliate | None
    offered_events: tuple[Event, ...]
    is_event_likely: bool = False
    preview: Preview | None = None
    cards: tuple[CheckCard, ...] = ()
    dates: tuple[DateReading, ...] = ()
    earlier: ImportRun | None = None
    refusal: str = ""

    @property
    def names_people(self) -> bool:
        """Whether a column tells who the people are."""
        return names_people(self.columns)

    @property
    def has_consent_column(self) -> bool:
        """Whether a column is taken for a consent."""
        return any(column.guess.field is SheetField.CONSENT_CONTACT for column in self.columns)

    @property
    def questions(self) -> int:
        """How many columns wait for a word."""
        return sum(column.guess.is_question for column in self.columns)

    @property
    def seconds(self) -> int:
        """How long the import will take, where that is worth saying; else 0."""
        seconds = self.sheet.table.row_count / ROWS_A_SECOND
        return round(seconds) if seconds > WORTH_SAYING else 0


def workbench(draft: Draft, asked: Asked) -> Workbench:
    """The draft with its plan; raises SheetRefusedError where the choices make the file unreadable."""
    sheet = open_sheet(opened(db(), draft), draft)
    columns = columns_of(db(), draft, sheet, draft.run.holder_affiliate_id)
    event, holder = _event(draft), _holder(draft)
    offered, is_likely = _offered(draft, asked, event)
    made = _planned(draft, sheet, asked) if names_people(columns) and (event or draft.choices.new_event) else None
    preview, refusal = made or (None, "")
    setting = preview.setting if preview else None
    return Workbench(
        draft,
        sheet,
        columns,
        event,
        setting.holder if setting else holder,
        offered,
        is_likely,
        preview,
        _cards(draft, preview),
        date_readings(sheet, setting.sheet.mapping, setting.reading.context) if setting else (),
        earlier_import(db(), draft.run.file_hash),
        refusal,
    )


def _planned(draft: Draft, sheet: DraftSheet, asked: Asked) -> tuple[Preview | None, str]:
    try:
        return preview_draft(db(), draft, sheet, asked.pages), ""
    except (BadInputError, NotFoundError) as error:
        return None, translated(error)


def _cards(draft: Draft, preview: Preview | None) -> tuple[CheckCard, ...]:
    if preview is None:
        return ()
    return check_cards(db(), preview.buckets[Bucket.CHECK].rows, draft.decisions, preview.scope)


def _event(draft: Draft) -> Event | None:
    try:
        return find_event(db(), draft.choices.event) if draft.choices.event else None
    except NotFoundError:
        return None


def _holder(draft: Draft) -> Affiliate | None:
    try:
        return find_affiliate(db(), draft.choices.affiliate) if draft.choices.affiliate else None
    except NotFoundError:
        return None


def _offered(draft: Draft, asked: Asked, event: Event | None) -> tuple[tuple[Event, ...], bool]:
    """The events to choose from, the chosen one first, and whether one of them is likely meant."""
    if asked.event_text:
        found, is_likely = search_events(db(), asked.event_text), True
    else:
        choices = draft.choices
        suggested = suggest_events(db(), EventHint((choices.hint_title,) * bool(choices.hint_title), choices.hint_day))
        found = [other for other, _ in suggested]
        is_likely = any(likeness >= LIKELY for _, likeness in suggested)
    first = (event,) if event else ()
    return (*first, *(other for other in found if event is None or other.id != event.id)), is_likely
