"""A sheet arrives: read or refused, kept as a draft with what it says of its event."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import FileStorage

from admin_app.imports.open_sheets import keep_open
from admin_app.session import db
from wmcrm.errors import BadInputError
from wmcrm.importer.choices import Choices
from wmcrm.importer.drafts import Draft, keep_choices, read_handed_over, start_draft
from wmcrm.importer.draftsheet import open_sheet, title_lines
from wmcrm.importer.eventhints import earlier_import, event_hint, suggest_events, sure_event
from wmcrm.models import Event
from wmcrm.sheets import SheetLimits

LARGEST = SheetLimits().file_size


def start(sheet: FileStorage | None, cells: str) -> Draft:
    """Keep a file, or pasted cells, as a draft; raises SheetRefusedError, and then nothing is stored."""
    if sheet is not None and sheet.filename:
        return _kept(sheet.stream.read(LARGEST + 1), Choices(), sheet.filename)
    if cells.strip():
        return _kept(cells.encode("utf-8", "replace"), Choices(is_pasted=True), "")
    raise BadInputError("Choose a file or paste cells.")


def _kept(data: bytes, choices: Choices, file_name: str) -> Draft:
    file = read_handed_over(data, choices)
    draft = start_draft(db(), data, choices)
    keep_open(draft, file)
    sheet = open_sheet(file, draft)
    hint = event_hint(title_lines(sheet), sheet.table.name, file_name)
    earlier = earlier_import(db(), draft.run.file_hash)
    known = db().get(Event, earlier.event_id) if earlier and earlier.event_id else None
    event = known or sure_event(suggest_events(db(), hint))
    return keep_choices(
        draft,
        replace(choices, hint_title=hint.title, hint_day=hint.day, event=event.public_id if event else None),
    )
