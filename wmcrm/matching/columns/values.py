"""Columns of a file as numbers of distinct values in a comparable form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.columns.kinds import ColumnKind
from wmcrm.matching.keys import email_form, phone_form
from wmcrm.matching.scripts import skeleton
from wmcrm.matching.tokens import name_tokens, visible

Ints = NDArray[np.int32]
_WORDS = re.compile(r"[\W_]+")
_ABSENT = frozenset({"", "-", "--", "n/a", "na", "nan", "none", "null", "nil", "unknown", "?"})


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """One column: `numbers[row]` is the place of its value in `texts`, -1 where it is missing.

    `coarse` is a number for each text that survives small errors, for finding candidates; -1 for none.
    `share` is how often each text occurs among the filled cells.
    """

    header: str
    kind: ColumnKind
    texts: list[str]
    numbers: Ints
    coarse: Ints
    share: NDArray[np.float64]


def date_digits(text: str) -> str:
    """A date as YYYYMMDD where its order can be told, otherwise its digits in the order written."""
    groups = re.findall(r"\d+", text.split("T")[0])
    if len(groups) == 1 and len(groups[0]) == 8:
        return str(groups[0])
    if len(groups) != 3:
        return "".join(groups)
    if len(groups[2]) == 4:
        groups.reverse()
    year, month, day = groups
    if int(month) > 12 >= int(day):
        month, day = day, month
    return f"{year:0>4}{month:0>2}{day:0>2}"


def comparable(kind: ColumnKind, cell: str) -> str:
    """The form in which a cell is compared; "" when it says nothing."""
    text = visible(cell).strip().casefold()
    if text in _ABSENT:
        return ""
    match kind:
        case ColumnKind.EMAIL:
            return "@".join(email_form(text))
        case ColumnKind.PHONE:
            return phone_form(text)
        case ColumnKind.DATE:
            return date_digits(text)
        case ColumnKind.POSTCODE | ColumnKind.IDENTIFIER:
            return _WORDS.sub("", text)
        case ColumnKind.GIVEN | ColumnKind.FAMILY | ColumnKind.NAME:
            return " ".join(name_tokens(cell).latin)
        case _:
            return " ".join(name_tokens(text).latin) or _WORDS.sub(" ", text).strip()


def _coarse(kind: ColumnKind, text: str) -> str:
    match kind:
        case ColumnKind.GIVEN | ColumnKind.FAMILY | ColumnKind.NAME:
            bones = sorted(skeleton(word) for word in text.split())
            return " ".join(bones) if len("".join(bones)) > 1 else text
        case ColumnKind.EMAIL:
            return text.partition("@")[0]
        case _:
            return text


def code_column(header: str, kind: ColumnKind, cells: Sequence[str]) -> CodedColumn:
    """The cells of one column as numbers."""
    places: dict[str, int] = {"": -1}
    forms: dict[str, str] = {}
    numbers = np.empty(len(cells), dtype=np.int32)
    for row, cell in enumerate(cells):
        form = forms.get(cell)
        if form is None:
            form = forms[cell] = comparable(kind, cell)
        numbers[row] = places.setdefault(form, len(places) - 1)
    texts = list(places)[1:]
    coarse_places: dict[str, int] = {"": -1}
    coarse = np.array(
        [coarse_places.setdefault(_coarse(kind, t), len(coarse_places) - 1) for t in texts] + [-1], dtype=np.int32
    )
    counts = np.bincount(numbers[numbers >= 0], minlength=len(texts)).astype(float)
    return CodedColumn(header, kind, texts, numbers, coarse[numbers], counts / max(counts.sum(), 1))
