"""The demonstration: a database of invented people, a sign-in made for this time, the admin over it."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from admin_app import create_app
from admin_app.serving import serve_app
from wmcrm.accounts import create_account
from wmcrm.db import OPERATOR, Session, open_engine, schema, session_scope
from wmcrm.models import PermissionRole
from wmcrm.settings import Settings

FOLDER = Path("demo-data")
NAME = "demo"


def run_demo(*, serve: bool, port: int) -> None:
    """Make the database anew, fill it, print the sign-in; then serve it unless ``serve`` is false."""
    FOLDER.mkdir(exist_ok=True)
    database = FOLDER / "demo.sqlite3"
    for leftover in FOLDER.glob("demo.sqlite3*"):
        leftover.unlink()
    settings = Settings(
        database_url=f"sqlite:///{database}",
        secret_key=secrets.token_urlsafe(48),
        base_url=f"http://127.0.0.1:{port}",
        data_dir=str(FOLDER),
    )
    engine = open_engine(settings.database_url)
    schema.prepare(engine)
    with session_scope(engine, OPERATOR, writing=True) as session:
        password = invite(session)
    engine.dispose()
    if serve:
        serve_app(create_app(settings), "127.0.0.1", port, name=NAME, password=password)
    else:
        click.echo(f"The database is {database}; sign in as {NAME} with the password {password}", err=True)


def invite(session: Session) -> str:
    """Make the account of the demonstration, which may do everything; returns its password."""
    invitation = create_account(session, NAME, role=PermissionRole.ADMINISTRATOR)
    return invitation.password or ""
