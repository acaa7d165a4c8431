"""What is decided of two organizations that may be one: linked, told apart, and both taken back."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.listing import LARGEST_KEY
from admin_app.notices import drop_undo, tell
from admin_app.organizations import what_stays_linked
from admin_app.session import db
from wmcrm.aliases import shown_name
from wmcrm.dedupe import (
    find_link,
    find_told_apart,
    link_affiliates,
    take_back_apart,
    tell_apart,
    unlink_affiliates,
    what_would_stay_linked,
)
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import Affiliate
from wmcrm.references import find_affiliate

screen = Blueprint("organizations", __name__, url_prefix="/review/organizations")


@screen.post("")
@needs(Permission.PEOPLE_MERGE)
def link() -> ResponseReturnValue:
    """Say that one organization is, from a day on, what another was."""
    former, current = _pair()
    made = link_affiliates(db(), former, current, since=_day(request.form.get("since", "")))
    text = gettext("Linked: the former name, code and type find the organization that follows it.")
    tell(text, undo=url_for(".undo_link", number=made.id))
    return redirect(_tab(), 303)


@screen.get("/links/<int:number>")
@needs(Permission.PEOPLE_MERGE)
def take_apart(number: int) -> str:
    """What taking a link back would do, to be confirmed."""
    made = find_link(db(), min(number, LARGEST_KEY))
    if made.undone_at is not None:
        raise NotFoundError("There is no such record.")
    former, current = (db().get_one(Affiliate, key) for key in (made.former_id, made.current_id))
    stays = what_stays_linked(what_would_stay_linked(db(), made))
    names = {"former": shown_name(db(), former), "name": shown_name(db(), current)}
    return render_template("unlink.html", link=made, current=current, stays=stays, **names)


@screen.post("/links/<int:number>/undo")
@needs(Permission.PEOPLE_MERGE)
def undo_link(number: int) -> ResponseReturnValue:
    """Take a link back: both organizations as they were; what came later stays and is told."""
    report = unlink_affiliates(db(), find_link(db(), min(number, LARGEST_KEY)))
    drop_undo(url_for(".undo_link", number=number))
    again = gettext("They are two organizations again.")
    tell(f"{again} {what_stays_linked(report.stays)}".strip())
    return redirect(url_for("affiliates.record", key=report.former.public_id), 303)


@screen.post("/apart")
@needs(Permission.PEOPLE_MERGE)
def say_apart() -> ResponseReturnValue:
    """Say that two organizations are two."""
    said = tell_apart(db(), *_pair())
    text = gettext("Noted as two organizations. Nobody is asked again unless one of them changes its name or code.")
    tell(text, undo=url_for(".undo_apart", number=said.id))
    return redirect(_tab(), 303)


@screen.post("/apart/<int:number>/undo")
@needs(Permission.PEOPLE_MERGE)
def undo_apart(number: int) -> ResponseReturnValue:
    """Take back that two organizations are two."""
    take_back_apart(db(), find_told_apart(db(), min(number, LARGEST_KEY)))
    drop_undo(url_for(".undo_apart", number=number))
    tell(gettext("Taken back; the two organizations may be asked about again."))
    return redirect(_tab(), 303)


def _pair() -> tuple[Affiliate, Affiliate]:
    one, _, other = request.form.get("pair", "").partition(" ")
    return find_affiliate(db(), one), find_affiliate(db(), other)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError("'{value}' is not a date; write it as 2026-02-28.", value=text) from error


def _tab() -> str:
    return url_for("review.index", tab="organizations")
