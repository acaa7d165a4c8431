"""People who were erased, sealed or merged between the plan of an import and its rows."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.errors import StalePlanError
from wmcrm.importer.writing import BATCH
from wmcrm.models import PersonStatus, Protection, metadata

PERSON = metadata.tables["person"]
SHEET_PEOPLE = frozenset({PersonStatus.ACTIVE, PersonStatus.HELD})
# A row of a file names a record by its number for ever: one that was merged takes what is said of it.
FILE_PEOPLE = SHEET_PEOPLE | {PersonStatus.MERGED}


@looks_beyond(Beyond.WRITING)
def refuse_moved(session: Session, person_ids: Collection[int], allowed: Collection[PersonStatus]) -> None:
    """Raise StalePlanError where somebody to whom rows were written is not of these statuses any more, or is sealed.

    What names a person is written: from here on PostgreSQL lets nobody erase, seal or merge them before this
    transaction ends.
    """
    gone = sa.or_(PERSON.c.status.not_in(sorted(allowed)), PERSON.c.protection == Protection.SEALED)
    ids = sorted(person_ids)
    for start in range(0, len(ids), BATCH):
        query = sa.select(PERSON.c.id).where(PERSON.c.id.in_(ids[start : start + BATCH]), gone)
        if session.execute(query.limit(1)).first() is not None:
            raise StalePlanError(
                "The data changed since the preview; look at what the import would do now and confirm again."
            )
