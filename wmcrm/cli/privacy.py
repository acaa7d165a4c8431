"""``wmcrm subject`` and ``wmcrm purge``."""

from __future__ import annotations

from pathlib import Path

import click

from wmcrm.cli.context import common_options, engine, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.db import Session, actor_of
from wmcrm.errors import NotAllowedError
from wmcrm.models import PermissionRole, now_utc
from wmcrm.privacy import apply_purge, erase_person, export_subject, scrub
from wmcrm.privacy import purge as plan_purge
from wmcrm.references import find_person

STEWARDS = frozenset({PermissionRole.STEWARD.value, PermissionRole.ADMINISTRATOR.value})
STEP_COLUMNS = ("rule", "rows", "table", "before", "description")


@click.group()
def subject() -> None:
    """Answer people who ask for their data, or to be erased."""


@subject.command()
@click.argument("person")
@click.option("-o", "--output", "directory", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--language", type=click.Choice(["en", "ar"]), help="Of the page; without it, the person's own.")
@common_options
def export(person: str, directory: Path, language: str | None) -> None:
    """Write everything about PERSON into DIR: a JSON document and a page to read."""
    with session(writing=True) as writing:
        _require_steward(writing)
        found = find_person(writing, person)
        files = export_subject(writing, found, directory, language=language)
        print_document({"person": found.public_id, "document": str(files.document), "page": str(files.page)})


@subject.command()
@click.argument("person")
@common_options
def erase(person: str) -> int:
    """Erase PERSON for good: names, contacts, facts, history and sheet cells; only counts stay."""
    with session(writing=True) as writing:
        _require_steward(writing)
        done = erase_person(writing, find_person(writing, person), by=actor_of(writing))
    clean = scrub(engine())
    print_document(
        {
            "erased": done.records,
            "facts": done.facts,
            "participations_kept": done.participations_kept,
            "changes_emptied": done.changes_emptied,
            "rows_emptied": done.rows_emptied,
            "uploads_deleted": done.uploads_deleted,
            "identifiers_suppressed": done.identifiers_suppressed,
            "file_scrubbed": clean,
        }
    )
    if not clean:
        say("Somebody was reading: bytes of the erased row may stay in the -wal file until the next purge.")
    return 0 if clean else 1


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, change nothing.")
@click.option("--confirm-clock", is_flag=True, help="This machine's date is right, although it looks odd.")
@common_options
def purge(*, dry_run: bool, confirm_clock: bool) -> None:
    """Delete what is past its time by the retention rules."""
    with session(writing=not dry_run) as working:
        _require_steward(working)
        plan = plan_purge(working, today=now_utc().date(), clock_confirmed=confirm_clock)
        if not dry_run:
            apply_purge(working, plan)
    if not dry_run:
        scrub(engine())
    say(f"{plan.rows} rows {'would go' if dry_run else 'are gone'}.")
    print_rows([{name: getattr(step, name) for name in STEP_COLUMNS} for step in plan.steps], STEP_COLUMNS)


def _require_steward(working: Session) -> None:
    actor = actor_of(working)
    if not actor.is_operator and not actor.roles & STEWARDS:
        raise NotAllowedError("Only a steward or an administrator may do this.")
