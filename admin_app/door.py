"""The door: who acts in this request, and may they do this?"""

from __future__ import annotations

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from admin_app.access import Permission, permissions_of, policy_of
from wmcrm.db import NOBODY, Actor


def guard(app: Flask) -> None:
    """Check every request against its route's policy, before anything else of the route runs."""
    app.before_request(_check)
    app.jinja_env.globals.update(may=may, who_acts=who_acts, wants_keys=wants_keys, Permission=Permission)


def actor() -> Actor:
    """Who acts in this request; NOBODY when no one is signed in."""
    if "actor" not in g:
        g.actor = getattr(current_user, "actor", NOBODY)
        g.account_locale = getattr(current_user, "locale", None)
        g.account_keys = getattr(current_user, "shortcuts", True)
    found: Actor = g.actor
    return found


def who_acts() -> str:
    """The name of the account that is signed in, or nothing."""
    return actor().name if actor() is not NOBODY else ""


def wants_keys() -> bool:
    """Whether the account uses single keys; a browser may switch them off for itself too."""
    actor()
    return bool(g.account_keys)


def may(permission: Permission) -> bool:
    """Whether whoever acts has this permission."""
    return permission in permissions_of(actor().roles)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page: the error handler says so
    if _holds_nul():
        abort(400)
    policy = policy_of(current_app, request.endpoint)
    if policy is Permission.PUBLIC:
        return None
    if policy is None or policy is Permission.CLOSED:
        abort(404)
    if actor() is NOBODY:
        return _to_sign_in()
    if not may(policy):
        abort(403)
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.method != "GET":
        abort(401)
    wanted = request.full_path.rstrip("?") if request.path != "/" else None
    return redirect(url_for("security.login", next=wanted))


def _holds_nul() -> bool:
    """No text of ours has a NUL character, and PostgreSQL refuses to be asked about one."""
    sent = [request.path, *(value for values in (*request.args.lists(), *request.form.lists()) for value in values[1])]
    return any("\x00" in value for value in sent)
