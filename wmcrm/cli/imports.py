"""``wmcrm import``: sheets and files in, what they did, and back."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from wmcrm.cli.context import common_options, day, output_format, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.errors import BadInputError
from wmcrm.importer import (
    ROW_COLUMNS,
    ConsentTerms,
    ImportReport,
    NewEvent,
    RowsMean,
    SignupOptions,
    apply_signups,
    failed_rows,
    find_run,
    plan_signups,
    run_rows,
    sheet_file,
    undo_import,
)
from wmcrm.importer.files import FILE_KINDS, FileOptions, import_read_file
from wmcrm.importer.questions import keep_column
from wmcrm.models import ImportKind
from wmcrm.normalize import DateOrder
from wmcrm.references import find_affiliate
from wmcrm.sheets import ReadFile, content_hash, read_bytes, read_pasted, read_sheets, write_csv, write_xlsx

P = ParamSpec("P")
R = TypeVar("R")
STDIN = "-"
# By their words: click would take the names of the members.
ROWS_MEAN = click.Choice([meaning.value for meaning in RowsMean])
DATE_ORDER = click.Choice([order.value for order in DateOrder])


@click.group("import")
def import_group() -> None:
    """Bring sheets in, look at what they did, take them back."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file that was read, and the hash by which it is known again."""

    file: ReadFile
    file_hash: str


def open_file(name: str) -> OpenedFile:
    """Read a file, or what stands on standard input for ``-``; refuses what is no sheet."""
    if name != STDIN:
        path = Path(name)
        if not path.is_file():
            raise BadInputError("There is no file {name}.", name=name)
        return OpenedFile(read_sheets(path), content_hash(path))
    return _read_stdin()


def _read_stdin() -> OpenedFile:
    """Pasted cells, or the bytes of a workbook, from standard input."""
    binary = getattr(sys.stdin, "buffer", None)
    data: bytes = binary.read() if binary is not None else sys.stdin.read().encode()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return OpenedFile(read_bytes(data), content_hash(data))
    is_workbook = data.startswith(b"PK\x03\x04")
    return OpenedFile(read_bytes(data) if is_workbook else read_pasted(text), content_hash(data))


def _event_options(command: Callable[P, R]) -> Callable[P, R]:
    for option in reversed(
        (
            click.option("--event", metavar="REF", help="The event: public id, external:ID or whole title."),
            click.option("--new-event", metavar="TITLE", help="Make this event with the import."),
            click.option("--starts", callback=day, metavar="DATE", help="First day of the new event."),
            click.option("--country", metavar="CC", help="Country of the new event."),
            click.option("--timezone", metavar="ZONE", help="Time zone of the new event, such as Africa/Dakar."),
            click.option("--type", "event_type", metavar="T", help="Type of the new event."),
            click.option("--affiliate", metavar="CODE", help="Who will hold what is recorded; default: the host."),
        )
    ):
        command = option(command)
    return command


def _reading_options(command: Callable[P, R]) -> Callable[P, R]:
    for option in reversed(
        (
            click.option("--rows-mean", type=ROWS_MEAN, help="What standing in the sheet means."),
            click.option("--map", "maps", multiple=True, metavar="HEADER=FIELD", help="What a column means; repeats."),
            click.option("--sheet", metavar="NAME", help="Which sheet of a workbook."),
            click.option("--date-order", type=DATE_ORDER, help="For dates that can be read twice."),
            click.option("--source", default="file", show_default=True, metavar="NAME", help="Name of the source."),
        )
    ):
        command = option(command)
    return command


def _consent_options(command: Callable[P, R]) -> Callable[P, R]:
    for option in reversed(
        (
            click.option("--consent-purpose", metavar="P", help="Record the consent column for this purpose."),
            click.option("--notice", metavar="VERSION", help="The notice that people were shown."),
            click.option("--collected-on", callback=day, metavar="DATE", help="When consent was collected."),
            click.option("--collector", metavar="NAME", help="Who collected it."),
        )
    ):
        command = option(command)
    return command


@import_group.command()
@click.argument("file")
@_event_options
@_reading_options
@_consent_options
@click.option("--plan", is_flag=True, help="Say what would be done; store nothing.")
@common_options
def signups(file: str, sheet: str | None, plan: bool, **told: object) -> int:
    """A sign-up sheet FILE (- for standard input) becomes attendance at an event."""
    options = _signup_options(told)
    opened = open_file(file)
    with opened.file, session(writing=not plan) as acting:
        chosen = sheet_file(opened.file, opened.file_hash, sheet)
        report = plan_signups(acting, chosen, options).report if plan else apply_signups(acting, chosen, options)
    return _print(report)


def _signup_options(told: dict[str, object]) -> SignupOptions:
    def text(name: str) -> str | None:
        value = told[name]
        return value if isinstance(value, str) and value else None

    starts, collected = told["starts"], told["collected_on"]
    maps = told["maps"]
    assert isinstance(maps, tuple)
    new_event = None
    if text("new_event"):
        if not isinstance(starts, date):
            raise BadInputError("A new event needs its first day; add --starts DATE.")
        new_event = NewEvent(str(text("new_event")), starts, text("country"), text("timezone"), text("event_type"))
    terms = ConsentTerms(text("notice"), collected if isinstance(collected, date) else None, text("collector"))
    rows_mean = text("rows_mean")
    return SignupOptions(
        event=text("event"),
        new_event=new_event,
        affiliate=text("affiliate"),
        rows_mean=RowsMean(rows_mean) if rows_mean else None,
        maps=maps,
        date_order=text("date_order"),
        source=str(told["source"]),
        consent_purpose=text("consent_purpose"),
        terms=terms,
    )


def _file_command(kind: ImportKind) -> click.Command:
    @click.argument("file")
    @click.option("--source", default="file", show_default=True, metavar="NAME", help="Name of the source.")
    @click.option("--affiliate", metavar="CODE", help="Who will hold what is recorded.")
    @click.option("--date-order", type=DATE_ORDER, help="For dates that can be read twice.")
    @click.option("--plan", is_flag=True, help="Say what would be done; store nothing.")
    @common_options
    def command(file: str, source: str, affiliate: str | None, date_order: str | None, plan: bool) -> int:
        opened = open_file(file)
        with opened.file, session(writing=not plan) as acting:
            holder = find_affiliate(acting, affiliate).id if affiliate else None
            options = FileOptions(source, holder, DateOrder(date_order) if date_order else None)
            report = import_read_file(acting, kind, opened.file, file_hash=opened.file_hash, options=options, plan=plan)
        return _print(report)

    help_line = f"A file of {kind.value}; an id column is kept as external id, and imported again changes nothing."
    return click.command(kind.value, help=help_line)(command)


for _kind in FILE_KINDS:
    import_group.add_command(_file_command(_kind))


@import_group.command()
@click.argument("run")
@common_options
def rows(run: str) -> int:
    """One line for each row of the sheet of RUN: what it is and what became of it."""
    with session(writing=True) as acting:
        print_rows(list(run_rows(acting, find_run(acting, run))), ROW_COLUMNS)
    return 0


@import_group.command()
@click.argument("run")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to: .csv or .xlsx.")
@common_options
def failed(run: str, output: str) -> int:
    """The rows of RUN to mend, with reasons, in the sheet's own columns."""
    with session(writing=True) as acting:
        found = failed_rows(acting, find_run(acting, run))
    path = Path(output)
    write = write_xlsx if path.suffix.lower() == ".xlsx" else write_csv
    _write_whole(path, write(found.rows, found.header))
    document: dict[str, object] = {"run": run, "rows": len(found.rows), "file": str(path)}
    print_document(document)
    return 0


@import_group.command()
@click.argument("run")
@common_options
def undo(run: str) -> int:
    """Take RUN back: what it made goes, what it changed is as before; what was edited since stays."""
    with session(writing=True) as acting:
        report = undo_import(acting, find_run(acting, run))
    print_document(report.as_dict())
    return 0


@import_group.command()
@click.argument("run")
@click.option("--column", required=True, metavar="HEADER", help="The question, as the sheet's header says it.")
@click.option("--purpose", required=True, metavar="P", help="What the answers are for.")
@click.option("--until", required=True, metavar="DATE", callback=day, help="The last day on which they are kept.")
@common_options
def answers(run: str, column: str, purpose: str, until: date) -> None:
    """Keep what people answered in a column of RUN; after the day only figures stay."""
    with session(writing=True) as acting:
        question, count = keep_column(acting, find_run(acting, run), column, purpose=purpose, until=until)
        print_document({"question": question.wording, "answers": count, "until": question.until})


def _write_whole(path: Path, data: bytes) -> None:
    """All of the file or none: a half-written file must not pass for the whole."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".wmcrm-", delete=False) as waiting:
            waiting.write(data)
        Path(waiting.name).replace(path)
    except OSError as error:
        raise BadInputError("{file} cannot be written: {why}.", file=path, why=error.strerror) from error


def _print(report: ImportReport) -> int:
    document = report.as_dict()
    if output_format() == "json":
        print_document(document)
    else:
        _print_summary(report)
    return 1 if report.has_problems or report.counts.get("invalid") else 0


def _print_summary(report: ImportReport) -> None:
    said = report.as_dict()
    shown = {key: said[key] for key in said if key not in {"issues", "mapping"}}
    print_document(shown)
    say("Columns: " + ", ".join(f"{column.header} = {column.field or 'left out'}" for column in report.mapping))
    for issue in report.issues[:50]:
        say(f"Row {issue.row}: {issue.message}" if issue.row else issue.message)
    if report.issue_count > 50:
        say(f"... and {report.issue_count - 50} more; --format json prints them.")
