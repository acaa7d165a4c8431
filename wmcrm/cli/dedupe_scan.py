"""``wmcrm dedupe scan``: candidate pairs of the whole database, with its progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import click

from wmcrm.cli.context import common_options, engine, session
from wmcrm.cli.output import print_document, say
from wmcrm.db import actor_of, session_scope
from wmcrm.dedupe import Sessions, Step, require_steward, scan_in_steps
from wmcrm.dedupe.scan import Progress, waiting_in_scope

WORDS = {
    Step.COMPARING: "Comparing people",
    Step.KEEPING: "Keeping what was found",
    Step.STORING: "Storing pairs",
}
TENTHS = 10


@click.command("scan")
@click.option("--all", "everybody", is_flag=True, help="Compare everybody again, not only who changed.")
@common_options
def scan_command(everybody: bool) -> None:
    """Find and store candidate pairs of the whole database; only people who changed are compared again.

    A scan that was stopped goes on where it stopped. Who may not see everybody is told of their own people only.
    """
    with session() as asking:
        require_steward(asking)
        actor = actor_of(asking)
        everything = replace(actor, sees_all=True)  # pairs are found among everybody, and nobody is named
        reading = partial(session_scope, engine(), everything)
    with shown_progress() as progress:
        sessions = Sessions(reading, partial(reading, writing=True))
        report = scan_in_steps(sessions, everybody=everybody, progress=progress)
    if report.resumed:
        say("An earlier scan had been stopped; it was ended first.")
    if not actor.sees_all:
        with session() as looking:
            people, waiting = waiting_in_scope(looking)
        print_document({"people": people, "waiting": waiting, "model": report.model_version})
        return
    print_document(
        {
            "people": report.people,
            "compared": report.compared,
            "found": report.found,
            "stored": report.stored,
            "dropped": report.dropped,
            "waiting": report.waiting,
            "model": report.model_version,
            "precision": report.precision,
        }
    )


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Progress on standard error: bars on a terminal, elsewhere a line for each tenth of a step."""
    if not sys.stderr.isatty():
        yield Lines().tell
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True)) as bars:
        tasks = {}

        def tell(step: Step, share: float) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(WORDS[step], total=1.0)
            bars.update(tasks[step], completed=share)

        yield tell


class Lines:
    """Progress as plain lines, each tenth of a step once."""

    def __init__(self) -> None:
        self._told: set[tuple[Step, int]] = set()

    def tell(self, step: Step, share: float) -> None:
        """Say how far a step is, unless that was said."""
        at = (step, int(share * TENTHS))
        if at not in self._told:
            self._told.add(at)
            say(f"{WORDS[step]}: {at[1] * TENTHS} %")
