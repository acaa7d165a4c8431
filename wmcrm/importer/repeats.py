"""Rows of files that came again: they changed nothing, because an earlier import had."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.models import ImportKind, ImportRun, Outcome, metadata

RUN, ROW = metadata.tables["import_run"], metadata.tables["imported_row"]


def forget_repeats(session: Session, run: ImportRun) -> None:
    """Let no later row say that it is imported because a row of this run was: the run is taken back.

    Sheets of sign-ups need it not: what a later sheet says too stays when the first is taken back.
    """
    if run.kind is ImportKind.SIGNUPS:
        return
    later = sa.select(RUN.c.id).where(RUN.c.id > run.id, RUN.c.kind == run.kind, RUN.c.source == run.source)
    mine = sa.select(ROW.c.external_id).where(ROW.c.run_id == run.id, ROW.c.outcome != Outcome.UNCHANGED)
    repeated = (ROW.c.run_id.in_(later), ROW.c.outcome == Outcome.UNCHANGED, ROW.c.external_id.in_(mine))
    session.execute(sa.update(ROW).where(*repeated).values(fingerprint=""))
