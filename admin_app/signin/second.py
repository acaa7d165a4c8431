"""The second factor, after a password or a wiki account: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from admin_app.access import Permission, needs
from admin_app.addresses import own_address
from admin_app.forms.form import Form
from admin_app.session import engine
from admin_app.signin.limits import by_account, take_try
from admin_app.signin.visitor import complete, visit
from admin_app.signin.ways import ways
from wmcrm.accounts import Visit, accepts_code, give_back
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Account, now_utc

screen = Blueprint("second_factor", __name__)


class CodeForm(Form):
    """Six digits, or a recovery code."""

    code = StringField(
        lazy_gettext("Code"),
        [InputRequired(), Length(max=40)],
        description=lazy_gettext(
            "The six digits that your authenticator app shows now, or one of your recovery codes."
        ),
        render_kw={"autocomplete": "one-time-code", "autofocus": True, "dir": "ltr", "autocapitalize": "none"},
    )


@screen.route("/login/second", methods=("GET", "POST"))
@needs(Permission.SECOND_FACTOR)
def show() -> ResponseReturnValue:
    """The form for the code, and what becomes of it."""
    found, form, problem = visit(), CodeForm(), ""
    assert found is not None  # the door lets nobody else in
    wanted = own_address(request.values.get("next"))
    if request.method == "POST":
        take_try((by_account(found.account),))
        if form.validate() and _completes(found, form.code.data):
            return redirect(wanted)
        problem = gettext("This code is not right, or was used already.")
    return render_template("sign_in_second.html", form=form, problem=problem, wanted=wanted, ways=ways(), visit=found)


def _completes(found: Visit, code: str) -> bool:
    with session_scope(engine(), OPERATOR, writing=True) as writing:
        account = writing.get_one(Account, found.account.id)
        if not accepts_code(writing, account, code, keys=ways().keys, now=now_utc()):
            return False
        give_back(writing, (by_account(account),))
        complete(writing, found)
    return True
