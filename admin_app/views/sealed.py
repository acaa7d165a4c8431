"""Sealed records: sealing somebody, and a record in the hands of its stewards, opened with their key."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.door import actor
from admin_app.listing import Page, read_page, read_question
from admin_app.notices import tell
from admin_app.rights_page import archive, erasing, find_subject, only_for_all
from admin_app.sealed_page import done_page, given_keys, given_reason, opened_tables
from admin_app.session import db
from wmcrm.models import Person, Protection
from wmcrm.privacy import (
    StewardCard,
    find_sealed,
    handed_over,
    make_export,
    open_hits,
    open_sealed,
    rotate_key,
    seal_person,
    sealed_cards,
    sealed_people,
    steward_cards,
    unseal,
)

screen = Blueprint("sealed", __name__, url_prefix="/sealed")
screen.before_request(lambda: only_for_all(Permission.PEOPLE_PROTECT))


@screen.get("/")
@needs(Permission.PEOPLE_PROTECT)
def index() -> str:
    """Everybody who is sealed, by pseudonym, and how many new records may be of one of them."""
    question = read_question(request.args, ("sort_name",))
    page: Page[Person] = read_page(db(), sealed_people(db()), Person, question)  # type: ignore[arg-type]
    cards = sealed_cards(db(), page.rows)
    hits = len(open_hits(db()))
    return render_template("privacy/sealed_list.html", cards=cards, page=page, question=question, hits=hits)


@screen.route("/seal/<key>", methods=("GET", "POST"))
@needs(Permission.PEOPLE_PROTECT)
def seal(key: str) -> ResponseReturnValue:
    """Choose who can open the record and what it is called meanwhile; sent, it is encrypted and scrubbed."""
    person, chosen = _to_seal(key), request.form.getlist("steward")
    if request.method == "POST" and chosen:
        seal_person(db(), person, chosen, pseudonym=request.form.get("pseudonym") or None, by=actor())
        text = gettext("Everything but the pseudonym, the region and the skills is encrypted.")
        return done_page(gettext("Sealed"), text, url_for(".record", key=key))
    if person.protection is Protection.SEALED and sealed_cards(db(), [person])[0].stewards:
        return redirect(url_for(".record", key=key), 303)
    refused = request.method == "POST"
    shown = {"person": person, "stewards": _active_stewards(), "refused": refused}
    shown["pseudonym"] = request.form.get("pseudonym", "")
    return render_template("privacy/seal.html", **shown), 422 if refused else 200


@screen.get("/<key>")
@needs(Permission.PEOPLE_PROTECT)
def record(key: str) -> str:
    """The locked page: pseudonym, region, skills and stewards; what else there is opens with a key."""
    return _locked(find_sealed(db(), key))


@screen.post("/<key>/open")
@needs(Permission.PEOPLE_PROTECT)
def open_record(key: str) -> str:
    """The whole record, once, for a reason that is logged; the key is forgotten with the request."""
    person = find_sealed(db(), key)
    found = open_sealed(db(), person, reason=given_reason(), identities=given_keys(), by=actor())
    card = sealed_cards(db(), [person])[0]
    return render_template("privacy/opened.html", card=card, tables=opened_tables(found))


@screen.post("/<key>/unseal")
@needs(Permission.PEOPLE_PROTECT)
def open_for_good(key: str) -> ResponseReturnValue:
    """Put everything back where it was; the person stays protected."""
    person = find_sealed(db(), key)
    unseal(db(), person, identities=given_keys(), by=actor())
    tell(gettext("Unsealed. The person stays protected until you lift it."))
    return redirect(url_for("people.record", key=person.public_id), 303)


@screen.post("/<key>/rotate")
@needs(Permission.PEOPLE_PROTECT)
def rotate(key: str) -> str:
    """Encrypt the record under a new key for the stewards who are ticked."""
    person = find_sealed(db(), key)
    rotate_key(db(), person, stewards=request.form.getlist("steward"), identities=given_keys(), by=actor())
    text = gettext("The record is encrypted under a new key. Who was left out opens it no more, except in old backups.")
    return done_page(gettext("New key"), text, url_for(".record", key=key))


@screen.post("/<key>/hand-over")
@needs(Permission.PEOPLE_PROTECT)
def hand_over(key: str) -> Response:
    """The record as a file that only the holder of an age key opens."""
    person = find_sealed(db(), key)
    recipient = request.form.get("recipient", "").strip()
    made = handed_over(db(), person, recipient, identities=given_keys(), by=actor())
    answer = Response(made, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{person.public_id}.age"'
    return answer


@screen.post("/<key>/export")
@needs(Permission.SUBJECT_EXPORT)
def export(key: str) -> Response:
    """Everything about a sealed person, for the person; opened with a steward's key."""
    return archive(make_export(db(), find_sealed(db(), key), identities=given_keys()))


@screen.route("/<key>/erase", methods=("GET", "POST"))
@needs(Permission.SUBJECT_ERASE)
def erase(key: str) -> ResponseReturnValue:
    """Erase somebody sealed; it needs no key."""
    return erasing(find_sealed(db(), key), url_for(".record", key=key))


def _to_seal(key: str) -> Person:
    """Somebody in use, or only marked as sealed and not encrypted yet."""
    marked = db().scalars(sealed_people(db()).where(Person.public_id == key)).first()  # type: ignore[arg-type]
    return marked or find_subject(db(), key)


def _locked(person: Person) -> str:
    card = sealed_cards(db(), [person])[0]
    return render_template("privacy/sealed.html", card=card, stewards=_active_stewards())


def _active_stewards() -> list[StewardCard]:
    return [card for card in steward_cards(db()) if card.retired_at is None]
