"""The first factor that everybody has: a name and a password; and signing out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from admin_app.access import Permission, needs
from admin_app.addresses import own_address
from admin_app.forms.form import Form
from admin_app.session import engine
from admin_app.signin.limits import by_address, by_name, give_try_back, take_try
from admin_app.signin.visitor import enter, leave, standing
from admin_app.signin.ways import ways
from wmcrm.accounts import Standing, find_account, is_password
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import SignInMethod

screen = Blueprint("sign_in", __name__)


class SignInForm(Form):
    """Name and password; whatever is wrong, the answer is the same sentence."""

    name = StringField(
        lazy_gettext("Name of the account"),
        [InputRequired(), Length(max=100)],
        render_kw={"autocomplete": "username", "autofocus": True, "dir": "auto"},
    )
    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(), Length(max=500)], render_kw={"autocomplete": "current-password"}
    )


@screen.route("/login", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
def login() -> ResponseReturnValue:
    """The form, and what becomes of it."""
    form = SignInForm()
    wanted = own_address(request.values.get("next"))
    if request.method == "GET" and standing() is Standing.COMPLETE:
        return redirect(wanted)
    problem = ""
    if request.method == "POST":
        limits = (by_name(form.name.data or ""), by_address())
        take_try(limits)
        if form.validate() and _enters(form.name.data, form.password.data):
            give_try_back(limits)
            return redirect(wanted)
        problem = gettext("The name or the password is not right.")
    return sign_in_page(form, problem, wanted)


@screen.post("/logout")
@needs(Permission.PUBLIC)
def logout() -> ResponseReturnValue:
    """End this session."""
    leave()
    return redirect(url_for("sign_in.login"))


def sign_in_page(form: SignInForm, problem: str = "", wanted: str = "/") -> str:
    """The page of all first factors; ``problem`` says why the last try did not do."""
    return render_template("sign_in.html", form=form, problem=problem, wanted=wanted, ways=ways())


def _enters(name: str, password: str) -> bool:
    """Whether somebody signs in with this; an unknown or closed account takes as long to refuse."""
    with session_scope(engine(), OPERATOR) as reading:
        account = find_account(reading, name.strip())
    if not is_password(account.password_hash if account and account.active else None, password) or account is None:
        return False
    with session_scope(engine(), OPERATOR, writing=True) as writing:
        mine = find_account(writing, account.name)
        assert mine is not None
        enter(writing, mine, SignInMethod.PASSWORD)
    return True
