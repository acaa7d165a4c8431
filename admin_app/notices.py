"""Short messages above a page. One with Undo stays on every page until somebody dismisses it."""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_urlsafe

from flask import Blueprint, Flask, Response, redirect, request, session

from admin_app.access import Permission, needs
from admin_app.addresses import own_address

KEPT = 3
_STORE = "notices"

screen = Blueprint("notices", __name__, url_prefix="/notices")


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence, its kind (success, warning, error, notice) and where a POST takes the deed back.

    It travels in the reader's own cookie: it names no person.
    """

    id: str
    kind: str
    text: str
    undo: str = ""


def tell(text: str, *, kind: str = "success", undo: str = "") -> None:
    """Show ``text`` on the next page; with ``undo`` (an address to post to) on every page until dismissed."""
    stored = list(session.get(_STORE, []))
    stored.append([token_urlsafe(4), kind, text, undo])
    session[_STORE] = stored[-KEPT:]


def take_notices() -> list[Notice]:
    """The messages for the page that is being made; those without Undo are shown only this once."""
    stored = [Notice(*item) for item in session.get(_STORE, [])]
    if stored:
        session[_STORE] = [[item.id, item.kind, item.text, item.undo] for item in stored if item.undo]
    return stored


def drop_notice(notice_id: str) -> None:
    """Forget a message, because it was dismissed or its Undo was used."""
    session[_STORE] = [item for item in session.get(_STORE, []) if item[0] != notice_id]


def drop_undo(address: str) -> None:
    """Forget the message whose Undo posts to ``address``: it has been used."""
    session[_STORE] = [item for item in session.get(_STORE, []) if item[3] != address]


def show_notices(app: Flask) -> None:
    """Make messages available to the templates."""
    app.jinja_env.globals["notices"] = take_notices
    app.register_blueprint(screen)


@screen.post("/<notice_id>/dismiss")
@needs(Permission.PUBLIC)
def dismiss(notice_id: str) -> Response:
    """Forget a message and go back to where the reader was."""
    drop_notice(notice_id)
    return redirect(own_address(request.form.get("next")), 303)  # type: ignore[return-value]
