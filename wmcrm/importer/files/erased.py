"""Rows that would bring back somebody who was erased are withheld; of rows that name somebody sealed stewards hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.importer.files.issues import row_warning
from wmcrm.importer.files.people_cells import TypedContact
from wmcrm.importer.files.reading import Draft
from wmcrm.models import BlindIndex, ContactKind, Suppression
from wmcrm.outreach import Identifier, identifiers_of_row, suppressed_identifiers
from wmcrm.privacy import note_sealed_hits


def withheld_rows(session: Session, drafts: Iterable[Draft], source: str) -> frozenset[int]:
    """The numbers of the rows of people that hold an identifier of somebody who was erased."""
    # Hashing every address of a large file takes longer than reading it: not while nobody was erased.
    if session.scalars(sa.select(col(Suppression.id)).limit(1)).first() is None:
        return frozenset()
    by_row = {draft.row: _identifiers(draft, source) for draft in drafts}
    forbidden = suppressed_identifiers(session, {one for found in by_row.values() for one in found})
    return frozenset(row for row, found in by_row.items() if not found.isdisjoint(forbidden))


def tell_stewards(session: Session, written: Mapping[int, Draft], source: str) -> None:
    """Note which people, each with the row that wrote something of them, may be sealed ones; says nothing."""
    if session.scalars(sa.select(col(BlindIndex.id)).limit(1)).first() is None:
        return
    note_sealed_hits(session, {person_id: _identifiers(draft, source) for person_id, draft in written.items()})


def blank(draft: Draft) -> Draft:
    """The row as the ledger may keep it: its number and that it was withheld."""
    issue = row_warning(draft.row, None, "withheld", "This row was withheld: the person was erased before")
    return replace(draft, external_id="", values={}, cells=(), fingerprint="", issues=(issue,), usable=False)


def _identifiers(draft: Draft, source: str) -> set[Identifier]:
    contacts = draft.values.get("contacts")
    typed = [one for one in contacts if isinstance(one, TypedContact)] if isinstance(contacts, tuple) else []
    username = draft.values.get("username")
    return identifiers_of_row(
        names=[str(draft.values["display_name"])],
        usernames=[str(username)] if username else [],
        emails=[one.normalized for one in typed if one.kind is ContactKind.EMAIL],
        phones=[one.normalized for one in typed if one.kind is ContactKind.PHONE],
        external=f"{source}:{draft.external_id}",
    )
