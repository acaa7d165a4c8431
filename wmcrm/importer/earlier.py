"""Rows of earlier imports of sheets for the same event: by them a sheet that comes again is known."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.importer.fingerprints import read_fingerprint
from wmcrm.importer.lookup import survivors
from wmcrm.importer.plan import Seen
from wmcrm.models import ImportKind, ImportState, RowKind, metadata

NOTHING_SEEN = Seen()


@looks_beyond(Beyond.LOOKUP)
def rows_seen(session: Session, event_id: int | None) -> Seen:
    """What applied imports recorded for the event, as fingerprints; merged people are their survivors."""
    if event_id is None:
        return NOTHING_SEEN
    run, ledger = metadata.tables["import_run"], metadata.tables["imported_row"]
    query = (
        sa.select(ledger.c.run_id, ledger.c.fingerprint, ledger.c.person_id)
        .join(run, run.c.id == ledger.c.run_id)
        .where(run.c.event_id == event_id, run.c.kind == ImportKind.SIGNUPS, run.c.state == ImportState.APPLIED)
        .where(ledger.c.kind == RowKind.PERSON, ledger.c.person_id.is_not(None), ledger.c.fingerprint != "")
        .order_by(ledger.c.run_id, ledger.c.row_number)
    )
    rows = session.execute(query).all()
    now = survivors(session, {person_id for _, _, person_id in rows})
    same_name: dict[int, tuple[int, ...]] = defaultdict(tuple)
    same_row: dict[int, tuple[int, ...]] = {}
    for _, group in groupby(rows, key=lambda row: row[0]):
        of_run: dict[int, tuple[int, ...]] = defaultdict(tuple)
        for _, fingerprint, person_id in group:
            whole, name = read_fingerprint(fingerprint)
            of_run[whole] = (*of_run[whole], now[person_id])
            if name and now[person_id] not in same_name[name]:
                same_name[name] = (*same_name[name], now[person_id])
        # Equal rows of one sheet are told apart by their order; the sheet that had most of them knows most.
        same_row.update(
            (whole, people) for whole, people in of_run.items() if len(people) >= len(same_row.get(whole, ()))
        )
    return Seen(same_row, dict(same_name))


@looks_beyond(Beyond.LOOKUP)
def was_imported(session: Session, file_hash: str, event_id: int | None) -> bool:
    """True when an applied run has the same file for the same event."""
    run = metadata.tables["import_run"]
    query = sa.select(run.c.id).where(
        run.c.file_hash == file_hash,
        run.c.kind == ImportKind.SIGNUPS,
        run.c.event_id == event_id,
        run.c.state == ImportState.APPLIED,
    )
    return event_id is not None and session.execute(query.limit(1)).first() is not None
