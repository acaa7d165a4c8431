"""The pages behind links of letters: an invitation to consent, an address to confirm. Looking decides nothing."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin_app.access import Permission, needs
from admin_app.language import current_language
from admin_app.own_data import no_link_page, own_db
from admin_app.translated import translated
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import now_utc
from wmcrm.self_service import address_behind, answer_question, confirm_address, purpose_in_words, question_of

screen = Blueprint("confirming", __name__)


@screen.route("/confirm/<token>", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
def confirm(token: str) -> ResponseReturnValue:
    """The wording with two buttons of one size; sent, what the reader said is recorded and the link is used up."""
    language = current_language().code
    question = question_of(own_db(), token, language=language, now=now_utc())
    purpose = purpose_in_words(own_db(), question.purpose.code, language)
    if request.method == "GET":
        return render_template("self_service/confirm.html", question=question, purpose=purpose)
    said = request.form.get("answer", "")
    if said not in {"yes", "no"}:
        raise BadInputError("Use the buttons of the page.")
    answer_question(own_db(), question, agreed=said == "yes", now=now_utc())
    return render_template("self_service/confirmed.html", agreed=said == "yes", purpose=purpose)


@screen.route("/confirm-address/<token>", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
def address(token: str) -> ResponseReturnValue:
    """One button; pressed, the address counts as the reader's own."""
    if request.method == "GET":
        address_behind(own_db(), token, now=now_utc())
        return render_template("self_service/confirm_address.html")
    confirm_address(own_db(), token, now=now_utc())
    return render_template("self_service/address_confirmed.html")


@screen.errorhandler(NotFoundError)
def _no_link(error: NotFoundError) -> ResponseReturnValue:
    return no_link_page(translated(error))
