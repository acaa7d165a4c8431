"""What people asked of the stewards about their own data, and who is owed an answer by when."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.formats import today
from admin_app.notices import tell
from admin_app.session import db
from wmcrm.errors import BadInputError
from wmcrm.models import RequestAnswer
from wmcrm.self_service import answer_request, open_requests

screen = Blueprint("rights_requests", __name__, url_prefix="/rights-requests")


@screen.get("/")
@needs(Permission.SUBJECT_EXPORT)
def index() -> str:
    """Requests without an answer, the most urgent first, by public id: a list of names needs no screen."""
    return render_template("privacy/requests.html", rows=open_requests(db()), today=today())


@screen.post("/<key>/answer")
@needs(Permission.SUBJECT_EXPORT)
def answer(key: str) -> ResponseReturnValue:
    """Close a request that was done or refused; an erasure closes its own."""
    said = request.form.get("answer", "")
    if said not in set(RequestAnswer):
        raise BadInputError("Use the buttons of the page.")
    answer_request(db(), key[:20], RequestAnswer(said))
    tell(gettext("The request is closed. If the record is to be used again, lift the restriction on its page."))
    return redirect(url_for(".index"), 303)
