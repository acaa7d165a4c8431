"""``wmcrm outreach``: the one command that prints contact values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypedDict, TypeVar, Unpack

import click
import sqlalchemy as sa
from sqlmodel import col

from wmcrm.cli.context import common_options, day, output_format, session
from wmcrm.cli.output import print_json, print_rows, say
from wmcrm.consent import find_channel
from wmcrm.db import Session, actor_of
from wmcrm.directory import Wanted, organizer_ids
from wmcrm.errors import NotAllowedError
from wmcrm.models import Holding, PermissionRole, Person, PersonStatus, Protection, now_utc
from wmcrm.outreach import Outreach
from wmcrm.outreach import outreach as let_out
from wmcrm.references import find_affiliate

P = ParamSpec("P")
R = TypeVar("R")
WRITERS = frozenset(PermissionRole) - {PermissionRole.VIEWER, PermissionRole.AUDITOR}
COLUMNS = ("person", "display_name", "channel", "value", "since", "valid_until", "other_teams", "basis")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a command is about: the filters of the directory, for what, by which channel, and why."""

    purpose: str
    channel: str
    reason: str
    affiliate: str | None
    as_of: dt.date | None
    active_since: dt.date | None
    filters: Mapping[str, str | None]

    def ids(self, working: Session) -> Sequence[int]:
        """Whom the filters find; without any, everybody in use."""
        holder = find_affiliate(working, self.affiliate).id if self.affiliate else None
        if not any(value is not None for value in (holder, self.active_since, *self.filters.values())):
            return _everybody(working)
        day_asked = self.as_of or now_utc().date()
        wanted = Wanted(day_asked, affiliate_id=holder, active_since=self.active_since, **self.filters)
        return organizer_ids(working, wanted)


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


def audience_of(asked: Asked) -> Audience:
    """The audience that the options name."""
    filters: dict[str, str | None] = {
        "role": asked["role"],
        "topic": asked["topic"],
        "country": asked["country"],
        "region": asked["region"],
        "language": asked["language"],
        "initiative": asked["initiative"],
    }
    return Audience(
        asked["purpose"],
        asked["channel"],
        asked["reason"],
        asked["affiliate"],
        asked["as_of"],
        asked["active_since"],
        filters,
    )


@click.command()
@audience_options
@click.option("--reason", default="wmcrm outreach", metavar="TEXT", help="What you need the addresses for; logged.")
@common_options
def outreach(**asked: Unpack[Asked]) -> None:
    """Whom you may write to for a purpose, by this channel; everybody else is counted with the reason.

    With directory filters the audience is whom `wmcrm directory` finds; without any, everybody in use.
    """
    audience = audience_of(asked)
    with session(writing=True) as writing:
        require_writer(writing)
        result = let_out(
            writing,
            audience.ids(writing),
            purpose=audience.purpose,
            channel=find_channel(audience.channel),
            reason=audience.reason,
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
    actor = actor_of(working)
    if not actor.sees_all:
        held = sa.select(col(Holding.person_id)).where(
            col(Holding.holder_affiliate_id).in_(actor.affiliate_ids),
            col(Holding.removed_at).is_(None),
            col(Holding.until).is_(None),
        )
        query = query.where(col(Person.id).in_(held))
    return working.scalars(query).all()


def require_writer(working: Session) -> None:
    """Raise NotAllowedError for accounts that may not take addresses out."""
    actor = actor_of(working)
    if not actor.is_operator and not actor.roles & {role.value for role in WRITERS}:
        raise NotAllowedError("This account may not take addresses out; ask for the role editor or programme.")
