"""What the pages share that people open by a link: a session that sees, a visit in a cookie, a page for no link."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import g, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from admin_app.session import READING, engine
from wmcrm.db import Session, open_session
from wmcrm.models import now_utc
from wmcrm.self_service import SELF, Visit, visit_of

COOKIE_KEY = "my_data"
# The descriptions of retention rules as they are shipped: keys of translations.
KEPT = (
    lazy_gettext("Contact points of people who were in touch no more"),
    lazy_gettext("Cells of imported sheets and what was read from them"),
    lazy_gettext("Who saw or received contact values and sealed records"),
    lazy_gettext("Answers to questions of a sign-up sheet; afterwards only figures"),
)


def own_db() -> Session:
    """The session of this request for somebody who came by a link; whoever is signed in does not matter here."""
    held: Session | None = g.get("db")
    if held is None or held.info["actor"] is not SELF:
        held = g.db = open_session(engine(), SELF, writing=request.method not in READING)
    return held


def current_visit() -> Visit | None:
    """The visit of this browser, judged anew."""
    return visit_of(own_db(), session.get(COOKIE_KEY, ""), now=now_utc())


def visiting(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Give a view the visit; without one the reader is told how to get a link."""

    @wraps(view)
    def inside(**values: object) -> ResponseReturnValue:
        visit = current_visit()
        if visit is None:
            return render_template("self_service/over.html"), 200 if request.method == "GET" else 401
        return view(visit, **values)

    return inside


def no_link_page(message: str) -> ResponseReturnValue:
    """The page for a link that leads nowhere, with what to do."""
    return render_template("self_service/no_link.html", message=message), 404
