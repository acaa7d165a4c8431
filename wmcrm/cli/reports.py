"""``wmcrm directory``, ``wmcrm paths``, ``wmcrm why`` and ``wmcrm report``."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click
from sqlalchemy.orm import Session

from wmcrm.cli.context import common_options, day, output_format, session
from wmcrm.cli.output import print_document, print_json, print_rows, say
from wmcrm.directory import OrganizerRow, Wanted, find_organizers, region_code
from wmcrm.errors import BadInputError
from wmcrm.models import Person, now_utc
from wmcrm.references import find_affiliate, find_person

if TYPE_CHECKING:
    from wmcrm.reports import Question

P = ParamSpec("P")
R = TypeVar("R")
DIRECTORY_COLUMNS = (
    "person",
    "external_id",
    "name",
    "usernames",
    "country",
    "region",
    "languages",
    "roles",
    "positions",
    "topics",
    "organized",
    "last_on",
)
PATH_COLUMNS = ("person", "external_id", "highest", "highest_on", "current", "activity", "skipped", "reached")


def today() -> dt.date:
    """The day on which a command runs, in UTC."""
    return now_utc().date()


@click.command()
@click.option("--role", help="An event role, a position or a kind of involvement.")
@click.option("--topic", help="A topic, or a type of events.")
@click.option("--country", metavar="CC")
@click.option("--region")
@click.option("--language", metavar="L")
@click.option("--affiliate", metavar="CODE")
@click.option("--initiative", metavar="N")
@click.option("--active-since", metavar="DATE", callback=day)
@click.option("--as-of", metavar="DATE", callback=day, help="The day on which positions are held; default today.")
@click.option("--purpose", metavar="P", help="Also say who may be contacted for this purpose ...")
@click.option("--channel", metavar="C", help="... through this channel.")
@common_options
def directory(purpose: str | None, channel: str | None, **filters: str | dt.date | None) -> None:
    """Who organizes what, where, in which languages; contact values are never printed here."""
    with session() as reading:
        wanted = _wanted(reading, filters)
        found = find_organizers(reading, wanted)
        lines = [_line(row) for row in found]
        columns: tuple[str, ...] = DIRECTORY_COLUMNS
        if purpose or channel:
            columns = (*DIRECTORY_COLUMNS, "may_contact", "why")
            _add_answers(reading, found, lines, _both(purpose, channel))
    print_rows(lines, columns)


@click.command()
@click.option("--as-of", metavar="DATE", callback=day, help="Default: today.")
@common_options
def paths(as_of: dt.date | None) -> None:
    """The stage of everybody on the path to organizer, one line a person."""
    from wmcrm.paths import path_rows

    with session() as reading:
        lines = [
            {
                "person": row.public_id,
                "external_id": row.external_id,
                "highest": row.path.highest.code,
                "highest_on": row.path.highest_on,
                "current": row.path.current.code,
                "activity": row.path.activity.value,
                "skipped": [stage.code for stage in row.path.skipped],
                "reached": row.path.days(),
            }
            for row in path_rows(reading, as_of or today())
        ]
    print_rows(lines, PATH_COLUMNS)


@click.command()
@click.argument("person")
@click.option("--as-of", metavar="DATE", callback=day, help="Default: today.")
@common_options
def why(person: str, as_of: dt.date | None) -> None:
    """The stages that PERSON reached, when, and by which evidence, in sentences."""
    from wmcrm.paths import names_for, path_of, render
    from wmcrm.paths import why as sentences_of

    with session() as reading:
        known = find_person(reading, person)
        path = path_of(reading, known.id, as_of or today())
        said = [(sentence.stage, render(sentence)) for sentence in sentences_of(path, names_for(reading, path))]
    document = {
        "person": known.public_id,
        "external_id": known.external_id,
        "as_of": path.as_of,
        "model_version": path.version,
        "highest": path.highest.code,
        "highest_on": path.highest_on,
        "current": path.current.code,
        "activity": path.activity.value,
        "skipped": [stage.code for stage in path.skipped],
        "reached": path.days(),
        "sentences": [text for _, text in said],
    }
    if output_format() == "table":
        click.echo("\n".join(text for _, text in said))
        return
    print_document(document)


def _question_options(command: Callable[P, R]) -> Callable[P, R]:
    for option in reversed(
        (
            click.option("--affiliate", metavar="CODE"),
            click.option("--region"),
            click.option("--from", "first", metavar="DATE", callback=day),
            click.option("--to", "last", metavar="DATE", callback=day),
            click.option("--as-of", metavar="DATE", callback=day, help="Default: today."),
            click.option("--by", metavar="FIELD", help="What to group by."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("name")
@_question_options
@click.option("--freeze", metavar="TITLE", help="Keep the report as it is now, under this title.")
@click.option("--compare", metavar="FROZEN", help="Say what has changed since a report was frozen (f_...).")
@common_options
def report(name: str, freeze: str | None, compare: str | None, **asked: str | dt.date | None) -> None:
    """Print the report NAME with its definitions, its coverage and its date."""
    from wmcrm.reports import find_frozen, freeze_report, make_report, what_changed

    with session(writing=freeze is not None) as acting:
        made = make_report(acting, name, _question(acting, asked))
        document = made.as_document()
        if compare is not None:
            document["since"] = dataclasses.asdict(what_changed(acting, find_frozen(acting, compare), made))
        if freeze is not None:
            document["frozen"] = freeze_report(acting, made, freeze).public_id
    if output_format() == "json":
        print_json(document)
        return
    print_rows([dict(row) for row in made.rows], tuple(made.columns))
    for line in _notes(document):
        say(line)


def _question(acting: Session, asked: dict[str, str | dt.date | None]) -> Question:
    from wmcrm.reports import Question

    text = {name: value for name, value in asked.items() if isinstance(value, str)}
    days = {name: value for name, value in asked.items() if isinstance(value, dt.date)}
    return Question(
        as_of=days.get("as_of") or today(),
        affiliate_id=find_affiliate(acting, text["affiliate"]).id if "affiliate" in text else None,
        region=region_code(text["region"]) if "region" in text else None,
        first=days.get("first"),
        last=days.get("last"),
        by=text.get("by"),
    )


def _notes(document: dict[str, object]) -> list[str]:
    """What a table or a CSV is read with, on standard error."""
    kept = ("title", "as_of", "model_version", "n", "coverage", "figures", "suppressed", "frozen", "since")
    lines = [f"{key}: {document[key]}" for key in kept if document.get(key) not in (None, {})]
    definitions = document["definitions"]
    assert isinstance(definitions, dict)
    lines += [f"{term}: {meaning}" for term, meaning in definitions.items()]
    return [*lines, "internal: exact figures, not for others" if document["internal"] else "small cells are hidden"]


def _wanted(reading: Session, filters: dict[str, str | dt.date | None]) -> Wanted:

    text = {name: value for name, value in filters.items() if isinstance(value, str)}
    days = {name: value for name, value in filters.items() if isinstance(value, dt.date)}
    return Wanted(
        as_of=days.get("as_of") or today(),
        role=text.get("role"),
        topic=text.get("topic"),
        country=text.get("country"),
        region=text.get("region"),
        language=text.get("language"),
        affiliate_id=find_affiliate(reading, text["affiliate"]).id if "affiliate" in text else None,
        initiative=text.get("initiative"),
        active_since=days.get("active_since"),
    )


def _line(row: OrganizerRow) -> dict[str, object]:
    line = dataclasses.asdict(row)
    del line["person_id"]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in line.items()}


def _both(purpose: str | None, channel: str | None) -> tuple[str, str]:
    if not purpose or not channel:
        raise BadInputError("Name both: --purpose, for which you want to write, and --channel, by which.")
    return purpose, channel


def _add_answers(
    reading: Session, found: list[OrganizerRow], lines: list[dict[str, object]], terms: tuple[str, str]
) -> None:
    from wmcrm.consent import find_channel
    from wmcrm.outreach import may_contact

    channel = find_channel(terms[1])
    for row, line in zip(found, lines, strict=True):
        person = reading.get(Person, row.person_id)
        assert person is not None
        answer = may_contact(reading, person, purpose=terms[0], channel=channel)
        line["may_contact"] = answer.answer.value
        line["why"] = answer.reason.value if answer.reason else None
