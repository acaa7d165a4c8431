"""The log of access: who saw, exported, sealed or erased what, and whom a breach would concern."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin_app.access import Permission, needs
from admin_app.door import actor
from admin_app.forms.fields import read_day
from admin_app.listing import LARGEST_KEY
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import BadInputError
from wmcrm.models import Account
from wmcrm.permissions import is_for_all
from wmcrm.privacy import (
    BreachScope,
    LogLine,
    LogQuestion,
    accounts_in_log,
    actions_in_log,
    breach_scope,
    read_log,
    tell_breach_taken,
)
from wmcrm.sheets import write_csv

screen = Blueprint("access_log", __name__, url_prefix="/access-log")
ASKED = ("person", "account", "action", "first", "last")


@screen.get("/")
@needs(Permission.ACCESS_LOG_READ)
def index() -> ResponseReturnValue:
    """The log, the newest first, of a person, an account, an action and of days."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in ASKED}
    lines: Sequence[LogLine] = ()
    following, problem = None, ""
    try:
        lines, following = read_log(db(), _question(asked), before=_number(request.args.get("before", "")))
    except BadInputError as error:
        problem = translated(error)
    page = render_template(
        "privacy/access_log.html",
        lines=lines,
        asked=asked,
        following=following,
        problem=problem,
        accounts=accounts_in_log(db()),
        actions=actions_in_log(db()),
        may_ask=is_for_all(actor(), Permission.ACCESS_LOG_READ),
    )
    return page, 422 if problem else 200


@screen.get("/breach")
@needs(Permission.ACCESS_LOG_READ)
def breach() -> ResponseReturnValue:
    """Whose data an account saw or took out in a span of days: counts, and nobody's name."""
    scope, problem = None, ""
    try:
        scope = _scope(request.args) if request.args else None
    except BadInputError as error:
        problem = translated(error)
    told = {"scope": scope, "problem": problem, "asked": request.args, "accounts": accounts_in_log(db())}
    return render_template("privacy/breach.html", **told), 422 if problem else 200


@screen.post("/breach")
@needs(Permission.ACCESS_LOG_READ)
def take_list() -> Response:
    """The public ids of the people concerned, as CSV; that the list was taken is logged."""
    scope = _scope(request.form)
    tell_breach_taken(db(), scope)
    rows = [
        (scope.public_ids[number], " ".join(sorted(done)), "yes" if number in scope.protected else "")
        for number, done in scope.people.items()
    ]
    answer = Response(write_csv(rows, ("person", "actions", "protected")), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="breach.csv"'
    return answer


def _question(asked: dict[str, str]) -> LogQuestion:
    return LogQuestion(
        person=asked["person"] or None,
        account=_number(asked["account"]),
        action=asked["action"] or None,
        first=read_day(asked["first"]),
        last=read_day(asked["last"]),
    )


def _scope(asked: Mapping[str, str]) -> BreachScope:
    first, last = read_day(asked.get("first", "")), read_day(asked.get("last", ""))
    number = _number(asked.get("account", ""))
    if first is None or last is None:
        raise BadInputError("Give the first and the last day of the span.")
    if last < first:
        raise BadInputError("The last day lies before the first; give them the other way round.")
    account = db().get(Account, number) if number is not None else None
    if number is not None and account is None:
        raise BadInputError("Choose an account of the list.")
    start, end = (dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) for day in (first, last + dt.timedelta(days=1)))
    return breach_scope(db(), start, end, account)


def _number(text: str) -> int | None:
    return min(int(text), LARGEST_KEY) if text.isdecimal() and len(text) < 12 else None
