"""The door: who acts in this request, and may they do this?"""

from __future__ import annotations

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin_app.access import Permission, policy_of
from admin_app.session import db
from admin_app.signin.visitor import standing, visit
from wmcrm.accounts import Standing
from wmcrm.db import NOBODY, Actor
from wmcrm.models import HeldRecord
from wmcrm.permissions import allowed, may_for, narrowed

# Before a required second factor is set up an account opens these, and acts without roles.
BEFORE_SET_UP = frozenset({Permission.SETTING_UP})


def guard(app: Flask) -> None:
    """Check every request against its route's policy, before anything else of the route runs."""
    app.before_request(_check)
    app.jinja_env.globals.update(may=may, who_acts=who_acts, wants_keys=wants_keys, Permission=Permission)


def actor() -> Actor:
    """Who acts in this request, where they hold the permission that its route needs.

    NOBODY when no one is signed in, or the second factor is still missing.
    """
    if "actor" not in g:
        g.actor = _visitor()
    found: Actor = g.actor
    return found


def who_acts() -> str:
    """The name of the account that is signed in, or nothing."""
    return actor().name if actor() is not NOBODY else ""


def wants_keys() -> bool:
    """Whether the account uses single keys; a browser may switch them off for itself too."""
    found = visit()
    return found is None or found.account.shortcuts


def may(permission: Permission, record: HeldRecord | None = None) -> bool:
    """Whether whoever acts has this permission somewhere, or where a record that they look at is held."""
    if permission not in allowed(_visitor()):
        return False
    return record is None or may_for(db(), permission, record)


def _visitor() -> Actor:
    """Who is signed in, with everything that was granted."""
    if "visitor" not in g:
        g.visitor = _actor()
    found: Actor = g.visitor
    return found


def _actor() -> Actor:
    found = visit()
    g.account_locale = found.account.locale if found else None
    match standing():
        case Standing.COMPLETE if found is not None:
            return found.actor
        case Standing.NEEDS_SET_UP if found is not None:
            return Actor(name=found.actor.name, account_id=found.actor.account_id, through=found.actor.through)
        case _:
            return NOBODY


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
    return _admit(policy)


def _admit(policy: Permission) -> ResponseReturnValue | None:
    g.actor = narrowed(_visitor(), policy)
    match standing():
        case None:
            return _lead_to("sign_in.login")
        case Standing.NEEDS_CODE if policy is not Permission.SECOND_FACTOR:
            return _lead_to("second_factor.show")
        case Standing.NEEDS_SET_UP if policy not in BEFORE_SET_UP:
            return _lead_to("protection.show")
        case Standing.COMPLETE if policy is Permission.SECOND_FACTOR:
            return redirect(url_for("home.index"))
        case Standing.COMPLETE if not may(policy):
            abort(403)
    return None


def _lead_to(endpoint: str) -> ResponseReturnValue:
    """Show a reader the step that is missing; whatever else was asked is refused."""
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        abort(401)
    wanted = request.full_path.rstrip("?") if request.path != "/" else None
    return redirect(url_for(endpoint, next=wanted))


def _holds_nul() -> bool:
    """No text of ours has a NUL character, and PostgreSQL refuses to be asked about one."""
    sent = [request.path, *(value for values in (*request.args.lists(), *request.form.lists()) for value in values[1])]
    return any("\x00" in value for value in sent)
