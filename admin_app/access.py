"""Who may press what: the policy of every route. The permissions themselves are in wmcrm/permissions.py.

Row scope (which records of a kind) is the library's too; here stands only which screen needs what. A route
without a policy is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from wmcrm.permissions import PERMISSIONS, ROLES, Permission, permissions_of

__all__ = ["PERMISSIONS", "ROLES", "Permission", "needs", "permissions_of", "policy_of", "set_policy"]

View = TypeVar("View", bound=Callable[..., object])

POLICIES = "wmcrm_policies"


def needs(permission: Permission) -> Callable[[View], View]:
    """Decorate a view with the permission that its every method needs."""

    def mark(view: View) -> View:
        view.wmcrm_policy = permission  # type: ignore[attr-defined]
        return view

    return mark


def set_policy(app: Flask, endpoint: str, permission: Permission) -> None:
    """Give a route that some library registered its policy."""
    app.extensions.setdefault(POLICIES, {})[endpoint] = permission


def policy_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that a route needs; None where nobody decided, which the door treats as closed."""
    given = app.extensions.get(POLICIES, {}).get(endpoint)
    found = given or getattr(app.view_functions.get(endpoint), "wmcrm_policy", None)
    return found if isinstance(found, Permission) else None
