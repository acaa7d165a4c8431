"""Sheets that wait to be imported: whoever goes must not come out of one of them again.

The importer keeps them as files with their run; here they are only read, row by row, and dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.errors import WmcrmError
from wmcrm.models import ImportState, metadata
from wmcrm.outreach import Identifier, IdentifierKind
from wmcrm.sheets import read_bytes, read_pasted

RUN = metadata.tables["import_run"]
STORED = metadata.tables["stored_file"]
DIGITS_COMPARED = 7  # at the end of a number: sheets leave out the country, or write a 0 instead
SHORTEST_INSIDE = 4  # a shorter username is looked for as a whole cell only


def drop_open_sheets_that_say(session: Session, identifiers: Collection[Identifier]) -> int:
    """Delete every sheet that waits to be imported and names one of these; returns how many.

    One that cannot be read any more goes too: nobody can say what it holds. Whoever handed it over hands it
    over again; then the row is withheld.
    """
    wanted = _pattern(identifiers)
    query = sa.select(RUN.c.id, RUN.c.stored_file_id, RUN.c.options, RUN.c.decisions).where(
        RUN.c.state == ImportState.DRAFT, RUN.c.stored_file_id.is_not(None)
    )
    waiting = session.execute(query.order_by(RUN.c.id)).all() if wanted else ()
    found = [
        (run_id, stored_id)
        for run_id, stored_id, options, decisions in waiting
        if wanted and _says(session, stored_id, options, str(decisions), wanted)
    ]
    for run_id, stored_id in found:
        session.execute(sa.delete(RUN).where(RUN.c.id == run_id))
        session.execute(sa.delete(STORED).where(STORED.c.id == stored_id))
    return len(found)


def _pattern(identifiers: Collection[Identifier]) -> re.Pattern[str] | None:
    """What finds any of them in a cell that was made plain; None when there is nothing to look for."""
    parts: set[str] = set()
    for one in identifiers:
        match one.kind:
            case IdentifierKind.EXTERNAL | IdentifierKind.NAMED:
                continue
            case IdentifierKind.PHONE | IdentifierKind.WHATSAPP | IdentifierKind.SIGNAL:
                digits = re.sub(r"\D", "", one.value)[-DIGITS_COMPARED:]
                parts.add(r"[\W_]*".join(digits) + r"(?!\d)" if len(digits) == DIGITS_COMPARED else "")
            case _ if len(one.value) < SHORTEST_INSIDE:
                parts.add(rf"\A\W*{re.escape(_plain(one.value))}\W*\Z")
            case _:
                parts.add(rf"(?<!\w){re.escape(_plain(one.value))}(?!\w)")
    parts.discard("")
    return re.compile("|".join(sorted(parts))) if parts else None


def _says(
    session: Session, stored_id: int, options: Mapping[str, object], mended: str, wanted: re.Pattern[str]
) -> bool:
    content = session.execute(sa.select(STORED.c.content).where(STORED.c.id == stored_id)).scalar()
    if content is None:
        return False
    try:
        return any(wanted.search(_plain(cell)) for cell in (mended, *_cells(content, options)))
    except WmcrmError:
        return True


def _cells(content: bytes, options: Mapping[str, object]) -> Iterator[str]:
    """Every cell of every table, hidden ones too; raises WmcrmError for what is no sheet."""
    if options.get("is_pasted") is True:
        opened = read_pasted(content.decode("utf-8", "replace"))
    else:
        encoding, delimiter = options.get("encoding"), options.get("delimiter")
        opened = read_bytes(
            content,
            encoding=encoding if isinstance(encoding, str) else None,
            delimiter=delimiter if isinstance(delimiter, str) else None,
        )
    with opened as file:
        for table in file.tables:
            for row in table:
                yield from (str(cell) for cell in row.cells if cell)


def _plain(text: str) -> str:
    """As it is compared: no percent-encoding of addresses, spaces for underscores, one case, plain digits."""
    said = unquote(text) if "%" in text else text
    return "".join(str(int(c)) if c.isdecimal() else c for c in said.replace("_", " ").casefold())
