"""The rights of a person: their data handed out, its use restricted, protection, erasure."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.notices import tell
from admin_app.rights_page import archive, erasing, find_subject
from admin_app.session import db
from wmcrm.errors import BadInputError
from wmcrm.models import Person, RestrictionGround
from wmcrm.privacy import lift_restriction, make_export, protect, restrict, stop_protecting

screen = Blueprint("rights", __name__, url_prefix="/people/<key>/rights")


@screen.post("/export")
@needs(Permission.SUBJECT_EXPORT)
def export(key: str) -> Response:
    """Everything about the person as a zip of a document for machines and a page to read; it is logged."""
    chosen = request.form.get("language") or None
    return archive(make_export(db(), find_subject(db(), key), language=chosen))


@screen.post("/restrict")
@needs(Permission.PEOPLE_PROTECT)
def stop_use(key: str) -> ResponseReturnValue:
    """From today the data of the person is stored and used for nothing."""
    person, ground = find_subject(db(), key), request.form.get("ground", "")
    if ground not in set(RestrictionGround):
        raise BadInputError("Choose why the use of the data is restricted.")
    restrict(db(), person, RestrictionGround(ground))
    return _done(person, gettext("Restricted. The data is stored, and used for nothing until you lift it."))


@screen.post("/lift")
@needs(Permission.PEOPLE_PROTECT)
def allow_use(key: str) -> ResponseReturnValue:
    """End every open restriction of the person."""
    person = find_subject(db(), key)
    lift_restriction(db(), person)
    return _done(person, gettext("The restriction is lifted. Consents and refusals hold as before."))


@screen.post("/protect")
@needs(Permission.PEOPLE_PROTECT)
def begin_protection(key: str) -> ResponseReturnValue:
    """Mask the person's contact values and keep them off every list."""
    person = find_subject(db(), key)
    protect(db(), person)
    return _done(person, gettext("Protected: addresses are masked, and the person is on no list."))


@screen.post("/unprotect")
@needs(Permission.PEOPLE_PROTECT)
def end_protection(key: str) -> ResponseReturnValue:
    """Treat the person like everybody again."""
    person = find_subject(db(), key)
    stop_protecting(db(), person)
    return _done(person, gettext("The protection is lifted."))


@screen.route("/erase", methods=("GET", "POST"))
@needs(Permission.SUBJECT_ERASE)
def erase(key: str) -> ResponseReturnValue:
    """What an erasure takes and leaves; sent with the tick, it is done, and the next page says what was done."""
    person = find_subject(db(), key)
    return erasing(person, _page(person))


def _done(person: Person, text: str) -> ResponseReturnValue:
    tell(text)
    return redirect(_page(person), 303)


def _page(person: Person) -> str:
    return url_for("people.record", key=person.public_id)
