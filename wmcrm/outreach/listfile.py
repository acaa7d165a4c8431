"""A list as a file: contact values with the ground they stand on and the day after which nobody uses them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from wmcrm.outreach.answers import Outreach, PermittedPoint
from wmcrm.outreach.lists import PreparedList
from wmcrm.sheets.writing import write_csv, write_xlsx

LIST_COLUMNS = ("name", "channel", "value", "purpose", "basis", "since", "valid_until", "other_teams", "use_by")


class ListFormat(StrEnum):
    """The kinds of file in which a list leaves."""

    CSV = "csv"
    XLSX = "xlsx"


def list_file(
    result: Outreach,
    kept: PreparedList,
    kind: ListFormat,
    *,
    header: Sequence[str] = LIST_COLUMNS,
    right_to_left: bool = False,
) -> bytes:
    """The permitted points of an opened list as CSV or XLSX; no cell runs as a formula. Holds contact values."""
    rows = [_line(point, kept) for point in result.permitted]
    if kind is ListFormat.CSV:
        return write_csv(rows, header)
    return write_xlsx(rows, header, sheet=kept.public_id, right_to_left=right_to_left)


def _line(point: PermittedPoint, kept: PreparedList) -> tuple[object, ...]:
    return (
        point.display_name,
        point.channel.value,
        point.value,
        kept.purpose,
        point.basis.value if point.basis else None,
        point.since,
        point.valid_until,
        point.other_teams,
        kept.use_by,
    )
