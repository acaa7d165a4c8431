"""What an erasure will do, counted before anybody confirms it; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, looks_beyond
from wmcrm.models import Person, metadata
from wmcrm.privacy.authority import require_all_of
from wmcrm.privacy.contents import changes_about, import_rows_about
from wmcrm.privacy.inventory import Erased, tables_where
from wmcrm.privacy.subject import identifiers_of, of_subject, subject_of

# Made again from the facts or by a machine: no row of them was ever entered.
DERIVED = frozenset({"person_summary", "person_search", "match_key", "consent_state", "blind_index", "candidate_pair"})


@dataclass(frozen=True, slots=True)
class ForeseenErasure:
    """How many records and rows go, by table; how many participations stay of somebody without a name.

    ``changes`` and ``sheet_rows`` are emptied, ``identifiers`` leave a keyed hash each.
    """

    records: int
    deleted: Mapping[str, int]
    participations: int
    changes: int
    sheet_rows: int
    identifiers: int


@looks_beyond(Beyond.WHOLE)
def foresee_erasure(session: Session, person: Person) -> ForeseenErasure:
    """What :func:`wmcrm.privacy.erase_person` would do; raises NotAllowedError where it would."""
    subject = subject_of(session, person)
    require_all_of(session, subject)
    identifiers = identifiers_of(session, subject.ids)
    names = [name for name in tables_where(erased=Erased.DELETED) if name not in DERIVED]
    counts = {name: _count(session, metadata.tables[name], subject.ids) for name in names}
    change = metadata.tables["change"]
    changes = sa.select(sa.func.count()).select_from(change).where(changes_about(subject.ids))
    return ForeseenErasure(
        records=len(subject.ids),
        deleted={name: count for name, count in counts.items() if count},
        participations=_count(session, metadata.tables["participation"], subject.ids, ["person_id"]),
        changes=session.scalar(changes) or 0,
        sheet_rows=len(import_rows_about(session, subject.ids, identifiers)),
        identifiers=len(identifiers),
    )


def _count(session: Session, table: sa.Table, ids: tuple[int, ...], columns: list[str] | None = None) -> int:
    counted = sa.select(sa.func.count()).select_from(table).where(of_subject(table, ids, columns))
    return session.scalar(counted) or 0
