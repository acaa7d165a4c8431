"""What commands print: one JSON document, CSV, or a table; messages go to standard error."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import sys
from collections.abc import Mapping, Sequence
from enum import Enum

import click

from wmcrm.cli.context import output_format
from wmcrm.sheets.formulas import neutralise

Document = Mapping[str, object]


def print_rows(rows: Sequence[Document], columns: Sequence[str]) -> None:
    """A listing: a list of objects in JSON, otherwise these columns."""
    chosen = output_format()
    if chosen == "json":
        print_json(list(rows))
    elif chosen == "csv":
        _print_csv(rows, columns)
    else:
        _print_table(rows, columns)


def print_document(document: Document) -> None:
    """One object: JSON, or a line for each key (CSV: two columns)."""
    if output_format() == "json":
        print_json(document)
        return
    rows = [{"field": key, "value": _cell(value)} for key, value in document.items()]
    print_rows(rows, ("field", "value"))


def print_json(document: object) -> None:
    """A JSON document on standard output, whatever the format asked for."""
    click.echo(json.dumps(document, ensure_ascii=False, default=_plain, indent=2))


def say(message: str) -> None:
    """A message for people, on standard error."""
    click.echo(message, err=True)


def _plain(value: object) -> object:
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(_plain(value) if isinstance(value, dt.date | Enum) else value)


def _print_csv(rows: Sequence[Document], columns: Sequence[str]) -> None:
    for row in (columns, *([_cell(row.get(column)) for column in columns] for row in rows)):
        line = io.StringIO()
        csv.writer(line).writerow([neutralise(cell) for cell in row])  # quotes a line break of either kind
        sys.stdout.write(line.getvalue().removesuffix("\r\n") + "\n")


def _print_table(rows: Sequence[Document], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        say("Nothing found.")
        return
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    Console(soft_wrap=not sys.stdout.isatty()).print(table)
