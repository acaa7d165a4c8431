"""Signing in with a wiki account (OAuth 2.0, authorization code with PKCE): for accounts that are linked to one."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.addresses import own_address
from admin_app.session import engine
from admin_app.signin.limits import by_address, give_try_back, take_try
from admin_app.signin.oauth import Unreachable, WikiUser, address_to_ask, fetch_user
from admin_app.signin.password import SignInForm, sign_in_page
from admin_app.signin.visitor import enter
from admin_app.signin.ways import WikimediaServer, ways
from wmcrm.accounts import find_by_wiki
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import SignInMethod

screen = Blueprint("wikimedia", __name__)
USE = "wikimedia"
LASTS = timedelta(minutes=10)


@screen.get("/login/wikimedia")
@needs(Permission.PUBLIC)
def go() -> ResponseReturnValue:
    """Send the reader to the wiki, which asks them."""
    state, verifier = token_urlsafe(24), token_urlsafe(48)
    wanted = own_address(request.args.get("next"))
    session[USE] = ways().keys.seal(USE, "\n".join((state, verifier, wanted)))
    return redirect(address_to_ask(_server(), state, verifier))


@screen.get("/login/wikimedia/back")
@needs(Permission.PUBLIC)
def back() -> ResponseReturnValue:
    """The reader comes back with a code; the state shows that it is they whom we sent."""
    opened = ways().keys.open(USE, str(session.pop(USE, "")), within=LASTS)
    state, verifier, wanted = opened.split("\n") if opened else ("", "", "/")
    if not state or request.args.get("state") != state or not request.args.get("code"):
        return redirect(url_for("sign_in.login"))
    limits = (by_address(),)
    take_try(limits)
    try:
        user = fetch_user(_server(), request.args["code"], verifier)
    except Unreachable:
        return _refused(gettext("The wiki does not answer as it should. Try again, or sign in with your password."))
    if not _enters(user):
        return _refused(gettext("No account here is linked to your wiki account. Ask the administrator."))
    give_try_back(limits)
    return redirect(wanted)


def _enters(user: WikiUser) -> bool:
    with session_scope(engine(), OPERATOR, writing=True) as writing:
        account = find_by_wiki(writing, username=user.username, user_id=user.id)
        if account is not None:
            enter(writing, account, SignInMethod.WIKIMEDIA)
    return account is not None


def _refused(problem: str) -> ResponseReturnValue:
    return sign_in_page(SignInForm(formdata=None), problem), 403


def _server() -> WikimediaServer:
    server = ways().wikimedia
    assert server is not None  # without one these routes do not exist
    return server
