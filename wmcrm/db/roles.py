"""Roles of PostgreSQL: the owner upgrades the schema, the application's role serves and owns nothing."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from migrations.wall import ROLE
from wmcrm.errors import DatabaseStateError

MADE_MEANWHILE = frozenset({"42710", "23505"})  # duplicate_object, unique_violation
NO_PRIVILEGE = "42501"


def prepare_role(connection: Connection) -> None:
    """Make the application's role where it is missing and let the owner take it; nothing to do on SQLite.

    Roles belong to the server, not to one database. Raises DatabaseStateError for a login that does not own
    the tables, and for an owner who may not make roles.
    """
    if connection.dialect.name != "postgresql":
        return
    refuse_other_logins(connection)
    _run(connection, _has_role, f"CREATE ROLE {ROLE} NOLOGIN")
    _run(connection, _may_take_role, f"GRANT {ROLE} TO CURRENT_USER")


def refuse_other_logins(connection: Connection) -> None:
    """Raise DatabaseStateError when the tables belong to another login: only their owner may change them."""
    owner = owner_of_tables(connection)
    if owner is not None:
        raise DatabaseStateError(
            "This login does not own the tables; run the command with the address of {owner}, the owner, "
            "in WMCRM_DATABASE_URL.",
            owner=owner,
        )


def owner_of_tables(connection: Connection) -> str | None:
    """Whose the tables are, where that is not the login itself; None on SQLite and where there are none."""
    if connection.dialect.name != "postgresql":
        return None
    owner: str | None = connection.exec_driver_sql(
        "SELECT pg_get_userbyid(relowner) FROM pg_class "
        "WHERE oid = to_regclass('person') AND NOT pg_has_role(relowner, 'USAGE')"
    ).scalar()
    return owner


def what_weakens_role(connection: Connection) -> str | None:
    """Why the application's role would not be held by the policies; None when it is."""
    row = connection.execute(
        sa.text(
            "SELECT rolsuper OR rolbypassrls, pg_has_role(oid, 'MEMBER'), "
            "EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) FROM pg_roles WHERE rolname = :role"
        ),
        {"role": ROLE},
    ).first()
    if row is None:
        return "it does not exist"
    if row[0]:
        return "it is not subject to row-level security"
    if not row[1]:
        return "this login may not take it"
    return "it owns tables" if row[2] else None


def unprotected_tables(connection: Connection) -> frozenset[str]:
    """The tables of the schema that have no policy."""
    ask = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    return frozenset(connection.exec_driver_sql(ask + " AND NOT relrowsecurity").scalars())


def _has_role(connection: Connection) -> bool:
    return connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE}).scalar() == 1


def _may_take_role(connection: Connection) -> bool:
    return bool(connection.execute(sa.text("SELECT pg_has_role(:role, 'MEMBER')"), {"role": ROLE}).scalar())


def _run(connection: Connection, is_done: Callable[[Connection], bool], statement: str) -> None:
    if is_done(connection):
        connection.rollback()
        return
    try:
        connection.exec_driver_sql(statement)
        connection.commit()
    except DBAPIError as error:
        connection.rollback()
        code = getattr(error.orig, "sqlstate", None)
        if code == NO_PRIVILEGE:
            raise DatabaseStateError(
                "The owner may not make roles; let an administrator of the server run: "
                "CREATE ROLE {role} NOLOGIN; GRANT {role} TO the owner",
                role=ROLE,
            ) from error
        if code not in MADE_MEANWHILE:
            raise
