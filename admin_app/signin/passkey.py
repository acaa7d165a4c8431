"""Signing in with a passkey: instead of name and password, or as the second factor after them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.access import Permission, needs
from admin_app.addresses import own_address
from admin_app.notices import tell
from admin_app.session import engine
from admin_app.signin.challenges import ask, take_challenge
from admin_app.signin.limits import by_account, by_address, by_challenge, take_try
from admin_app.signin.password import SignInForm, sign_in_page
from admin_app.signin.visitor import complete, enter, standing, visit
from admin_app.signin.ways import ways
from admin_app.translated import translated
from wmcrm.accounts import Standing, Visit, give_back
from wmcrm.accounts.passkeys import ask_for_one, check_passkey, passkeys_of, refused
from wmcrm.db import OPERATOR, session_scope
from wmcrm.errors import BadInputError
from wmcrm.models import SignInMethod, now_utc

screen = Blueprint("passkey_sign_in", __name__)
USE = "passkey"


@screen.post("/login/passkey/ask")
@needs(Permission.PUBLIC)
def question() -> Response:
    """What the browser shall ask the device for; after a first factor one of the account's own passkeys."""
    if not ways().site.can_have_passkeys:
        abort(404)
    half = _half()
    with session_scope(engine(), OPERATOR) as reading:
        mine = passkeys_of(reading, half.account.id) if half else ()
    return ask(ask_for_one(ways().site, mine), USE)


@screen.post("/login/passkey")
@needs(Permission.PUBLIC)
def answer() -> ResponseReturnValue:
    """Sign in whoever's device answered."""
    half, wanted = _half(), own_address(request.form.get("next"))
    limits = (by_account(half.account),) if half else (by_address(),)
    take_try(limits)
    challenge = take_challenge(USE)
    take_try((by_challenge(challenge),))
    try:
        with session_scope(engine(), OPERATOR, writing=True) as writing:
            account = check_passkey(
                writing, request.form.get("answer", ""), challenge=challenge, site=ways().site, now=now_utc()
            )
            if half is None:
                enter(writing, account, SignInMethod.PASSKEY, proven=True)
            elif account.id == half.account.id:
                complete(writing, half)
            else:
                raise refused()
            give_back(writing, limits)
    except BadInputError as error:
        return _again(half, translated(error), wanted)
    return redirect(wanted)


def _again(half: Visit | None, problem: str, wanted: str) -> ResponseReturnValue:
    if half is None:
        return sign_in_page(SignInForm(formdata=None), problem, wanted), 422
    tell(problem, kind="error")
    return redirect(url_for("second_factor.show", next=wanted))


def _half() -> Visit | None:
    return visit() if standing() is Standing.NEEDS_CODE else None
