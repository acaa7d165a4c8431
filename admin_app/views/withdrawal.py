"""Leaving with one click (RFC 8058): the token of the message is the authority, no cookie and no form token.

A mail program sends the POST by itself; a person who opens the link gets a page with one button.
"""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from admin_app.access import Permission, needs
from admin_app.language import current_language
from admin_app.own_data import no_link_page, own_db
from admin_app.translated import translated
from wmcrm.errors import BadInputError
from wmcrm.outreach import verify_withdrawal_token, withdraw_by_token
from wmcrm.self_service import purpose_in_words

screen = Blueprint("withdrawal", __name__, url_prefix="/withdraw")


@screen.get("/<token>")
@needs(Permission.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """What the link takes back, and one button; opening it changes nothing."""
    asked = verify_withdrawal_token(_secret(), token)
    purpose = purpose_in_words(own_db(), asked.purpose, current_language().code)
    return render_template("self_service/withdraw.html", purpose=purpose, done=False)


@screen.post("/<token>")
@needs(Permission.PUBLIC)
def withdraw_now(token: str) -> ResponseReturnValue:
    """Take the consent back in this transaction; no redirect, for mail programs follow none."""
    withdraw_by_token(own_db(), _secret(), token)
    asked = verify_withdrawal_token(_secret(), token)
    purpose = purpose_in_words(own_db(), asked.purpose, current_language().code)
    return render_template("self_service/withdraw.html", purpose=purpose, done=True)


@screen.errorhandler(BadInputError)
def _unknown(error: BadInputError) -> ResponseReturnValue:
    return no_link_page(translated(error))


@screen.record_once
def _needs_no_form_token(state: BlueprintSetupState) -> None:
    """Exactly this view: whoever has the token may leave, from any program."""
    state.app.extensions["csrf"].exempt(f"{__name__}.{withdraw_now.__name__}")


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
