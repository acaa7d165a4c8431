"""Permissions, each with its meaning, and the roles that have them: one table for screens and commands.

A role is granted at an affiliate, or everywhere, and its permissions hold there: whoever reads at one affiliate
and edits at another edits the records of the other only. So a screen and a command act :func:`narrowed` to the
permission that they need, and the row scope (wmcrm.models.scope, and row-level security) follows. Which route
needs which permission stands at the routes (admin_app/access.py), which command in wmcrm/cli/policies.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache

from sqlalchemy.orm import Session

from wmcrm.db import Actor, acting_as, actor_of
from wmcrm.models import HeldRecord, PermissionRole, holds


class Permission(StrEnum):
    """What somebody may do, on a screen or by a command; ``public``, ``signed_in`` and ``closed`` are the odd ones."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    SETTING_UP = "setting_up"
    SECOND_FACTOR = "second_factor"
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
    PEOPLE_PROTECT = "people_protect"
    DIRECTORY_READ = "directory_read"
    OUTREACH_USE = "outreach_use"
    PASS_ON = "pass_on"  # noqa: S105  (no password)
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
    ACCESS_LOG_READ = "access_log_read"
    RETENTION_READ = "retention_read"
    RETENTION_APPLY = "retention_apply"
    RETENTION_CHANGE = "retention_change"
    ACCOUNTS_MANAGE = "accounts_manage"
    LETTERS_MANAGE = "letters_manage"


P = Permission

PERMISSIONS: dict[Permission, str] = {
    P.PUBLIC: "Anybody may open it, without an account.",
    P.SIGNED_IN: "Everybody with an account may open it.",
    P.SETTING_UP: "Everybody with an account may open it, also before a second factor that their role needs is set up.",
    P.SECOND_FACTOR: "Whoever gave the first factor may open it, to give the second.",
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
    P.PEOPLE_PROTECT: "Seal people, open sealed records with a steward's key, restrict the use of data.",
    P.DIRECTORY_READ: "Ask who organizes what, where and in which languages.",
    P.OUTREACH_USE: "Get the contact values that a purpose permits, through the gate and logged.",
    P.PASS_ON: "Answer what others ask one's people through one's affiliate.",
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
    P.ACCESS_LOG_READ: "See who saw, exported or changed what, and whom a breach would concern.",
    P.RETENTION_READ: "See the record of processing, the rules of retention and what they will delete.",
    P.RETENTION_APPLY: "Delete what is past its time by the rules of retention.",
    P.RETENTION_CHANGE: "Change how long things are kept.",
    P.ACCOUNTS_MANAGE: "Invite accounts, grant roles and end sessions.",
    P.LETTERS_MANAGE: "See which letters wait, left or failed, without addresses and texts; try a waiting one now.",
}

_READ = frozenset(
    {
        P.SIGNED_IN,
        P.SETTING_UP,
        P.PEOPLE_READ,
        P.EVENTS_READ,
        P.AFFILIATES_READ,
        P.DIRECTORY_READ,
        P.PATHS_READ,
        P.REPORTS_READ,
    }
    | {P.REFERENCE_READ}
)
_EDIT = _READ | {
    P.PEOPLE_EDIT,
    P.EVENTS_EDIT,
    P.AFFILIATES_EDIT,
    P.IMPORT_RUN,
    P.REVIEW_DECIDE,
    P.OUTREACH_USE,
    P.PASS_ON,
    P.CONTACT_REVEAL,
    P.CONSENT_RECORD,
    P.HISTORY_READ,
    P.HISTORY_REVERT,
}
_WATCH = frozenset({P.ACCESS_LOG_READ, P.RETENTION_READ})
_STEWARD = _EDIT | _WATCH | {P.PEOPLE_MERGE, P.PEOPLE_PROTECT, P.SUBJECT_EXPORT, P.SUBJECT_ERASE, P.RETENTION_APPLY}

ROLES: dict[PermissionRole, frozenset[Permission]] = {
    PermissionRole.VIEWER: _READ,
    PermissionRole.EDITOR: _EDIT,
    PermissionRole.STEWARD: _STEWARD,
    PermissionRole.PROGRAMME: _READ | {P.OUTREACH_USE},
    PermissionRole.AUDITOR: _READ | _WATCH | {P.HISTORY_READ},
    PermissionRole.ADMINISTRATOR: _STEWARD
    | {P.REFERENCE_EDIT, P.RETENTION_CHANGE, P.ACCOUNTS_MANAGE, P.LETTERS_MANAGE},
}


# What is one for everybody, and so changed by those who answer for everybody: the register of purposes, vocabularies.
FOR_ALL_ONLY = frozenset({P.REFERENCE_EDIT})


def permissions_of(roles: Collection[str], *, everywhere: bool = True) -> frozenset[Permission]:
    """Everything that the given roles allow, granted over all affiliates or at one.

    A role that is unknown here allows nothing.
    """
    known = [ROLES[PermissionRole(role)] for role in roles if role in set(PermissionRole)]
    return frozenset({P.PUBLIC}.union(*known)) - (frozenset() if everywhere else FOR_ALL_ONLY)


def allowed(actor: Actor) -> frozenset[Permission]:
    """Everything that somebody's grants allow somewhere."""
    over_all = {role for role, place in actor.grants if place is None}
    return permissions_of(actor.roles, everywhere=False) | permissions_of(over_all)


@cache
def roles_with(permission: Permission) -> frozenset[str]:
    """The roles that have a permission."""
    return frozenset(role.value for role, allowed in ROLES.items() if permission in allowed)


def narrowed(actor: Actor, permission: Permission) -> Actor:
    """Who acts, where they have a permission only; the operator and others who act for no account stay as they are."""
    if permission is P.PUBLIC or (actor.account_id is None and not actor.grants):
        return actor
    return actor.with_roles(roles_with(permission))


@contextmanager
def acting_with(session: Session, permission: Permission) -> Iterator[None]:
    """Inside, the session shows and takes only where its actor has a permission."""
    with acting_as(session, narrowed(actor_of(session), permission)):
        yield


def is_for_all(actor: Actor, permission: Permission) -> bool:
    """Whether somebody has a permission for the whole movement; the operator has every one."""
    return actor.has_everywhere(roles_with(permission))


def may_for(session: Session, permission: Permission, record: HeldRecord) -> bool:
    """Whether the actor has a permission where a record in their scope is held; the operator has every one."""
    actor = actor_of(session)
    able = narrowed(actor, permission)
    if actor.is_operator or able.sees_all or able == actor:
        return actor.is_operator or permission in allowed(able)
    return holds(session, able, record)
