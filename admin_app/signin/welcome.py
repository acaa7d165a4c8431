"""The page of a welcome link: an invited person chooses a password, once."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from admin_app.access import Permission, needs
from admin_app.forms.form import Form
from admin_app.notices import tell
from admin_app.session import engine
from admin_app.signin.limits import by_address, take_try
from admin_app.signin.visitor import enter
from admin_app.translated import translated
from wmcrm.accounts import accept_welcome, find_welcomed, give_back
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import BadInputError
from wmcrm.models import SignInMethod, now_utc

screen = Blueprint("welcome", __name__)


class NewPasswordForm(Form):
    """A password, typed twice."""

    new = PasswordField(
        lazy_gettext("New password"),
        [InputRequired(), Length(max=500)],
        description=lazy_gettext("At least 12 characters; four words that have nothing in common do well."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        lazy_gettext("The same again"),
        [InputRequired(), EqualTo("new", lazy_gettext("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


@screen.route("/welcome/<token>", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
def choose(token: str) -> ResponseReturnValue:
    """The form for the password; with it the account is signed in."""
    form, limits = NewPasswordForm(), (by_address(),)
    if form.is_submitted():
        take_try(limits)
    with session_scope(engine(), OPERATOR) as reading:
        account = find_welcomed(reading, token, now=now_utc())
    if form.validate_on_submit():
        try:
            with session_scope(engine(), OPERATOR, writing=True) as writing:
                enter(
                    writing,
                    accept_welcome(writing, token, form.new.data, now=now_utc()),
                    SignInMethod.WELCOME_LINK,
                )
                give_back(writing, limits)
        except BadInputError as error:
            form.new.errors = [translated(error)]
        else:
            tell(gettext("Welcome. This password is yours alone."))
            return redirect(url_for("home.index"))
    return render_template("sign_in_welcome.html", form=form, account=account), 422 if form.is_submitted() else 200
