"""Outreach: my prepared lists, one of them opened or downloaded, and the consents that end soon."""

from __future__ import annotations

import io

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.directory_page import audience, read_asked
from admin_app.formats import day, today
from admin_app.language import current_language
from admin_app.notices import tell
from admin_app.outreach_page import FILE_HEADINGS, state_of, withheld_words
from admin_app.session import db
from wmcrm.consent import find_channel
from wmcrm.errors import BadInputError
from wmcrm.outreach import (
    ListFormat,
    Renewal,
    find_list,
    list_file,
    open_list,
    prepare_permitted,
    prepared_lists,
    renewal_queue,
)

screen = Blueprint("outreach", __name__, url_prefix="/outreach")
KINDS = {
    ListFormat.CSV: "text/csv; charset=utf-8",
    ListFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@screen.get("/")
@needs(Permission.OUTREACH_USE)
def index() -> str:
    """The lists of whoever is signed in."""
    return render_template("outreach/index.html", lists=prepared_lists(db()), today=today())


@screen.post("/prepare")
@needs(Permission.OUTREACH_USE)
def prepare() -> ResponseReturnValue:
    """Keep whom one may write to of a directory's answer as a list; nothing leaves here."""
    asked = read_asked(request.form)
    ids = audience(db(), asked, today())
    return _made(ids, asked.purpose, asked.channel)


@screen.get("/<key>")
@needs(Permission.OUTREACH_USE)
def show(key: str) -> str:
    """One list: for what, how many may be written to today, and why not the others; no address."""
    kept = find_list(db(), key)
    return render_template("outreach/list.html", kept=kept, state=state_of(db(), kept, today()), today=today())


@screen.post("/<key>/open")
@needs(Permission.OUTREACH_USE)
def open_page(key: str) -> str:
    """The addresses to be copied, judged and logged now."""
    result = open_list(db(), key)
    kept = find_list(db(), key)
    return render_template("outreach/open.html", kept=kept, result=result, why_not=withheld_words(result))


@screen.post("/<key>/file")
@needs(Permission.OUTREACH_USE)
def download(key: str) -> Response:
    """The same as a sheet."""
    kept = find_list(db(), key)
    kind = _kind(request.form.get("kind", ""))
    result = open_list(db(), key)
    rtl = current_language().direction == "rtl"
    content = list_file(result, kept, kind, header=[str(text) for text in FILE_HEADINGS], right_to_left=rtl)
    if result.withheld:
        left_out = withheld_words(result)
        tell(gettext("Left out of the file: %(why)s.", why=left_out), kind="notice")
    name = f"{kept.public_id}-use-by-{kept.use_by.isoformat()}.{kind.value}"
    return send_file(io.BytesIO(content), mimetype=KINDS[kind], as_attachment=True, download_name=name)


@screen.get("/renewals")
@needs(Permission.OUTREACH_USE)
def renewals() -> str:
    """The consents that end within 60 days, by purpose and channel, the soonest first."""
    groups: dict[tuple[str, str], list[Renewal]] = {}
    for row in renewal_queue(db(), on=today()):
        groups.setdefault((row.purpose, row.channel.value), []).append(row)
    return render_template("outreach/renewals.html", groups=groups)


@screen.post("/renewals/prepare")
@needs(Permission.OUTREACH_USE)
def prepare_renewal() -> ResponseReturnValue:
    """A list of those whose consent to one purpose by one channel ends soon, to ask them again."""
    purpose, channel = request.form.get("purpose", ""), request.form.get("channel", "")
    due = renewal_queue(db(), on=today())
    ids = [row.person_id for row in due if (row.purpose, row.channel.value) == (purpose, channel)]
    return _made(ids, purpose, channel)


def _made(ids: list[int], purpose: str, channel: str) -> ResponseReturnValue:
    made = prepare_permitted(
        db(), ids, purpose=purpose, channel=find_channel(channel), reason=request.form.get("reason", "")
    )
    tell(gettext("The list is ready. Use it until %(day)s.", day=day(made.use_by)))
    return redirect(url_for(".show", key=made.public_id), 303)


def _kind(text: str) -> ListFormat:
    if text not in set(ListFormat):
        raise BadInputError("A list is downloaded as csv or xlsx.")
    return ListFormat(text)
