"""``wmcrm dedupe``: organizations under two names: suggested, linked, told apart, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import click

from wmcrm.aliases import shown_name
from wmcrm.cli.context import common_options, day, session
from wmcrm.cli.output import print_document, print_rows
from wmcrm.dedupe import (
    Stayed,
    find_link,
    find_told_apart,
    link_affiliates,
    standing_links,
    suggest_affiliates,
    take_back_apart,
    tell_apart,
    told_apart,
    unlink_affiliates,
)
from wmcrm.models import Affiliate
from wmcrm.references import find_affiliate


@click.command("affiliates")
@common_options
def affiliates_command() -> None:
    """Organizations of one country that may be one under two names; nothing is linked."""
    with session() as reading:
        found = suggest_affiliates(reading)
    print_rows(
        [
            {
                "former": one.former.public_id,
                "current": one.current.public_id,
                "former_name": one.former.name,
                "current_name": one.current.name,
                "reasons": [str(reason) for reason in one.reasons],
            }
            for one in found
        ],
        ("former", "current", "former_name", "current_name", "reasons"),
    )


@click.command("link-affiliates")
@click.argument("former")
@click.argument("current")
@click.option("--since", required=True, metavar="DATE", callback=day, help="From which day on it is CURRENT.")
@common_options
def link_affiliates_command(former: str, current: str, since: dt.date) -> None:
    """Say that CURRENT is what FORMER was: name, code and type become dated, positions and events count for it.

    Undo: wmcrm dedupe unlink-affiliates LINK.
    """
    with session(writing=True) as working:
        one, other = find_affiliate(working, former), find_affiliate(working, current)
        made = link_affiliates(working, one, other, since=since)
        document = {"link": made.id, "former": one.public_id, "current": other.public_id, "since": since}
    print_document(document)


@click.command("affiliate-links")
@common_options
def affiliate_links_command() -> None:
    """The links of organizations that stand, the latest first."""
    with session() as reading:
        rows = [
            {
                "link": link.id,
                "former": former.public_id,
                "current": current.public_id,
                "former_name": shown_name(reading, former),
                "current_name": shown_name(reading, current),
                "since": link.since,
                "linked_at": link.linked_at,
            }
            for link, former in standing_links(reading)
            for current in [reading.get_one(Affiliate, link.current_id)]
        ]
    print_rows(rows, ("link", "former", "current", "former_name", "current_name", "since"))


@click.command("unlink-affiliates")
@click.argument("number", type=int, metavar="LINK")
@common_options
def unlink_affiliates_command(number: int) -> None:
    """Take a link of organizations back; what was recorded since stays with the current one and is listed."""
    with session(writing=True) as working:
        report = unlink_affiliates(working, find_link(working, number))
        document = {
            "link": number,
            "current": report.current.public_id,
            "restored": report.former.public_id,
            "stays": stays_document(report.stays),
        }
    print_document(document)


@click.command("tell-affiliates-apart")
@click.argument("a")
@click.argument("b")
@common_options
def tell_apart_command(a: str, b: str) -> None:
    """Say that A and B are two organizations: not suggested again, not linked, until it is taken back."""
    with session(writing=True) as working:
        one, other = find_affiliate(working, a), find_affiliate(working, b)
        said = tell_apart(working, one, other)
        document = {"judgement": said.id, "affiliate_a": one.public_id, "affiliate_b": other.public_id}
    print_document(document)


@click.command("affiliates-apart")
@click.option("--take-back", "number", type=int, metavar="JUDGEMENT", help="Take back that the two are two.")
@common_options
def affiliates_apart_command(number: int | None) -> None:
    """The organizations of which somebody said that they are two; with --take-back a pair is open again."""
    with session(writing=number is not None) as working:
        if number is not None:
            take_back_apart(working, find_told_apart(working, number))
        rows = [
            {
                "judgement": told.judgement.id,
                "affiliate_a": told.one.public_id,
                "affiliate_b": told.other.public_id,
                "name_a": shown_name(working, told.one),
                "name_b": shown_name(working, told.other),
                "by": told.by,
                "judged_at": told.judgement.judged_at,
            }
            for told in told_apart(working)
        ]
    print_rows(rows, ("judgement", "affiliate_a", "affiliate_b", "name_a", "name_b", "by"))


def stays_document(stays: Sequence[Stayed]) -> list[dict[str, object]]:
    """What came after a merge or link and stays, as a document says it."""
    return [
        {"table": stay.table, "row": stay.row_id, "field": stay.field, "recorded_at": stay.recorded_at}
        for stay in stays
    ]


COMMANDS = (
    affiliates_command,
    link_affiliates_command,
    affiliate_links_command,
    unlink_affiliates_command,
    tell_apart_command,
    affiliates_apart_command,
)
