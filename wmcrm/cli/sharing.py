"""``wmcrm sharing``."""

from __future__ import annotations

import datetime as dt

import click

from wmcrm.cli.context import common_options, day, session
from wmcrm.cli.output import print_document, print_rows
from wmcrm.models import FieldGroup, now_utc
from wmcrm.references import find_affiliate
from wmcrm.sharing import Terms, end, grant, list_sharing

COLUMNS = ("id", "from", "to", "fields", "purpose", "since", "until", "ended_on", "runs")


@click.group()
def sharing() -> None:
    """Let another affiliate read groups of fields, for a purpose, until a day."""


@sharing.command(name="grant")
@click.argument("giver", metavar="FROM")
@click.argument("receiver", metavar="TO")
@click.option(
    "--field",
    "fields",
    multiple=True,
    required=True,
    type=click.Choice([group.value for group in FieldGroup]),
    help="A group of fields; repeat it for several. contacts: only through the gate, for this purpose.",
)
@click.option("--purpose", required=True, help="The purpose of the register for which it is shared.")
@click.option("--until", required=True, callback=day, metavar="DATE", help="The first day it is not shared any more.")
@click.option("--since", callback=day, metavar="DATE", help="The first day; today without it.")
@common_options
def grant_command(
    giver: str, receiver: str, fields: tuple[str, ...], purpose: str, until: dt.date, since: dt.date | None
) -> None:
    """Share records of the affiliate FROM with the affiliate TO, for reading."""
    today = now_utc().date()
    with session(writing=True) as writing:
        terms = Terms([FieldGroup(field) for field in fields], purpose, until, since)
        made = grant(writing, find_affiliate(writing, giver), find_affiliate(writing, receiver), terms, today=today)
        print_document({"id": made.id, "fields": made.fields, "since": made.since, "until": made.until})


@sharing.command(name="end")
@click.argument("number", type=int)
@common_options
def end_command(number: int) -> None:
    """End the grant NUMBER now."""
    with session(writing=True) as writing:
        ended = end(writing, number)
        print_document({"id": ended.id, "ended_at": ended.ended_at})


@sharing.command(name="list")
@common_options
def list_command() -> None:
    """Who shares what with whom, until when; running grants first."""
    with session() as reading:
        rows = list_sharing(reading, today=now_utc().date())
    print_rows(
        [
            {
                "id": row.id,
                "from": row.giver,
                "to": row.receiver,
                "fields": list(row.fields),
                "purpose": row.purpose,
                "since": row.since,
                "until": row.until,
                "ended_on": row.ended_on,
                "runs": row.runs,
            }
            for row in rows
        ],
        COLUMNS,
    )
