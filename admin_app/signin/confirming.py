"""Before the factors of an account change: is it still the person who signed in?"""

from __future__ import annotations

from flask import request
from flask_babel import gettext

from admin_app.signin.limits import by_account, give_try_back, take_try
from admin_app.signin.visitor import visit
from wmcrm.accounts import Visit, is_password
from wmcrm.models import now_utc


def visitor() -> Visit:
    """Whoever is signed in; the door lets nobody else reach what asks for it."""
    found = visit()
    assert found is not None
    return found


def needs_password() -> bool:
    """Whether the password has to be typed again: the sign-in is a quarter of an hour old."""
    return not visitor().is_fresh(now=now_utc())


def what_is_missing() -> str:
    """Why this form may not change factors of the account, or nothing; reads its field ``password``."""
    if not needs_password():
        return ""
    account = visitor().account
    limits = (by_account(account),)
    take_try(limits)
    if is_password(account.password_hash, request.form.get("password", "")):
        give_try_back(limits)
        return ""
    return str(gettext("Type your password to show that it is you."))
