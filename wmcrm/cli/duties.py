"""``wmcrm breach`` and ``wmcrm retention``."""

from __future__ import annotations

import dataclasses
import datetime as dt

import click

from wmcrm.cli.context import common_options, day, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.errors import BadInputError
from wmcrm.models import now_utc
from wmcrm.privacy import (
    breach_scope,
    change_rule,
    find_logged_account,
    past_purges,
    retention_calendar,
    retention_rules,
    tell_breach_taken,
)

RUNS = ("at", "actor", "rows")
RULE_COLUMNS = ("code", "days", "months", "description")


@click.command()
@click.option("--account", metavar="NAME", help="What this account saw; without it, what anybody saw.")
@click.option("--from", "first", metavar="DATE", callback=day, required=True)
@click.option("--to", "last", metavar="DATE", callback=day, required=True, help="The last day that counts (UTC).")
@click.option("--people", "lists", is_flag=True, help="One line a person (public id, actions) instead of counts.")
@common_options
def breach(account: str | None, first: dt.date, last: dt.date, *, lists: bool) -> None:
    """Whose data was seen or taken out from one day to another: counts, or public ids; never names."""
    start, end = (dt.datetime.combine(one, dt.time(), tzinfo=dt.UTC) for one in (first, last + dt.timedelta(days=1)))
    with session(writing=lists) as working:
        scope = breach_scope(working, start, end, find_logged_account(working, account) if account else None)
        if lists:
            tell_breach_taken(working, scope)
    if lists:
        rows = [
            {"person": scope.public_ids[number], "actions": sorted(done), "protected": number in scope.protected}
            for number, done in scope.people.items()
        ]
        print_rows(rows, ("person", "actions", "protected"))
        return
    print_document(
        {
            "account": account,
            "since": scope.since,
            "until": scope.until,
            "people": len(scope.people),
            "by_affiliate": dict(scope.affiliates),
            "acts": dict(scope.acts),
            "lines_without_names": scope.unnamed,
            "contact_points": dict(scope.kinds),
            "protected": len(scope.protected),
            "must_tell_people": scope.must_tell_people,
        }
    )


@click.command()
@click.option("--set", "code", metavar="RULE", help="Keep what this rule is about for another time ...")
@click.option("--days", type=int, help="... of so many days ...")
@click.option("--months", type=int, help="... or months.")
@click.option("--calendar", is_flag=True, help="What the next twelve months delete, month by month.")
@click.option("--runs", is_flag=True, help="The latest purges.")
@common_options
def retention(code: str | None, days: int | None, months: int | None, *, calendar: bool, runs: bool) -> None:
    """How long what is kept; change a rule, look a year ahead, or list the latest purges."""
    if code is None and (days is not None or months is not None):
        raise BadInputError("Name the rule: --set RULE.")
    with session(writing=code is not None) as working:
        if code is not None:
            changed = change_rule(working, code, days=days, months=months)
            say(f"{changed.code} is kept for {changed.span} now.")
        if calendar:
            year = retention_calendar(working, today=now_utc().date())
            print_rows([{"until": month.until, **month.rows} for month in year], ("until", *year[0].rows))
        elif runs:
            rows = [
                {"at": run.at, "today": run.today, "actor": run.actor, **run.counts} for run in past_purges(working)
            ]
            print_rows(rows, ("at", "today", "actor"))
        else:
            print_rows([dataclasses.asdict(rule) for rule in retention_rules(working).values()], RULE_COLUMNS)
