"""``wmcrm dedupe file``: the rows of a spreadsheet that are one person, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from wmcrm.cli.context import common_options
from wmcrm.cli.output import print_document
from wmcrm.errors import BadInputError


@click.command("file")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "id_column", required=True, metavar="COLUMN", help="The column that names each row.")
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="id, cluster")
@click.option("--pairs", "pairs_target", type=click.Path(path_type=Path), help="id_a, id_b, probability over .01")
@click.option("--compare", multiple=True, metavar="COLUMN=kind", help="How a column is compared; others are guessed.")
@click.option("--sheet", help="The sheet of a workbook; the first one by default.")
@common_options
def file_command(
    file: Path, id_column: str, target: Path, pairs_target: Path | None, compare: tuple[str, ...], sheet: str | None
) -> None:
    """Find the rows of FILE that are one person, without a database."""
    from wmcrm.matching.columns import dedupe_table
    from wmcrm.sheets import write_csv

    told = dict(named_value(text, "Write --compare COLUMN=kind, such as 'Born=date', not {text}.") for text in compare)
    for path in filter(None, (target, pairs_target)):
        if not path.resolve().parent.is_dir():
            raise BadInputError("There is no folder {folder} to write into.", folder=path.parent)
    header, rows = _read(file, sheet)
    result = dedupe_table(header, rows, id_column, told)
    _write(target, write_csv(result.clusters.items(), ("id", "cluster"), bom=False))
    if pairs_target is not None:
        lines = ((a, b, round(probability, 6)) for a, b, probability in result.pairs)
        _write(pairs_target, write_csv(lines, ("id_a", "id_b", "probability"), bom=False))
    print_document(_summary(result.clusters, len(result.pairs), result.kinds))


def _summary(groups: Mapping[str, str], pair_count: int, kinds: Mapping[str, str]) -> dict[str, object]:
    return {
        "rows": len(groups),
        "clusters": len(set(groups.values())),
        "pairs": pair_count,
        "columns": {column: str(kind) for column, kind in kinds.items()},
    }


def _read(file: Path, sheet: str | None) -> tuple[tuple[str, ...], Sequence[tuple[str, ...]]]:
    from wmcrm.sheets import read_sheets

    if not file.is_file():
        raise BadInputError("There is no file {file}.", file=file)
    with read_sheets(file) as opened:
        tables = [table for table in opened.visible_tables if sheet is None or table.name == sheet]
        if not tables:
            names = ", ".join(table.name for table in opened.visible_tables)
            raise BadInputError("The file has no sheet {sheet}; it has: {names}", sheet=sheet or "", names=names)
        found = [row.cells for row in tables[0] if not row.is_blank]
    if len(found) < 2:
        raise BadInputError("The file has no rows under its header.")
    header = tuple(cell.strip() for cell in found[0])
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise BadInputError("Two columns are called {names}; give each its own name.", names=", ".join(twice))
    return header, found[1:]


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInputError("{path} cannot be written: {why}", path=path, why=error.strerror or "") from error


def named_value(text: str, template: str) -> tuple[str, str]:
    """The two sides of NAME=VALUE, split at the last sign; BadInputError by the template where one is missing."""
    name, _, value = text.rpartition("=")
    if not name or not value:
        raise BadInputError(template, text=text)
    return name.strip(), value.strip()
