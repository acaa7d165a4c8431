"""Requests: what is asked of people through the affiliate that holds them, and what became of it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.contact_words import REASONS
from admin_app.forms.passing_on import AskThroughForm
from admin_app.notices import tell
from admin_app.post_office import send_soon
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import Person, now_utc
from wmcrm.passing_on import (
    Wish,
    answer_contact_request,
    ask_affiliate,
    cancel_contact_request,
    my_requests,
    requests_to_answer,
)
from wmcrm.people import standing_for

screen = Blueprint("passing_on", __name__, url_prefix="/requests")


@screen.get("/")
@needs(Permission.OUTREACH_USE)
def index() -> str:
    """What others ask one's affiliates, what waits first; and what one asked oneself."""
    return render_template(
        "passing_on/index.html", asked=requests_to_answer(db()), mine=my_requests(db()), reasons=REASONS
    )


@screen.route("/new", methods=("GET", "POST"))
@needs(Permission.OUTREACH_USE)
def ask() -> ResponseReturnValue:
    """Ask for a message to be passed on; no address is shown, here or later."""
    person = _person(request.args.get("person", ""))
    form = AskThroughForm(data={"purpose": request.args.get("purpose", "")} if request.method == "GET" else {})
    if form.validate_on_submit() and _asked(person, form):
        send_soon()
        tell(gettext("The affiliate was asked. You see the answer here."))
        return redirect(url_for(".index"), 303)
    return render_template("passing_on/ask.html", person=person, form=form), 422 if form.is_submitted() else 200


@screen.post("/<key>/answer")
@needs(Permission.PASS_ON)
def answer(key: str) -> ResponseReturnValue:
    """Say that a message was passed on, or that it is not."""
    said, note = request.form.get("answer", ""), request.form.get("note", "")
    if said not in {"passed_on", "declined"}:
        raise BadInputError("Use the buttons of the page.")
    answer_contact_request(db(), key, passed_on=said == "passed_on", note=note, now=now_utc())
    tell(gettext("Your answer was recorded; whoever asked sees it."))
    return redirect(url_for(".index"), 303)


@screen.post("/<key>/cancel")
@needs(Permission.OUTREACH_USE)
def cancel(key: str) -> ResponseReturnValue:
    """Take a request of one's own back."""
    cancel_contact_request(db(), key, now=now_utc())
    tell(gettext("The request was taken back."))
    return redirect(url_for(".index"), 303)


def _person(key: str) -> Person:
    found = standing_for(db(), key)
    if found.public_id != key:
        raise NotFoundError("There is no such record.")
    return found


def _asked(person: Person, form: AskThroughForm) -> bool:
    wish = Wish(form.purpose.data, form.reason.data or "", form.message.data or "")
    try:
        ask_affiliate(db(), person, wish, now=now_utc())
    except (BadInputError, ConflictError) as error:
        form.form_errors.append(translated(error))
        return False
    return True
