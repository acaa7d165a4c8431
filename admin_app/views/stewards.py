"""The stewards of sealed records: their keys, and the new records that may be of somebody sealed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.door import actor
from admin_app.listing import LARGEST_KEY
from admin_app.notices import tell
from admin_app.rights_page import only_for_all
from admin_app.sealed_page import done_page, given_keys
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.dedupe import merge
from wmcrm.errors import BadInputError, ConflictError
from wmcrm.privacy import (
    add_steward,
    join_hit,
    make_steward_key,
    open_hits,
    retire_steward,
    steward_cards,
    tell_apart,
)

screen = Blueprint("stewards", __name__, url_prefix="/stewards")
screen.before_request(lambda: only_for_all(Permission.PEOPLE_PROTECT))


@screen.get("/")
@needs(Permission.PEOPLE_PROTECT)
def index() -> str:
    """Who can open sealed records, by name and public key."""
    return _listed()


@screen.post("/")
@needs(Permission.PEOPLE_PROTECT)
def add() -> ResponseReturnValue:
    """Register a public key made elsewhere; it belongs to the account of its name, if there is one."""
    name, recipient = (request.form.get(field, "").strip() for field in ("name", "recipient"))
    try:
        add_steward(db(), name, recipient, account_id=actor().account_id if name == actor().name else None)
    except (BadInputError, ConflictError) as refusal:
        db().rollback()
        return _listed({"name": name, "recipient": recipient}, translated(refusal)), refusal.status
    tell(gettext("The key was added. Its steward keeps the secret half."))
    return redirect(url_for(".index"), 303)


@screen.post("/make")
@needs(Permission.PEOPLE_PROTECT)
def make() -> ResponseReturnValue:
    """Make a key pair for whoever is signed in; the secret half lies on the server, for this account only."""
    make_steward_key(db(), actor().name, account_id=actor().account_id)
    tell(gettext("Your key was made. Its secret half lies on the server; ask the operator for a copy to keep."))
    return redirect(url_for(".index"), 303)


@screen.post("/retire")
@needs(Permission.PEOPLE_PROTECT)
def retire() -> ResponseReturnValue:
    """From now on nothing is sealed for a steward."""
    retire_steward(db(), request.form.get("name", ""))
    tell(gettext("Retired. Give the records that this key still opens new keys."))
    return redirect(url_for(".index"), 303)


@screen.get("/hits")
@needs(Permission.PEOPLE_PROTECT)
def hits() -> str:
    """New records that share an identifier with somebody sealed."""
    return render_template("privacy/hits.html", hits=open_hits(db()))


@screen.post("/hits/<int:number>/other")
@needs(Permission.PEOPLE_PROTECT)
def other(number: int) -> ResponseReturnValue:
    """The new record is somebody else."""
    tell_apart(db(), min(number, LARGEST_KEY), by=actor())
    tell(gettext("Noted: somebody else."))
    return redirect(url_for(".hits"), 303)


@screen.post("/hits/<int:number>/same")
@needs(Permission.PEOPLE_PROTECT)
def same(number: int) -> str:
    """The new record is the sealed person: it is merged in and sealed with them."""
    join_hit(db(), min(number, LARGEST_KEY), merge, identities=given_keys(), by=actor())
    text = gettext("The new record became part of the sealed one; nothing of it stays in the clear.")
    return done_page(gettext("Linked"), text, url_for(".hits"))


def _listed(typed: Mapping[str, str] | None = None, refusal: str = "") -> str:
    return render_template("privacy/stewards.html", stewards=steward_cards(db()), typed=typed or {}, refusal=refusal)
