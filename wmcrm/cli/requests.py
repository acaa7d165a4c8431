"""``wmcrm requests``: what is asked of people through the affiliate that holds them."""

from __future__ import annotations

import click

from wmcrm.cli.context import common_options, session
from wmcrm.cli.output import print_document, print_rows
from wmcrm.consent import find_channel
from wmcrm.models import now_utc
from wmcrm.passing_on import (
    RequestLine,
    Wish,
    answer_contact_request,
    ask_affiliate,
    cancel_contact_request,
    my_requests,
    requests_to_answer,
)
from wmcrm.references import find_person

COLUMNS = ("request", "person", "affiliate", "purpose", "asked_by", "asked_at", "state", "reason", "message", "note")
ANSWERS = {"passed-on": True, "declined": False}


@click.group()
def requests() -> None:
    """Ask somebody through the affiliate that holds the record; answer what others ask."""


@requests.command()
@click.argument("person")
@click.option("--purpose", required=True, metavar="P")
@click.option("--reason", required=True, metavar="TEXT", help="Why you ask: for the affiliate and the log.")
@click.option("--message", required=True, metavar="TEXT", help="What the person should hear.")
@click.option("--channel", default="email", show_default=True, metavar="C", help="By which you would have written.")
@common_options
def ask(person: str, purpose: str, reason: str, message: str, channel: str) -> None:
    """Ask the affiliate that holds PERSON to pass a message on; you get no address."""
    wish = Wish(purpose, reason, message, find_channel(channel))
    with session(writing=True) as writing:
        made = ask_affiliate(writing, find_person(writing, person), wish, now=now_utc())
        print_document({"request": made.public_id, "state": made.state})


@requests.command("list")
@click.option("--mine", is_flag=True, help="What you asked yourself, instead of what others ask your affiliates.")
@common_options
def list_command(mine: bool) -> None:
    """What others ask your affiliates, what waits first; with --mine what you asked."""
    with session() as reading:
        rows = my_requests(reading) if mine else requests_to_answer(reading)
    print_rows([_shown(row) for row in rows], COLUMNS)


@requests.command()
@click.argument("request")
@click.argument("said", type=click.Choice(list(ANSWERS)), metavar="passed-on|declined")
@click.option("--note", default="", metavar="TEXT", help="A line for whoever asked.")
@common_options
def answer(request: str, said: str, note: str) -> None:
    """Say that the message of REQUEST was passed on, or that it is not."""
    with session(writing=True) as writing:
        row = answer_contact_request(writing, request, passed_on=ANSWERS[said], note=note, now=now_utc())
    print_document(_shown(row))


@requests.command()
@click.argument("request")
@common_options
def cancel(request: str) -> None:
    """Take REQUEST back, which you made and nobody answered yet."""
    with session(writing=True) as writing:
        row = cancel_contact_request(writing, request, now=now_utc())
    print_document(_shown(row))


def _shown(row: RequestLine) -> dict[str, object]:
    return {name: getattr(row, name) for name in COLUMNS}
