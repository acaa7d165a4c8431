"""``wmcrm outreach``: the one command that prints contact values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypedDict, TypeVar, Unpack

import click
import sqlalchemy as sa
from sqlmodel import col

from wmcrm.cli.context import common_options, day, output_format, session
from wmcrm.cli.output import print_json, print_rows, say
from wmcrm.consent import find_channel
from wmcrm.db import Session
from wmcrm.directory import Wanted, organizer_ids
from wmcrm.models import Person, PersonStatus, Protection, now_utc
from wmcrm.outreach import Outreach
from wmcrm.outreach import outreach as let_out
from wmcrm.references import find_affiliate

P = ParamSpec("P")
R = TypeVar("R")
COLUMNS = ("person", "display_name", "channel", "value", "since", "valid_until", "other_teams", "basis")


class Asked(TypedDict):
    """The options of a command that asks for an audience."""

    purpose: str
    channel: str
    reason: str
    role: str | None
    topic: str | None
    country: str | None
    region: str | None
    language: str | None
    affiliate: str | None
    initiative: str | None
    active_since: dt.date | None
    as_of: dt.date | None


OPTIONS = (
    click.option("--purpose", required=True, metavar="P"),
    click.option("--channel", required=True, metavar="C"),
    click.option("--role", metavar="R"),
    click.option("--topic", metavar="T"),
    click.option("--country", metavar="CC"),
    click.option("--region", metavar="R"),
    click.option("--language", metavar="L"),
    click.option("--affiliate", metavar="CODE"),
    click.option("--initiative", metavar="N"),
    click.option("--active-since", callback=day, metavar="DATE"),
    click.option("--as-of", callback=day, metavar="DATE", help="Positions as held on this day; without it, today."),
)


def audience_options(command: Callable[P, R]) -> Callable[P, R]:
    """Give a command the purpose, the channel and the filters of the directory."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def audience(working: Session, asked: Asked) -> Sequence[int]:
    """Whom the filters find; without any, everybody in use."""
    wanted = Wanted(
        asked["as_of"] or now_utc().date(),
        role=asked["role"],
        topic=asked["topic"],
        country=asked["country"],
        region=asked["region"],
        language=asked["language"],
        affiliate_id=find_affiliate(working, asked["affiliate"]).id if asked["affiliate"] else None,
        initiative=asked["initiative"],
        active_since=asked["active_since"],
    )
    return _everybody(working) if wanted == Wanted(wanted.as_of) else organizer_ids(working, wanted)


@click.command()
@audience_options
@click.option("--reason", default="wmcrm outreach", metavar="TEXT", help="What you need the addresses for; logged.")
@common_options
def outreach(**asked: Unpack[Asked]) -> None:
    """Whom you may write to for a purpose, by this channel; everybody else is counted with the reason.

    With directory filters the audience is whom `wmcrm directory` finds; without any, everybody in use.
    """
    with session(writing=True) as writing:
        result = let_out(
            writing,
            audience(writing, asked),
            purpose=asked["purpose"],
            channel=find_channel(asked["channel"]),
            reason=asked["reason"],
        )
    print_outreach(result)


def print_outreach(result: Outreach) -> None:
    """Permitted points as rows, the others as counts by reason."""
    permitted = [{name: getattr(point, name) for name in COLUMNS} for point in result.permitted]
    if output_format() == "json":
        print_json({"permitted": permitted, "withheld": result.withheld, "audience": result.audience})
        return
    print_rows(permitted, COLUMNS)
    say(f"{len(permitted)} of {result.audience} may be written to.")
    for why, count in sorted(result.withheld.items()):
        say(f"{count} withheld: {why.value}")


def _everybody(working: Session) -> Sequence[int]:
    """Active people in the actor's scope; sealed ones are in no list and no total."""
    query = sa.select(col(Person.id)).where(
        col(Person.status) == PersonStatus.ACTIVE,
        col(Person.removed_at).is_(None),
        col(Person.protection) != Protection.SEALED,
    )
    return working.scalars(query).all()
