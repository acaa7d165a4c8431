"""``wmcrm lists``: lists for one purpose and channel; the gate judges again whenever one is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from wmcrm.cli.context import common_options, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.cli.outreach import Asked, audience, audience_options, print_outreach
from wmcrm.consent import find_channel
from wmcrm.errors import BadInputError
from wmcrm.outreach import ListFormat, Outreach, PreparedList, find_list, list_file, prepare_permitted, prepared_lists
from wmcrm.outreach import open_list as judge_again

LIST_COLUMNS = ("list", "purpose", "channel", "people", "use_by", "opened", "reason", "prepared_at")


@click.group()
def lists() -> None:
    """Lists for one purpose, judged again whenever they are opened."""


@lists.command()
@audience_options
@click.option("--reason", required=True, metavar="TEXT", help="What you need the addresses for; logged.")
@common_options
def prepare(**asked: Unpack[Asked]) -> None:
    """Keep whom you may write to today as a list for 30 days; no address is printed."""
    with session(writing=True) as writing:
        ids, channel = audience(writing, asked), find_channel(asked["channel"])
        made = prepare_permitted(writing, ids, purpose=asked["purpose"], channel=channel, reason=asked["reason"])
        document = _line(find_list(writing, made.public_id))
    print_document(document)


@lists.command()
@common_options
def show() -> None:
    """Your prepared lists: for what, for how many, until when, opened how often."""
    with session() as reading:
        rows = [_line(row) for row in prepared_lists(reading)]
    print_rows(rows, LIST_COLUMNS)


@lists.command("open")
@click.argument("name", metavar="LIST")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A .csv or .xlsx file.")
@common_options
def open_list(name: str, output: Path | None) -> None:
    """Print the addresses of LIST, or write them into a file; who withdrew meanwhile is left out and counted."""
    kind = _kind(output)
    with session(writing=True) as writing:
        result = judge_again(writing, name)
        kept = find_list(writing, name)
        if output is not None:
            _write(output, list_file(result, kept, kind))
    if output is None:
        print_outreach(result)
        return
    print_document(_written(result, kept, output))


def _line(row: PreparedList) -> dict[str, object]:
    return {"list": row.public_id, **{name: getattr(row, name) for name in LIST_COLUMNS[1:]}}


def _written(result: Outreach, kept: PreparedList, output: Path) -> dict[str, object]:
    say(f"Use it until {kept.use_by.isoformat()}, then delete it.")
    return {
        "file": str(output),
        "permitted": len(result.permitted),
        "withheld": {why.value: count for why, count in result.withheld.items()},
        "audience": result.audience,
        "use_by": kept.use_by,
    }


def _kind(output: Path | None) -> ListFormat:
    if output is None:
        return ListFormat.CSV
    try:
        return ListFormat(output.suffix.removeprefix(".").lower())
    except ValueError as error:
        raise BadInputError("A list is written as a .csv or .xlsx file; name {file} so.", file=output.name) from error


def _write(output: Path, content: bytes) -> None:
    try:
        output.touch(mode=0o600)
        output.write_bytes(content)
    except OSError as error:
        raise BadInputError("{file} cannot be written: {why}.", file=output, why=error.strerror) from error
