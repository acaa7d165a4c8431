"""Second factors of one's own account: authenticator app, recovery codes, passkeys.

Tries are counted before the session of the request opens: each is a transaction of its own, and writers of
one SQLite file take turns.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from admin_app.access import Permission, needs
from admin_app.addresses import NUMBER
from admin_app.door import actor
from admin_app.forms.form import Form
from admin_app.notices import tell
from admin_app.session import db, engine
from admin_app.signin.challenges import ask, take_challenge
from admin_app.signin.confirming import needs_password, visitor, what_is_missing
from admin_app.signin.limits import by_account, by_challenge, take_try
from admin_app.signin.qr import qr_code
from admin_app.signin.visitor import complete, standing
from admin_app.signin.ways import ways
from admin_app.translated import translated
from wmcrm.accounts import (
    Standing,
    accepts_code,
    give_back,
    is_password,
    make_recovery_codes,
    new_secret,
    recovery_codes_left,
    set_up,
    setup_address,
    turn_off,
)
from wmcrm.accounts.passkeys import LONGEST_NAME, add_passkey, ask_for_new, passkeys_of, remove_passkey
from wmcrm.db import open_session
from wmcrm.errors import BadInputError, WmcrmError
from wmcrm.models import Account, now_utc

screen = Blueprint("protection", __name__, url_prefix="/account/protection")
NEW_APP = "new app"
NEW_PASSKEY = "new passkey"
LASTS = timedelta(minutes=15)


class AppForm(Form):
    """The code that proves that the app knows the secret."""

    secret = HiddenField()
    code = StringField(
        lazy_gettext("Code"),
        [InputRequired(), Length(max=40)],
        description=lazy_gettext("The six digits that the app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr"},
    )


class OffForm(Form):
    """Who turns a second factor off shows both."""

    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(), Length(max=500)], render_kw={"autocomplete": "current-password"}
    )
    code = StringField(
        lazy_gettext("Code"),
        [InputRequired(), Length(max=40)],
        description=lazy_gettext(
            "The six digits that your authenticator app shows now, or one of your recovery codes."
        ),
        render_kw={"autocomplete": "one-time-code", "dir": "ltr", "autocapitalize": "none"},
    )


@screen.get("/")
@needs(Permission.SETTING_UP)
def show() -> str:
    """Which second factors the account has, and ways to add one."""
    account = _mine()
    return render_template(
        "account/protection.html",
        account=account,
        must=standing() is Standing.NEEDS_SET_UP,
        passkeys=passkeys_of(db(), account.id),
        codes=recovery_codes_left(db(), account),
        site=ways().site,
        longest=LONGEST_NAME,
        needs_password=needs_password(),
    )


@screen.route("/app", methods=("GET", "POST"))
@needs(Permission.SETTING_UP)
def app() -> ResponseReturnValue:
    """Set an authenticator app up: its QR code, then a code of its own. The secret waits sealed in the form."""
    account, form = visitor().account, AppForm()
    if account.totp_secret is not None:
        return redirect(url_for(".show"))
    secret = _carried_secret(account, form.secret.data) if form.is_submitted() else None
    if form.validate_on_submit() and secret:
        take_try((by_account(account),))
        problem = what_is_missing()
        if not problem:
            try:
                codes = set_up(db(), _mine(), secret, form.code.data, keys=ways().keys, now=now_utc())
            except BadInputError as error:
                problem = translated(error)
            else:
                give_back(db(), (by_account(account),))
                complete(db(), visitor())
                return render_template("account/codes.html", codes=codes)
        form.form_errors.append(problem)
    secret = secret or new_secret()
    form.secret.data = ways().keys.seal(NEW_APP, f"{account.id}:{secret}")
    shown = {"secret": secret, "qr": qr_code(setup_address(secret, account.name)), "needs_password": needs_password()}
    return render_template("account/app.html", form=form, **shown), 422 if form.is_submitted() else 200


@screen.route("/app/off", methods=("GET", "POST"))
@needs(Permission.SIGNED_IN)
def app_off() -> ResponseReturnValue:
    """Forget the authenticator app, for whoever has the password and a code."""
    account, form = visitor().account, OffForm()
    if account.totp_secret is None:
        return redirect(url_for(".show"))
    if form.is_submitted():
        take_try((by_account(account),))
    if form.validate_on_submit():
        right = is_password(account.password_hash, form.password.data)
        if right and accepts_code(db(), _mine(), form.code.data, keys=ways().keys, now=now_utc()):
            turn_off(db(), _mine())
            give_back(db(), (by_account(account),))
            tell(gettext("The authenticator app was turned off; its recovery codes ended."))
            return redirect(url_for(".show"), 303)
        form.form_errors.append(gettext("The password or the code is not right."))
    return render_template("account/app_off.html", form=form), 422 if form.is_submitted() else 200


@screen.post("/codes")
@needs(Permission.SIGNED_IN)
def codes() -> ResponseReturnValue:
    """Ten new recovery codes, shown once."""
    if not visitor().has_factor:
        abort(404)
    if problem := what_is_missing():
        return _again(problem)
    return render_template("account/codes.html", codes=make_recovery_codes(db(), _mine()))


@screen.post("/passkeys/ask")
@needs(Permission.SETTING_UP)
def passkey_question() -> Response:
    """What the browser shall ask a device for that gets a passkey."""
    if not ways().site.can_have_passkeys:
        abort(404)
    if what_is_missing():
        abort(403)
    g.db = open_session(engine(), actor())  # it only reads
    return ask(ask_for_new(db(), _mine(), ways().site), NEW_PASSKEY)


@screen.post("/passkeys")
@needs(Permission.SETTING_UP)
def passkey_answer() -> ResponseReturnValue:
    """Keep the passkey that a device made."""
    challenge = take_challenge(NEW_PASSKEY)
    take_try((by_challenge(challenge),))
    name, answer = request.form.get("name", ""), request.form.get("answer", "")
    try:
        add_passkey(db(), _mine(), answer, name=name, challenge=challenge, site=ways().site)
    except WmcrmError as error:
        return _again(translated(error))
    complete(db(), visitor())
    tell(gettext("The passkey was added."))
    return redirect(url_for(".show"), 303)


@screen.post(f"/passkeys/<{NUMBER}:number>/remove")
@needs(Permission.SIGNED_IN)
def passkey_remove(number: int) -> ResponseReturnValue:
    """Forget a passkey."""
    if problem := what_is_missing():
        return _again(problem)
    remove_passkey(db(), _mine(), number)
    tell(gettext("The passkey was removed."))
    return redirect(url_for(".show"), 303)


def _again(problem: str) -> ResponseReturnValue:
    tell(problem, kind="error")
    return redirect(url_for(".show"), 303)


def _mine() -> Account:
    return db().get_one(Account, visitor().account.id)


def _carried_secret(account: Account, sealed: str | None) -> str | None:
    owner, _, secret = (ways().keys.open(NEW_APP, sealed or "", within=LASTS) or "").partition(":")
    return secret if owner == str(account.id) else None
