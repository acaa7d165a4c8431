"""``wmcrm notice`` and ``wmcrm consent``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TypedDict, Unpack

import click

from wmcrm.cli.context import common_options, day, session
from wmcrm.cli.output import print_document, print_rows
from wmcrm.cli.self_service import invite_command
from wmcrm.consent import Act, add_notice, find_channel, notices, record_decision, standings
from wmcrm.db import Session
from wmcrm.errors import BadInputError
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, LawfulBasis, now_utc
from wmcrm.outreach import RENEWAL_DAYS, renewal_queue
from wmcrm.references import find_person

NOTICE_COLUMNS = ("version", "language", "purposes", "has_wording", "recorded_at", "decisions")
RENEWAL_COLUMNS = ("person", "name", "purpose", "channel", "valid_until", "days_left")
STANDING_COLUMNS = ("purpose", "channel", "standing", "since", "valid_until", "notice", "method")


class Said(TypedDict):
    """The options of ``consent record`` that describe the act."""

    version: str
    method: str
    on: dt.date
    evidence: str | None
    collector: str | None
    basis: str


@click.group()
def notice() -> None:
    """Publish the wording of a privacy notice."""


@notice.command()
@click.argument("version")
@click.option("--purpose", required=True, metavar="P")
@click.option("--language", required=True, metavar="L")
@click.option("--text", "file", required=True, type=click.Path(path_type=Path), metavar="FILE")
@common_options
def add(version: str, purpose: str, language: str, file: Path) -> None:
    """Give VERSION its wording in a language, from a text file."""
    try:
        wording = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError("{file} cannot be read as UTF-8 text.", file=file) from error
    with session(writing=True) as writing:
        made = add_notice(writing, version, purpose=purpose, language=language, wording=wording)
        print_document({"version": made.version, "language": made.language, "purposes": made.purposes})


@notice.command("list")
@common_options
def list_notices() -> None:
    """Every version in every language: for which purposes, whether its wording is known, how many rest on it."""
    with session() as reading:
        rows = [{name: getattr(row, name) for name in NOTICE_COLUMNS} for row in notices(reading)]
    print_rows(rows, NOTICE_COLUMNS)


@click.group()
def consent() -> None:
    """Record, withdraw and show consents."""


consent.add_command(invite_command)


@consent.command()
@click.argument("person")
@click.option("--purpose", required=True, metavar="P")
@click.option("--channel", required=True, metavar="C")
@click.option("--notice", "version", required=True, metavar="V", help="The notice the person was shown.")
@click.option("--method", required=True, type=click.Choice([m.value for m in ConsentMethod if m != "import"]))
@click.option("--on", "on", required=True, callback=day, metavar="DATE")
@click.option("--evidence", metavar="TEXT", help="Where the proof is kept.")
@click.option("--collector", metavar="NAME", help="Who asked.")
@click.option(
    "--basis",
    type=click.Choice([basis.value for basis in LawfulBasis]),
    default=LawfulBasis.CONSENT.value,
    show_default=True,
    help="The ground; another than consent only where the register names it for the purpose.",
)
@click.option("--refused", is_flag=True, help="The person said no.")
@common_options
def record(person: str, purpose: str, channel: str, *, refused: bool, **said: Unpack[Said]) -> None:
    """Record what PERSON decided."""
    decision = ConsentDecision.REFUSED if refused else ConsentDecision.GIVEN
    act = Act(
        ConsentMethod(said["method"]),
        said["on"],
        notice=said["version"],
        evidence=said["evidence"],
        collector=said["collector"],
        basis=LawfulBasis(said["basis"]),
    )
    with session(writing=True) as writing:
        found = find_person(writing, person)
        record_decision(writing, found, decision, purpose=purpose, channel=find_channel(channel), act=act)
        _print_standings(writing, person)


@consent.command("withdraw")
@click.argument("person")
@click.option("--purpose", required=True, metavar="P")
@click.option("--channel", metavar="C", help="Only for this channel; without it, for all.")
@click.option("--on", "on", callback=day, metavar="DATE", help="Today, if not given.")
@click.option("--objection", is_flag=True, help="The person objects to the use altogether (Article 21).")
@common_options
def withdraw_command(person: str, purpose: str, channel: str | None, on: dt.date | None, *, objection: bool) -> None:
    """Record that PERSON takes a consent back; it counts at once."""
    act = Act(ConsentMethod.SELF_SERVICE, on or now_utc().date())
    decision = ConsentDecision.OBJECTED if objection else ConsentDecision.WITHDRAWN
    with session(writing=True) as writing:
        found = find_person(writing, person)
        wanted = find_channel(channel) if channel else Channel.ANY
        record_decision(writing, found, decision, purpose=purpose, channel=wanted, act=act)
        _print_standings(writing, person)


@consent.command()
@click.option("--within", type=click.IntRange(1, 730), default=RENEWAL_DAYS, show_default=True, metavar="DAYS")
@common_options
def renewals(within: int) -> None:
    """Consents that end soon, the soonest first: whom to ask again while one may still write."""
    with session() as reading:
        found = renewal_queue(reading, within_days=within)
    print_rows([{name: getattr(row, name) for name in RENEWAL_COLUMNS} for row in found], RENEWAL_COLUMNS)


@consent.command()
@click.argument("person")
@common_options
def show(person: str) -> None:
    """What holds for each purpose and channel of PERSON."""
    with session() as reading:
        _print_standings(reading, person)


def _print_standings(reading: Session, person: str) -> None:
    rows = standings(reading, find_person(reading, person))
    print_rows([{name: getattr(row, name) for name in STANDING_COLUMNS} for row in rows], STANDING_COLUMNS)
