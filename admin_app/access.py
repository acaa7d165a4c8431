"""Who may press what: permissions, each with its meaning, the roles that have them, and every route's policy.

Row scope (which records of a kind) is the library's; here stands only who may use which screen. A route
without a policy is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TypeVar

from flask import Flask

from wmcrm.models import PermissionRole

View = TypeVar("View", bound=Callable[..., object])

POLICIES = "wmcrm_policies"


class Permission(StrEnum):
    """What somebody may do on the screens; ``public``, ``signed_in`` and ``closed`` are the three odd ones."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    CLOSED = "closed"
    PEOPLE_READ = "people_read"
    PEOPLE_EDIT = "people_edit"
    EVENTS_READ = "events_read"
    EVENTS_EDIT = "events_edit"
    AFFILIATES_READ = "affiliates_read"
    AFFILIATES_EDIT = "affiliates_edit"
    IMPORT_RUN = "import_run"
    REVIEW_DECIDE = "review_decide"
    PEOPLE_MERGE = "people_merge"
    DIRECTORY_READ = "directory_read"
    OUTREACH_USE = "outreach_use"
    CONTACT_REVEAL = "contact_reveal"
    CONSENT_RECORD = "consent_record"
    PATHS_READ = "paths_read"
    REPORTS_READ = "reports_read"
    HISTORY_READ = "history_read"
    HISTORY_REVERT = "history_revert"
    SUBJECT_EXPORT = "subject_export"
    SUBJECT_ERASE = "subject_erase"
    REFERENCE_READ = "reference_read"
    REFERENCE_EDIT = "reference_edit"
    ACCOUNTS_MANAGE = "accounts_manage"


P = Permission

PERMISSIONS: dict[Permission, str] = {
    P.PUBLIC: "Anybody may open it, without an account.",
    P.SIGNED_IN: "Everybody with an account may open it.",
    P.CLOSED: "Nobody may open it; the route exists only because a library makes it.",
    P.PEOPLE_READ: "See the people whom one's affiliates hold, with contact values masked.",
    P.PEOPLE_EDIT: "Add and mend people, their names, memberships and participations.",
    P.EVENTS_READ: "See events and who came.",
    P.EVENTS_EDIT: "Add and mend events.",
    P.AFFILIATES_READ: "See affiliates, their status and their public positions.",
    P.AFFILIATES_EDIT: "Mend an affiliate's record and its positions.",
    P.IMPORT_RUN: "Import a sheet, mend its rows and undo one's import.",
    P.REVIEW_DECIDE: "Say whether two records are the same person, and take in who was held at an import.",
    P.PEOPLE_MERGE: "Merge records of one person, and take a merge back.",
    P.DIRECTORY_READ: "Ask who organizes what, where and in which languages.",
    P.OUTREACH_USE: "Get the contact values that a purpose permits, through the gate and logged.",
    P.CONTACT_REVEAL: "See one contact value of one person, for a reason that is logged.",
    P.CONSENT_RECORD: "Record what somebody consented to, or withdrew.",
    P.PATHS_READ: "See how people become organizers.",
    P.REPORTS_READ: "Open and freeze reports.",
    P.HISTORY_READ: "See what changed on a record, by whom and when.",
    P.HISTORY_REVERT: "Put a changed value of a record in one's scope back.",
    P.SUBJECT_EXPORT: "Hand a person the data that is held about them.",
    P.SUBJECT_ERASE: "Erase a person.",
    P.REFERENCE_READ: "See programmes, skills, purposes and the other reference tables.",
    P.REFERENCE_EDIT: "Change the reference tables that everybody shares.",
    P.ACCOUNTS_MANAGE: "Invite accounts, grant roles and end sessions.",
}

_READ = frozenset(
    {P.SIGNED_IN, P.PEOPLE_READ, P.EVENTS_READ, P.AFFILIATES_READ, P.DIRECTORY_READ, P.PATHS_READ, P.REPORTS_READ}
    | {P.REFERENCE_READ}
)
_EDIT = _READ | {
    P.PEOPLE_EDIT,
    P.EVENTS_EDIT,
    P.AFFILIATES_EDIT,
    P.IMPORT_RUN,
    P.REVIEW_DECIDE,
    P.OUTREACH_USE,
    P.CONTACT_REVEAL,
    P.CONSENT_RECORD,
    P.HISTORY_READ,
    P.HISTORY_REVERT,
}
_STEWARD = _EDIT | {P.PEOPLE_MERGE, P.SUBJECT_EXPORT, P.SUBJECT_ERASE}

ROLES: dict[PermissionRole, frozenset[Permission]] = {
    PermissionRole.VIEWER: _READ,
    PermissionRole.EDITOR: _EDIT,
    PermissionRole.STEWARD: _STEWARD,
    PermissionRole.PROGRAMME: _READ | {P.OUTREACH_USE},
    PermissionRole.AUDITOR: _READ | {P.HISTORY_READ},
    PermissionRole.ADMINISTRATOR: _STEWARD | {P.REFERENCE_EDIT, P.ACCOUNTS_MANAGE},
}


def permissions_of(roles: Collection[str]) -> frozenset[Permission]:
    """Everything that the given roles allow; a role that is unknown here allows nothing."""
    known = [ROLES[PermissionRole(role)] for role in roles if role in set(PermissionRole)]
    return frozenset({P.PUBLIC}.union(*known))


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
