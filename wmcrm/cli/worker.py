"""``wmcrm worker``: what is done in the background, where no ``wmcrm serve`` runs that does it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import click

from wmcrm.cli.context import common_options, engine
from wmcrm.cli.output import say
from wmcrm.cli.self_service import mail_settings, tell_of
from wmcrm.self_service import send_in_rounds, send_in_turn
from wmcrm.settings import LONGEST_PAUSE, SHORTEST_PAUSE

DEFAULT_PAUSE = 60


@click.command()
@click.option(
    "--every",
    type=click.IntRange(SHORTEST_PAUSE, LONGEST_PAUSE),
    metavar="SECONDS",
    help="Pause between two rounds; without it WMCRM_MAIL_EVERY, or 60 where that is off.",
)
@click.option("--once", is_flag=True, help="One round, then end.")
@common_options
def worker(*, every: int | None, once: bool) -> int:
    """Send the letters that are due, round after round, until stopped (Ctrl+C or SIGTERM).

    A letter that is on its way is finished first. Several workers and servers take turns.
    """
    settings = mail_settings()
    if once:
        return tell_of(send_in_turn(engine(), settings))
    pause = every or settings.mail_pause or DEFAULT_PAUSE
    with stopped_by_signals() as stop:
        say(f"Letters that are due leave every {pause:g} seconds (stop with Ctrl+C)")
        done = send_in_rounds(engine(), settings, pause=pause, stop=stop)
    return tell_of(done)


@contextmanager
def stopped_by_signals() -> Iterator[Event]:
    """What is set when somebody stops the process, once; a second Ctrl+C ends it as ever."""
    stop = Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def put_back() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def end(_number: int, _frame: object) -> None:
        stop.set()
        put_back()

    for number in before:
        signal.signal(number, end)
    try:
        yield stop
    finally:
        put_back()
