"""The outbox, for administrators: which letters wait, left or failed, without whom they are to and what they say."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.letter_words import reason_in_words
from admin_app.listing import PAGE
from admin_app.notices import tell
from admin_app.post_office import send_soon
from admin_app.rights_page import only_for_all
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import ConflictError
from wmcrm.models import LetterState, now_utc
from wmcrm.self_service import letters, try_now

screen = Blueprint("letters", __name__, url_prefix="/letters")


@screen.before_request
def hide_from_parts() -> None:
    """The outbox is one for everybody: accounts of single affiliates do not see it."""
    only_for_all(Permission.LETTERS_MANAGE)


@screen.get("/")
@needs(Permission.LETTERS_MANAGE)
def index() -> str:
    """One page of letters, the newest first, all or of one state."""
    state, before = request.args.get("state", ""), request.args.get("before", "")[:20]
    chosen = [LetterState(state)] if state in set(LetterState) else []
    rows = letters(db(), states=chosen, before=before, limit=PAGE + 1)
    return render_template(
        "letters.html",
        rows=[(row, reason_in_words(row.why)) for row in rows[:PAGE]],
        following=rows[PAGE - 1].letter if len(rows) > PAGE else "",
        states=list(LetterState),
        state=chosen[0] if chosen else "",
        before=before,
    )


@screen.post("/<key>/try")
@needs(Permission.LETTERS_MANAGE)
def try_again(key: str) -> ResponseReturnValue:
    """Try a letter that waits now instead of after its pause."""
    try:
        try_now(db(), key[:20], now=now_utc())
    except ConflictError as error:  # it left meanwhile: a second press, or the round
        tell(translated(error), kind="warning")
    else:
        send_soon()
        tell(gettext("It is being tried. Open the list again in a moment."))
    state = request.form.get("state", "")
    return redirect(url_for(".index", state=state if state in set(LetterState) else None), 303)
