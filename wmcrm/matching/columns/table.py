"""Duplicates in a file of people whose columns are told or guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wmcrm.errors import BadInputError
from wmcrm.matching.clusters import stars
from wmcrm.matching.columns.contacts import is_contact_file, scan_contacts
from wmcrm.matching.columns.kinds import ColumnKind, column_kinds, without_repeats
from wmcrm.matching.columns.score import score_rows
from wmcrm.matching.columns.values import Ints, code_column
from wmcrm.matching.scan import LEAST

Floats = NDArray[np.float64]
THRESHOLD = 0.99


@dataclass(frozen=True, slots=True)
class FileResult:
    """Pairs over .01 as (id_a, id_b, probability), the surest first, and each id's cluster.

    A record that matches none is a cluster of its own. `kinds` says how each column was compared.
    """

    pairs: list[tuple[str, str, float]]
    clusters: dict[str, str]
    kinds: dict[str, ColumnKind]


def dedupe_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    id_column: str,
    compare: Mapping[str, str] | None = None,
) -> FileResult:
    """Find the rows of one person; `compare` tells the kinds of columns, others are guessed.

    Raises BadInputError when the id column is missing, an id is empty or stands twice, when a told
    column or kind does not exist, or when no column can be compared.
    """
    if id_column not in header:
        raise BadInputError("There is no column called {column}; name the id column", column=id_column)
    ids = _ids(header, rows, id_column)
    kinds = column_kinds(header, rows, id_column, compare or {})
    if all(kind is ColumnKind.IGNORE for kind in kinds):
        raise BadInputError("No column can be compared; tell their kinds, such as name or email")
    if is_contact_file(kinds):
        pairs = scan_contacts(ids, rows, kinds)
    else:
        kinds = without_repeats(kinds)
        used = [place for place, kind in enumerate(kinds) if kind is not ColumnKind.IGNORE]
        columns = [code_column(header[p], kinds[p], [_cell(row, p) for row in rows]) for p in used]
        pairs = _named(ids, *score_rows(columns))
    groups = _clusters(ids, pairs)
    return FileResult(pairs, groups, dict(zip(header, kinds, strict=True)))


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _ids(header: Sequence[str], rows: Sequence[Sequence[str]], id_column: str) -> list[str]:
    place = list(header).index(id_column)
    ids = [_cell(row, place).strip() for row in rows]
    if not all(ids):
        raise BadInputError("A row has no {column}; every row needs one", column=id_column)
    if len(set(ids)) < len(ids):
        raise BadInputError("The column {column} holds a value twice; ids are unique", column=id_column)
    return ids


def _named(ids: Sequence[str], first: Ints, second: Ints, sure: Floats) -> list[tuple[str, str, float]]:
    rows = np.flatnonzero(sure > LEAST)
    rows = rows[np.argsort(-sure[rows], kind="stable")]
    return [(ids[first[k]], ids[second[k]], float(sure[k])) for k in rows.tolist()]


def _clusters(ids: Sequence[str], pairs: Sequence[tuple[str, str, float]]) -> dict[str, str]:
    """Each id -> the first id of its star in the order of the file."""
    order = {name: place for place, name in enumerate(ids)}
    found = {name: name for name in ids}
    for group in stars(pair for pair in pairs if pair[2] >= THRESHOLD):
        survivor = min((str(member) for member in group), key=order.__getitem__)
        found.update((str(member), survivor) for member in group)
    return found
