"""Retention: what is kept how long, what a purge deletes today and in the coming year; the record of processing."""

from __future__ import annotations

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.formats import span, today
from admin_app.notices import tell
from admin_app.rights_page import only_for_all
from admin_app.session import commit_now, db, engine
from admin_app.translated import translated
from admin_app.words import word
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.importer.drafts import drop_expired
from wmcrm.models import now_utc
from wmcrm.privacy import (
    BOUNDS,
    apply_purge,
    change_rule,
    past_purges,
    purge,
    retention_calendar,
    retention_rules,
    scrub_and_tell,
)
from wmcrm.reports import Question, make_report
from wmcrm.sheets import write_csv

screen = Blueprint("retention", __name__, url_prefix="/retention")
OPEN_TO_PARTS = frozenset({"retention.processing"})


@screen.before_request
def hide_from_parts() -> None:
    """Rules delete everywhere: only the record of processing is for accounts of single affiliates too."""
    if request.endpoint not in OPEN_TO_PARTS:
        only_for_all(Permission.RETENTION_READ)


@screen.get("/")
@needs(Permission.RETENTION_READ)
def index() -> str:
    """The rules with their numbers, what a purge would delete today, and the latest purges."""
    return _page()


@screen.get("/calendar")
@needs(Permission.RETENTION_READ)
def calendar() -> str:
    """What the next twelve months will delete, month by month."""
    months = retention_calendar(db(), today=today())
    shown = [code for code in months[0].rows if any(month.rows[code] for month in months)]
    headings = [gettext("Until"), *({"text": word(code), "number": True} for code in shown)]
    return render_template("privacy/calendar.html", months=months, shown=shown, headings=headings)


@screen.post("/apply")
@needs(Permission.RETENTION_APPLY)
def apply() -> ResponseReturnValue:
    """Delete what is past its time, commit, scrub and say what was done."""
    if request.form.get("understood") != "yes":
        return _page(refused=True), 422
    plan = purge(db(), today=today(), clock_confirmed=request.form.get("clock") == "yes")
    counts = apply_purge(db(), plan)
    drafts = drop_expired(db(), now=now_utc())
    commit_now()
    scrubbing = scrub_and_tell(engine())
    return render_template(
        "privacy/purged.html", counts=counts, drafts=drafts, scrubbing=scrubbing, rules=retention_rules(db())
    )


@screen.post("/rules/<code>")
@needs(Permission.RETENTION_CHANGE)
def change(code: str) -> ResponseReturnValue:
    """Keep one kind of data for another time, within its bounds; it is logged."""
    number, unit = request.form.get("number", "").strip(), request.form.get("unit", "")
    if not number.isdecimal() or len(number) > 5 or unit not in {"days", "months"}:
        raise BadInputError("Write a whole number of days or months.")
    rule = change_rule(db(), code, **{unit: int(number)})
    tell(gettext("Changed. %(what)s: %(span)s.", what=gettext(rule.description), span=span(rule.span)))
    return redirect(url_for(".index"), 303)


@screen.get("/processing")
@needs(Permission.RETENTION_READ)
def processing() -> ResponseReturnValue:
    """The record of processing activities, to read, to print, as JSON or CSV."""
    report = make_report(db(), "processing", Question(as_of=today()))
    match request.args.get("format"):
        case "json":
            return _file(json.dumps(report.as_document(), ensure_ascii=False, default=str, indent=2), "json")
        case "csv":
            return _file(write_csv([list(row.values()) for row in report.rows], report.columns), "csv")
        case _:
            return render_template("privacy/processing.html", report=report, rules=retention_rules(db()))


def _page(*, refused: bool = False) -> str:
    odd = ""
    try:
        plan = purge(db(), today=today())
    except ConflictError as error:
        odd, plan = translated(error), purge(db(), today=today(), clock_confirmed=True)
    return render_template(
        "privacy/retention.html",
        plan=plan,
        odd=odd,
        rules=retention_rules(db()),
        bounds=BOUNDS,
        runs=past_purges(db()),
        refused=refused,
    )


def _file(content: str | bytes, ending: str) -> Response:
    answer = Response(content, mimetype="text/csv" if ending == "csv" else "application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="processing.{ending}"'
    return answer
