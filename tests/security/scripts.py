"""Scripts, or formulas, in the place of every text: what a hostile sheet, import or colleague could have stored."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import AutoString

from tests.security.planted import CANARIES, Side
from wmcrm.db import Session
from wmcrm.models import metadata

TextFor = Callable[[sa.Column[object]], str]
# The longest that fits: each would show itself by a dialog, a variable, an element or a number worked out.
PAYLOADS = (
    '"><img src=x onerror="top.ran=1"><script>top.ran=1;alert(1)</script>{{7*191}}',
    "<script>top.ran=1</script>{{7*191}}",
    "<svg onload=top.ran=1>{{7*191}}",
    "<img src=x>{{7*191}}",
    "<b>{{7*191}}",
    "<i>x",
)
ADDRESS = "javascript:top.ran=1//{{7*191}}"
IN_CELLS = "<img src=x onerror=top.ran=1>{{7*191}}"
FORMULAS = ("=", "+", "-", "@", "\t=", "\r=")
ADDRESSES = frozenset({"url", "website"})
# Codes, names of tables and hashes: nobody types them, and the code that reads them knows every value.
MACHINES = frozenset(
    {"public_id", "fs_uniquifier", "folded", "country", "residence_country", "timezone", "script", "language"}
    | {"locale", "subject_table", "table_name", "column_name", "key_id", "model_version", "header_key", "action"}
    | {"fingerprint", "plan_fingerprint", "kind", "community_region", "region", "recipient", "state"}
)
MACHINE_ENDINGS = ("_hash", "_secret", "token", "digest")
MACHINE_COLUMNS = frozenset(
    {("purpose", "code"), ("retention_rule", "code"), ("stored_file", "purpose"), ("access_log_entry", "purpose")}
    | {("access_log_entry", "channel"), ("privacy_notice", "version"), ("suppression", "why")}
)
UNTOUCHED_TABLES = frozenset({"suppression", "blind_index"})


def is_typed(table: sa.Table, column: sa.Column[object]) -> bool:
    """Whether somebody could have typed what stands in a column."""
    text = isinstance(column.type, sa.String | AutoString) and not isinstance(column.type, sa.Enum)
    machine = column.name in MACHINES or (table.name, column.name) in MACHINE_COLUMNS
    return text and not machine and not column.primary_key and not column.name.endswith(MACHINE_ENDINGS)


def payload_for(column: sa.Column[object]) -> str:
    """The longest script that fits into a column, with eight characters left for a number."""
    room = (getattr(column.type, "length", None) or 2000) - 8
    if column.name in ADDRESSES:
        return ADDRESS
    return next((one for one in PAYLOADS if len(one) <= room), "<i>")


def formula_for(column: sa.Column[object]) -> str:
    """A formula that fits into a column: its beginnings take turns."""
    beginning = FORMULAS[len(f"{column.table.name}{column.name}") % len(FORMULAS)]
    room = (getattr(column.type, "length", None) or 2000) - 8
    return f"{beginning}A1+cmd|x"[: max(room, len(beginning))]


def put_scripts(session: Session, text_for: TextFor = payload_for, in_cells: str = IN_CELLS) -> int:
    """A script (or what ``text_for`` gives) into every text column of every row; returns in how many columns."""
    count = 0
    for table in metadata.sorted_tables:
        if table.name in UNTOUCHED_TABLES:
            continue
        for column in table.columns:
            if is_typed(table, column):
                session.execute(sa.update(table).values({column: _numbered(table, column, text_for)}))
                count += 1
            elif isinstance(column.type, sa.JSON | JSONB):
                _into_json(session, table, column, PAYLOADS[0] if in_cells == IN_CELLS else in_cells)
    _into_files(session, in_cells)
    return count


def _numbered(table: sa.Table, column: sa.Column[object], text_for: TextFor) -> sa.ColumnElement[str]:
    """Texts that must differ end in the number of their row."""
    number = table.columns.get("id")
    text = sa.literal(text_for(column))
    return text if number is None else text + sa.cast(number, sa.String)


def _into_json(session: Session, table: sa.Table, column: sa.Column[object], text: str) -> None:
    keys = list(table.primary_key.columns)
    for row in session.execute(sa.select(column, *keys)).all():
        changed = _changed(row[0], text)
        if changed != row[0]:
            mine = [key == value for key, value in zip(keys, row[1:], strict=True)]
            session.execute(sa.update(table).where(*mine).values({column: changed}))


def _changed(value: object, text: str) -> object:
    match value:
        case dict():
            return {name: _changed(one, text) for name, one in value.items()}
        case list():
            return [_changed(one, text) for one in value]
        case str() if any(canary.casefold() in value.casefold() for canary in CANARIES.values()):
            return text
        case _:
            return value


def _into_files(session: Session, text: str) -> None:
    files = metadata.tables["stored_file"]
    for number, content in session.execute(sa.select(files.c.id, files.c.content)).all():
        spoiled = content.replace(CANARIES[Side.OWN].encode(), text.encode()).replace(b"colour", text.encode())
        session.execute(sa.update(files).where(files.c.id == number).values(content=spoiled))
