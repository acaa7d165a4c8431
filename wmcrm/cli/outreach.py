"""``wmcrm outreach``: the one command that prints contact values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

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
from wmcrm.outreach import outreach as let_out
from wmcrm.references import find_affiliate

WRITERS = frozenset(PermissionRole) - {PermissionRole.VIEWER, PermissionRole.AUDITOR}
COLUMNS = ("person", "display_name", "channel", "value", "since", "valid_until", "other_teams")


@click.command()
@click.option("--purpose", required=True, metavar="P")
@click.option("--channel", required=True, metavar="C")
@click.option("--reason", default="wmcrm outreach", metavar="TEXT", help="What you need the addresses for; logged.")
@click.option("--role", metavar="R")
@click.option("--topic", metavar="T")
@click.option("--country", metavar="CC")
@click.option("--region", metavar="R")
@click.option("--language", metavar="L")
@click.option("--affiliate", metavar="CODE")
@click.option("--initiative", metavar="N")
@click.option("--active-since", callback=day, metavar="DATE")
@click.option("--as-of", callback=day, metavar="DATE", help="Positions as held on this day; without it, today.")
@common_options
def outreach(
    purpose: str,
    channel: str,
    reason: str,
    affiliate: str | None,
    as_of: dt.date | None,
    active_since: dt.date | None,
    **filters: str | None,
) -> None:
    """Whom you may write to for a purpose, by this channel; everybody else is counted with the reason.

    With directory filters the audience is whom `wmcrm directory` finds; without any, everybody in use.
    """
    with session(writing=True) as writing:
        _require_writer(writing)
        holder = find_affiliate(writing, affiliate).id if affiliate else None
        filtered = any(value is not None for value in (holder, active_since, *filters.values()))
        today = now_utc().date()
        wanted = Wanted(as_of or today, affiliate_id=holder, active_since=active_since, **filters)
        ids = organizer_ids(writing, wanted) if filtered else _everybody(writing)
        result = let_out(writing, ids, purpose=purpose, channel=find_channel(channel), reason=reason)
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


def _require_writer(working: Session) -> None:
    actor = actor_of(working)
    if not actor.is_operator and not actor.roles & {role.value for role in WRITERS}:
        raise NotAllowedError("This account may not take addresses out; ask for the role editor or programme.")
