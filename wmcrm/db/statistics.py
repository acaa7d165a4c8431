"""What SQLite's planner believes of tables that it has not counted, or counted while they were small.

Without figures, or with those of a hundred people, it takes the index of a status, or of who holds a record, for
that of a few ids, and each small batch then reads everybody. So tables are taken for large until they are: when the
schema was made or changed, and counted when a connection closes that wrote much.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

SMALL = 20_000  # rows up to which a poor plan costs nothing
ASSUMED = 1_000_000  # rows
FEW_VALUES = frozenset(
    {
        "account_id",
        "action",
        "affiliate_id",
        "channel",
        "country",
        "deepest_role",
        "holder_affiliate_id",
        "kind",
        "language",
        "purpose_id",
        "residence_country",
        "source",
        "standing",
        "state",
        "status",
        "subject_table",
    }
)
Figures = dict[str, str]  # by index: rows, then rows that share its first column, its first two, ...


def keep_figures(connection: sqlite3.Connection) -> None:
    """Assume what is not known of small tables, count those that have grown; nothing is written where nothing changed.

    Tables that were counted while they were large are SQLite's own matter (``PRAGMA optimize``).
    """
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    known = _known(connection, "sqlite_stat1" in tables)
    assumed: dict[str, Figures] = {}
    grown: list[str] = []
    for table in tables:
        mine, figures = dict(_assumed(connection, table)), known.get(table, {})
        if not mine or _is_counted(figures, mine):
            continue
        if _is_large(connection, table):
            grown.append(table)
        elif figures != mine:
            assumed[table] = mine
    if assumed or grown:
        connection.execute("ANALYZE sqlite_schema")  # makes the table of figures where there is none
        connection.execute("BEGIN IMMEDIATE")
        for table, figures in assumed.items():
            _write(connection, table, figures)
        for table in grown:
            connection.execute(f'ANALYZE "{table}"')
        connection.execute("COMMIT")
        connection.execute("ANALYZE sqlite_schema")  # reads the figures again


def _is_counted(figures: Figures, assumed: Figures) -> bool:
    """Whether every index of a table has a figure that was counted while the table was large."""
    rows = max((int(some.split()[0]) for some in figures.values()), default=0)
    return figures.keys() >= assumed.keys() and rows > SMALL and figures != assumed


def _known(connection: sqlite3.Connection, is_kept: bool) -> dict[str, Figures]:
    known: dict[str, Figures] = {}
    for table, index, figures in connection.execute("SELECT tbl, idx, stat FROM sqlite_stat1") if is_kept else ():
        known.setdefault(table, {})[index or ""] = figures
    return known


def _assumed(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    """What to assume of each index of a table of ours."""
    if table.startswith(("sqlite_", "person_search_")):
        return
    for index, is_unique in connection.execute('SELECT name, "unique" FROM pragma_index_list(?)', (table,)).fetchall():
        columns = [name for (name,) in connection.execute("SELECT name FROM pragma_index_info(?)", (index,))]
        figures = [ASSUMED]
        for column in columns:
            figures.append(max(figures[-1] // 10, 1) if column in FEW_VALUES else min(figures[-1], 10))
        yield index, " ".join(map(str, [*figures[:-1], 1] if is_unique else figures))


def _is_large(connection: sqlite3.Connection, table: str) -> bool:
    query = f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT {SMALL + 1})'  # noqa: S608  (a name of the schema)
    return bool(connection.execute(query).fetchone()[0] > SMALL)


def _write(connection: sqlite3.Connection, table: str, figures: Figures) -> None:
    connection.execute("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table,))
    rows = [(table, index, some) for index, some in figures.items()]
    connection.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
