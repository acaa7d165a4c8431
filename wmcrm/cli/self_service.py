"""``wmcrm consent invite``, ``wmcrm subject link|requests|answer`` and ``wmcrm mail``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Unpack

import click

from wmcrm.cli.context import common_options, engine, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.cli.outreach import Asked, audience, audience_options
from wmcrm.consent import find_channel
from wmcrm.db import Session, actor_of
from wmcrm.mail import open_delivery
from wmcrm.models import LetterState, RequestAnswer, now_utc
from wmcrm.outreach import use_all_again
from wmcrm.references import find_person
from wmcrm.self_service import Round, answer_request, invite, letters, link_for, open_requests, send_waiting, try_now
from wmcrm.settings import Settings, read_settings

REQUEST_COLUMNS = ("request", "kind", "person", "filed_on", "due_on")
LETTER_COLUMNS = ("letter", "kind", "state", "queued_at", "next_try_at", "tries", "why")


@click.command("invite")
@click.argument("people", nargs=-1, metavar="[PERSON]...")
@audience_options
@click.option("--reason", default="confirm what a sheet claims", metavar="TEXT", help="Why you ask; logged.")
@common_options
def invite_command(people: tuple[str, ...], **asked: Unpack[Asked]) -> int:
    """Ask people whose consent only a sheet claims to confirm it: one message each, never a second.

    Whom: these people, or whom the directory's filters find, or without both everybody in use.
    """
    settings = mail_settings()
    with session(writing=True) as writing:
        result = invite(
            writing,
            _ids(writing, people) if people else audience(writing, asked),
            purpose=asked["purpose"],
            channel=find_channel(asked["channel"]),
            reason=asked["reason"],
            fallback_language=settings.default_locale,
        )
        is_operator = actor_of(writing).is_operator
    done = send_waiting(engine(), settings)
    told = {"invited": len(result.permitted), "withheld": result.withheld, "audience": result.audience}
    if is_operator:
        return tell_of(done, **told)
    print_document(told)  # what became of the letters of everybody is the operator's to know
    return 0


@click.command("link")
@click.argument("person")
@common_options
def link_command(person: str) -> None:
    """Print a link by which PERSON sees their own data: for you to hand over, works once, for seven days."""
    settings = read_settings()
    with session(writing=True) as writing:
        found = find_person(writing, person)
        secret = link_for(writing, found)
        print_document({"person": found.public_id, "link": f"{settings.base_url.rstrip('/')}/my-data/open/{secret}"})


@click.command("requests")
@common_options
def requests_command() -> None:
    """What people asked of the stewards and nobody has answered yet, the most urgent first."""
    with session() as reading:
        rows = open_requests(reading)
    print_rows([{name: getattr(row, name) for name in REQUEST_COLUMNS} for row in rows], REQUEST_COLUMNS)


@click.command("answer")
@click.argument("request")
@click.option("--refused", is_flag=True, help="It was not done, for a reason the person was told.")
@common_options
def answer_command(request: str, *, refused: bool) -> None:
    """Close REQUEST after it was done (erased, exported, told); or refused."""
    with session(writing=True) as writing:
        row = answer_request(writing, request, RequestAnswer.REFUSED if refused else RequestAnswer.DONE)
        print_document({"request": row.request, "person": row.person, "answer": row.answer})


@click.group("mail")
def mail() -> None:
    """Letters to people: send what waits, see what became of them."""


@mail.command()
@common_options
def send() -> int:
    """Send every letter that is due; what cannot leave now is tried again later. For a timer of the system."""
    return tell_of(send_waiting(engine(), mail_settings()))


@mail.command()
@click.argument("person")
@common_options
def again(person: str) -> None:
    """Use the addresses of PERSON again that had bounced."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        print_document({"person": found.public_id, "used_again": use_all_again(writing, found)})


@mail.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice([state.value for state in LetterState]))
@click.option("--before", default="", metavar="LETTER", help="Go on after this letter of the list.")
@common_options
def list_command(states: tuple[str, ...], before: str) -> None:
    """The newest letters, 200 at a time, without addresses and texts."""
    with session() as reading:
        rows = letters(reading, states=[LetterState(state) for state in states], before=before)
    print_rows([{name: getattr(row, name) for name in LETTER_COLUMNS} for row in rows], LETTER_COLUMNS)


@mail.command("try")
@click.argument("letter")
@common_options
def try_command(letter: str) -> int:
    """Try LETTER, which waits, now instead of after its pause."""
    settings = mail_settings()
    with session(writing=True) as writing:
        row = try_now(writing, letter, now=now_utc())
    return tell_of(send_waiting(engine(), settings), letter=row.letter)


def mail_settings() -> Settings:
    """The settings, after making sure that letters could leave: before anything is decided."""
    settings = read_settings()
    settings.require_secret()
    with open_delivery(settings):
        return settings


def _ids(reading: Session, people: Sequence[str]) -> list[int]:
    return [find_person(reading, reference).id for reference in people]


def tell_of(done: Round, **before: object) -> int:
    """Print what became of letters, after what was decided before; the exit status that says whether all left."""
    print_document({**before, **asdict(done)})
    if done.waiting:
        say(f"The mail server did not take {done.waiting}; they are tried again: wmcrm mail send")
    if done.failed or done.unsure:
        say(f"{done.failed} failed, {done.unsure} may or may not have left; see: wmcrm mail list")
    return 1 if done.waiting or done.failed or done.unsure else 0
