"""One's own account: password, language, keys, and where one is signed in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from admin_app.access import Permission, needs
from admin_app.addresses import NUMBER
from admin_app.forms.fields import Text
from admin_app.forms.form import Form
from admin_app.language import COOKIE, offered_languages
from admin_app.notices import tell
from admin_app.session import db
from admin_app.signin.confirming import visitor
from admin_app.signin.limits import by_account, take_try
from admin_app.signin.visitor import end_others
from admin_app.signin.welcome import NewPasswordForm
from admin_app.translated import translated
from wmcrm.accounts import change_password, end_sign_in, give_back, keep_address, recovery_codes_left, sign_ins_of
from wmcrm.errors import BadInputError
from wmcrm.models import Account, now_utc

screen = Blueprint("account", __name__, url_prefix="/account")


class PreferencesForm(Form):
    """How the admin speaks to one, in every browser."""

    locale = SelectField(lazy_gettext("Language"), [Optional()])
    email = Text(
        lazy_gettext("E-mail address"),
        [Length(max=320)],
        description=lazy_gettext("Where you are told what others ask your people. Empty: only on the screen."),
        render_kw={"type": "email", "dir": "ltr", "autocomplete": "email"},
    )
    shortcuts = BooleanField(
        lazy_gettext("Single keys"),
        description=lazy_gettext("Such as / for the search; never while one types into a field."),
    )


class PasswordForm(NewPasswordForm):
    """The old password, and a new one twice."""

    old = PasswordField(
        lazy_gettext("Old password"), [InputRequired(), Length(max=500)], render_kw={"autocomplete": "current-password"}
    )


@screen.get("/")
@needs(Permission.SIGNED_IN)
def show() -> str:
    """Everything about one's own account."""
    account = _mine()
    return render_template(
        "account/own.html",
        account=account,
        visit=visitor(),
        form=_preferences(account),
        sessions=sign_ins_of(db(), account.id, now=now_utc()),
        codes=recovery_codes_left(db(), account),
    )


@screen.post("/preferences")
@needs(Permission.SIGNED_IN)
def prefer() -> ResponseReturnValue:
    """Keep the language and the keys."""
    account = _mine()
    form = _preferences(account)
    if not form.validate():
        return redirect(url_for(".show"), 303)
    try:
        keep_address(db(), account, form.email.data or "")
    except BadInputError as error:
        tell(translated(error), kind="error")
        return redirect(url_for(".show"), 303)
    account.locale, account.shortcuts = form.locale.data or None, bool(form.shortcuts.data)
    db().flush()
    tell(gettext("It was saved."))
    answer = redirect(url_for(".show"), 303)
    answer.delete_cookie(COOKIE)  # what this browser chose for itself would hide the choice
    return answer


@screen.route("/password", methods=("GET", "POST"))
@needs(Permission.SIGNED_IN)
def password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    form = PasswordForm()
    if form.is_submitted():
        take_try((by_account(visitor().account),))
    if form.validate_on_submit():
        try:
            change_password(db(), _mine(), old=form.old.data, new=form.new.data, but=visitor().sign_in.id)
        except BadInputError as error:
            form.form_errors.append(translated(error))
        else:
            give_back(db(), (by_account(visitor().account),))
            tell(gettext("The password was changed. Other browsers were signed out."))
            return redirect(url_for(".show"), 303)
    return render_template("account/password.html", form=form), 422 if form.is_submitted() else 200


@screen.post(f"/sessions/<{NUMBER}:number>/end")
@needs(Permission.SIGNED_IN)
def end(number: int) -> ResponseReturnValue:
    """Sign one browser out; one's own as well."""
    end_sign_in(db(), visitor().account.id, number)
    tell(gettext("That browser was signed out."))
    return redirect(url_for(".show"), 303)


@screen.post("/sessions/end")
@needs(Permission.SIGNED_IN)
def end_all_others() -> ResponseReturnValue:
    """Sign every other browser out."""
    end_others(db(), visitor())
    tell(gettext("Every other browser was signed out."))
    return redirect(url_for(".show"), 303)


def _mine() -> Account:
    return db().get_one(Account, visitor().account.id)


def _preferences(account: Account) -> PreferencesForm:
    posted = request.method == "POST"
    form = PreferencesForm(formdata=request.form if posted else None, obj=account)
    form.locale.choices = [("", gettext("As the browser says"))]
    form.locale.choices += [(language.code, language.own_name) for language in offered_languages()]
    return form
