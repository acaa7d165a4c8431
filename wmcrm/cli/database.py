"""``wmcrm db`` and ``wmcrm doctor``."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from wmcrm.cli.context import bare_engine, common_options, engine, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.db import OPERATOR, schema, session_scope
from wmcrm.db.backup import back_up
from wmcrm.db.backup import restore as restore_backup
from wmcrm.db.roles import owner_of_tables
from wmcrm.dedupe import unmerge
from wmcrm.doctor import examine
from wmcrm.models import metadata
from wmcrm.privacy import replay_erasures, replay_withdrawals, scrub
from wmcrm.upkeep import refresh_everybody


@click.group()
def db() -> None:
    """Upgrade, check, back up and restore the database."""


@db.command()
@common_options
def upgrade() -> None:
    """Bring the schema to the newest revision; a SQLite file is copied beside itself first."""
    opened = bare_engine()
    before = schema.current_revision(opened)
    if before is None:
        schema.prepare(opened)
    else:
        schema.upgrade(opened)
    print_document({"before": before, "now": schema.current_revision(opened)})


@db.command()
@common_options
def check() -> int:
    """Compare the schema with this version of wmcrm; exit status 1 when they differ."""
    opened = _engine_with_schema()
    current, head = schema.current_revision(opened), schema.head_revision()
    found = schema.differences(opened, metadata) if current == head else [f"at {current}, this version needs {head}"]
    with opened.connect() as connection:
        login = "owner" if owner_of_tables(connection) is None else "application"
    print_document({"revision": current, "head": head, "login": login, "differences": found, "ok": not found})
    return 1 if found else 0


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--recipient", metavar="AGE_KEY", help="Encrypt for this age public key.")
@common_options
def backup(file: Path, recipient: str | None) -> None:
    """Write the whole database into FILE."""
    print_document({"file": str(file), "bytes": back_up(engine(), file, recipient), "encrypted": recipient is not None})


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--identity", type=click.Path(path_type=Path), metavar="FILE", help="The age key that opens FILE.")
@common_options
def restore(file: Path, identity: Path | None) -> None:
    """Put a backup in the place of an empty database; whoever was erased since is erased again."""
    opened = bare_engine()
    restore_backup(opened, file, identity)
    if schema.is_behind(opened):
        schema.upgrade(opened)
    with session_scope(opened, OPERATOR, writing=True) as writing:
        erased_again = replay_erasures(writing, take_apart=unmerge)
        withdrawn_again = replay_withdrawals(writing)
    scrub(opened)
    print_document(
        {
            "file": str(file),
            "revision": schema.current_revision(opened),
            "erased_again": erased_again,
            "withdrawn_again": withdrawn_again,
        }
    )


@db.command()
@common_options
def refresh() -> None:
    """Make search text, match keys and summaries of everybody anew."""
    with session(writing=True) as writing:
        print_document({"people": refresh_everybody(writing)})


@click.command()
@common_options
def doctor() -> int:
    """Say what is wrong with this installation, and what to do; exit status 1 when something is."""
    findings = examine(_engine_with_schema())
    print_rows(
        [{"check": f.check, "ok": f.ok, "found": f.found, "do": "" if f.ok else f.advice} for f in findings],
        ("check", "ok", "found", "do"),
    )
    wrong = [finding for finding in findings if not finding.ok]
    say("All is well." if not wrong else f"{len(wrong)} of {len(findings)} checks found something.")
    return 1 if wrong else 0


def _engine_with_schema() -> Engine:
    """The engine as it is, but an empty database is upgraded first, as by every other command."""
    opened = bare_engine()
    try:
        if schema.current_revision(opened) is None:
            schema.prepare(opened)
    except DBAPIError:
        return opened  # doctor says what is wrong; check fails on its own first question
    return opened
