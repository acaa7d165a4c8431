"""The import workbench: a sheet is dropped, looked at on one page, imported, and taken back."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.forms.imports import ConsentForm, NewEventForm, SheetForm
from admin_app.imports import wording
from admin_app.imports.choosing import consent_choices, event_choices, new_event_choices, reading_choices
from admin_app.imports.decisions import NoTermsError, chosen_columns, decided, mended
from admin_app.imports.open_sheets import forget, give_back, opened
from admin_app.imports.runs_page import beside_runs, list_runs, run_page
from admin_app.imports.showing import moved_page, workbench_page
from admin_app.imports.starting import start
from admin_app.imports.wording import FIELDS
from admin_app.language import current_language
from admin_app.listing import read_key
from admin_app.notices import tell
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import BadInputError, NotFoundError, SheetRefusedError
from wmcrm.importer import PlanMovedError, failed_rows, find_run, undo_import
from wmcrm.importer.choices import Choices, RowDecisions
from wmcrm.importer.draftapply import import_draft, undo_and_note
from wmcrm.importer.drafts import Draft, drop_draft, find_draft, keep_choices, keep_decisions, own_drafts
from wmcrm.importer.draftsheet import open_sheet
from wmcrm.models import ImportRun, ImportState
from wmcrm.sheets import write_csv, write_xlsx

screen = Blueprint("import", __name__, url_prefix="/import")
screen.teardown_request(give_back)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@screen.get("/")
@needs(Permission.IMPORT_RUN)
def index() -> str:
    """Where a sheet is dropped; below it the drafts that wait and the imports that were made."""
    return _front()


@screen.post("/")
@needs(Permission.IMPORT_RUN)
def begin() -> ResponseReturnValue:
    """Keep the sheet as a draft, or say by name why it cannot be read."""
    try:
        draft = start(request.files.get("sheet"), request.form.get("cells", ""))
    except (SheetRefusedError, BadInputError) as error:
        db().rollback()
        too_large = isinstance(error, SheetRefusedError) and error.code == "too_large"
        return _front(translated(error)), 413 if too_large else 422
    return redirect(url_for(".page", key=draft.public_id), 303)


@screen.get("/<key>")
@needs(Permission.IMPORT_RUN)
def page(key: str) -> ResponseReturnValue:
    """A draft to work on; an import that was made, with its rows."""
    run = find_run(db(), _public(key))
    if run.state is not ImportState.DRAFT:
        shown = run_page(run, request.args.get("outcome", ""), request.args.get("after", ""))
        return render_template("import/run.html", shown=shown, wording=wording)
    draft = find_draft(db(), key)
    if draft.imported_as:
        return redirect(url_for(".page", key=draft.imported_as))
    return workbench_page(draft)


@screen.post("/<key>/reading")
@needs(Permission.IMPORT_RUN)
def reading(key: str) -> ResponseReturnValue:
    """Another sheet of the file, encoding, delimiter or order of dates."""
    draft = _draft(key)
    kept = keep_choices(draft, reading_choices(draft, request.form))
    open_sheet(opened(db(), kept), kept)  # refused by name, and then the draft stays as it was
    return _back(draft, "reading")


@screen.post("/<key>/event")
@needs(Permission.IMPORT_RUN)
def event(key: str) -> ResponseReturnValue:
    """The recorded event that the sheet is about, and what its rows mean."""
    draft = _draft(key)
    return _keep(draft, event_choices(draft, request.form), "event")


@screen.post("/<key>/new-event")
@needs(Permission.IMPORT_RUN)
def new_event(key: str) -> ResponseReturnValue:
    """An event that will be made with the import."""
    draft, form = _draft(key), NewEventForm()
    if not form.validate():
        return make_response(workbench_page(draft, new_event=form), 422)
    return _keep(draft, new_event_choices(draft, form), "event")


@screen.post("/<key>/columns")
@needs(Permission.IMPORT_RUN)
def columns(key: str) -> ResponseReturnValue:
    """What the columns mean."""
    draft = _draft(key)
    try:
        chosen = chosen_columns(request.form, draft.choices.columns, [field.value for field in FIELDS])
    except NoTermsError as error:
        tell(translated(error), kind="error")
        return _back(draft, "columns")
    return _keep(draft, replace(draft.choices, columns=chosen), "columns")


@screen.post("/<key>/consent")
@needs(Permission.IMPORT_RUN)
def consent(key: str) -> ResponseReturnValue:
    """On which terms consents of the sheet are recorded."""
    draft, form = _draft(key), ConsentForm()
    if not form.validate():
        return make_response(workbench_page(draft, consent=form), 422)
    return _keep(draft, consent_choices(draft, form), "consent")


@screen.post("/<key>/decide")
@needs(Permission.IMPORT_RUN)
def decide(key: str) -> ResponseReturnValue:
    """Who the people of the rows to check are; a script sends one row and takes only the effect back."""
    draft = _draft(key)
    kept = keep_decisions(draft, decided(db(), request.form, draft.decisions))
    if request.form.get("part") == "effect":
        db().flush()
        return workbench_page(kept, template="import/effect.html")
    return _back(draft, "check")


@screen.post("/<key>/mend")
@needs(Permission.IMPORT_RUN)
def mend(key: str) -> ResponseReturnValue:
    """Cells put right, rows left out; with ``forget`` every cell is again as it was typed."""
    draft = _draft(key)
    before = replace(draft.decisions, cells={}) if request.form.get("forget") else draft.decisions
    decisions: RowDecisions = before if request.form.get("forget") else mended(request.form, before)
    keep_decisions(draft, decisions)
    return _back(draft, "problem")


@screen.post("/<key>/apply")
@needs(Permission.IMPORT_RUN)
def apply(key: str) -> ResponseReturnValue:
    """Import what was previewed; where the data moved since, say what changed and ask again."""
    draft = find_draft(db(), _public(key), writing=True)
    if draft.imported_as:
        return redirect(url_for(".page", key=draft.imported_as), 303)
    try:
        sheet = open_sheet(opened(db(), draft), draft)
        made = import_draft(db(), draft, sheet, request.form.get("confirmed", "")[:64])
    except PlanMovedError:
        db().rollback()
        return make_response(moved_page(find_draft(db(), key), request.form.get("effect", "")), 409)
    forget(draft)
    return redirect(url_for(".page", key=made), 303)


@screen.post("/<key>/drop")
@needs(Permission.IMPORT_RUN)
def drop(key: str) -> ResponseReturnValue:
    """The draft and its file go; nothing of it was imported."""
    draft = find_draft(db(), _public(key), writing=True)
    forget(draft)
    drop_draft(db(), draft)
    tell(gettext("The draft is gone. Nothing of it was imported."))
    return redirect(url_for(".index"), 303)


@screen.post("/<key>/failed")
@needs(Permission.IMPORT_RUN)
def failed(key: str) -> Response:
    """The rows to mend with their reasons, as a sheet; handing them out is logged, so it is a POST."""
    run = _made(key)
    found = failed_rows(db(), run)
    as_csv = request.form.get("format") == "csv"
    if as_csv:
        data, kind, ending = write_csv(found.rows, found.header), "text/csv; charset=utf-8", "csv"
    else:
        turned = current_language().direction == "rtl"
        data, kind, ending = write_xlsx(found.rows, found.header, right_to_left=turned), XLSX, "xlsx"
    response = make_response(data)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="rows-to-mend-{run.public_id}.{ending}"'
    return response


@screen.post("/<key>/undo")
@needs(Permission.IMPORT_RUN)
def undo(key: str) -> ResponseReturnValue:
    """What taking the import back would do; with ``sure`` it is done."""
    run = _made(key)
    if request.form.get("sure"):
        undo_and_note(db(), run)
        tell(gettext("The import was taken back."))
        return redirect(url_for(".page", key=key), 303)
    report = undo_import(db(), run).as_dict()
    db().rollback()  # it was only tried, to say exactly what it does
    return render_template("import/undo.html", run=_made(key), report=report, wording=wording)


def _front(refusal: str = "") -> str:
    runs = list_runs(request.args.get("after", ""))
    return render_template(
        "import/index.html",
        form=SheetForm(),
        refusal=refusal,
        drafts=own_drafts(db()),
        runs=runs,
        beside=beside_runs(runs.rows),
    )


def _public(key: str) -> str:
    return str(read_key(ImportRun, key))


def _made(key: str) -> ImportRun:
    """An import that was made; a draft is none, and nobody else may know of it."""
    run = find_run(db(), _public(key))
    if run.state is ImportState.DRAFT:
        raise NotFoundError("There is no import {reference}; write its public id (r_...).", reference=key)
    return run


def _draft(key: str) -> Draft:
    draft = find_draft(db(), _public(key), writing=True)
    if draft.imported_as:
        raise NotFoundError("This draft was imported already; open the import.")
    return draft


def _keep(draft: Draft, choices: Choices, part: str) -> ResponseReturnValue:
    keep_choices(draft, choices)
    return _back(draft, part)


def _back(draft: Draft, part: str) -> ResponseReturnValue:
    address = url_for(".page", key=draft.public_id, check=_page_of("check"), problem=_page_of("problem"), _anchor=part)
    return redirect(address, 303)


def _page_of(bucket: str) -> str | None:
    """The page of a bucket that the form was on, so that the reader comes back to it."""
    told = request.args.get(bucket, "")
    return told if told.isdecimal() else None
