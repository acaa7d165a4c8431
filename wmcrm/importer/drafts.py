"""Drafts: a sheet that was handed over and is not imported yet, with everything said about it so far.

A draft is an ImportRun in the state ``draft`` and a StoredFile. It belongs to the account that handed the
sheet over, and to nobody else: the sheet holds what people wrote about themselves. It goes after a week, when
it is dropped, and when it is imported; then only the name of the import stays with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.importer.choices import (
    Choices,
    RowDecisions,
    choices_from_json,
    choices_to_json,
    decisions_from_json,
    decisions_to_json,
)
from wmcrm.models import Affiliate, ImportKind, ImportRun, ImportState, StoredFile, may_hold, now_utc
from wmcrm.sheets import ReadFile, content_hash, read_bytes, read_pasted

KEPT = timedelta(days=7)
PURPOSE = "import_draft"
IMPORTED_AS = "imported_as"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is worked with; ``imported_as`` is the import that was made of it, None before."""

    run: ImportRun
    choices: Choices
    decisions: RowDecisions
    imported_as: str | None = None

    @property
    def public_id(self) -> str:
        """The name of the draft in addresses."""
        return self.run.public_id


def start_draft(session: Session, data: bytes, choices: Choices, *, now: datetime | None = None) -> Draft:
    """Keep the bytes of a sheet that was read without refusal, with what is known of it at once.

    Drafts that expired go at the same time. Raises NotAllowedError where the actor has no account.
    """
    actor, now = actor_of(session), now or now_utc()
    if actor.account_id is None:
        raise NotAllowedError("A draft belongs to an account; sign in, or use the command.")
    drop_expired(session, now=now)
    holder = min(actor.affiliate_ids, default=None) if not actor.sees_all else None
    digest = content_hash(data)
    stored = StoredFile(
        content_hash=digest,
        content=data,
        size=len(data),
        holder_affiliate_id=holder,
        purpose=PURPOSE,
        stored_at=now,
        stored_by_id=actor.account_id,
        expires_at=now + KEPT,
    )
    session.add(stored)
    session.flush()
    run = ImportRun(
        kind=ImportKind.SIGNUPS,
        state=ImportState.DRAFT,
        file_hash=digest,
        holder_affiliate_id=holder,
        stored_file_id=stored.id,
        options=choices_to_json(choices),
        created_at=now,
        created_by_id=actor.account_id,
    )
    session.add(run)
    session.flush()
    return Draft(run, choices, RowDecisions())


def find_draft(session: Session, reference: str, *, writing: bool = False, now: datetime | None = None) -> Draft:
    """The actor's own draft of a public id; with ``writing`` nobody else changes it before the transaction ends.

    Raises NotFoundError where there is none, it is somebody else's, or it has expired.
    """
    query = _own(session).where(col(ImportRun.public_id) == reference)
    run = session.scalars(query.with_for_update() if writing else query).first()
    if run is None or run.created_at < (now or now_utc()) - KEPT:
        raise NotFoundError("There is no draft {reference}; drafts are kept for a week.", reference=reference)
    imported_as = run.options.get(IMPORTED_AS)
    if isinstance(imported_as, str):
        return Draft(run, Choices(), RowDecisions(), imported_as)
    return Draft(run, choices_from_json(run.options), decisions_from_json(run.decisions))


def own_drafts(session: Session, *, now: datetime | None = None) -> list[Draft]:
    """The actor's drafts that wait to be imported, the newest first."""
    waiting = _own(session).where(
        col(ImportRun.stored_file_id).is_not(None), col(ImportRun.created_at) >= (now or now_utc()) - KEPT
    )
    runs = session.scalars(waiting.order_by(col(ImportRun.id).desc()).limit(20))
    return [Draft(run, choices_from_json(run.options), decisions_from_json(run.decisions)) for run in runs]


def keep_choices(draft: Draft, choices: Choices) -> Draft:
    """Remember what was said about the sheet; where its rows or columns may differ, what was said of them goes."""
    other_sheet = (choices.sheet, choices.encoding, choices.delimiter) != (
        draft.choices.sheet,
        draft.choices.encoding,
        draft.choices.delimiter,
    )
    if other_sheet:
        choices = replace(choices, columns={})
    other_event = (choices.event, choices.affiliate) != (draft.choices.event, draft.choices.affiliate)
    decisions = draft.decisions
    if other_sheet:
        decisions = RowDecisions()
    elif other_event:  # who is a candidate depends on the event and on who holds the records
        decisions = RowDecisions(left_out=decisions.left_out, cells=decisions.cells)
    draft.run.options = choices_to_json(choices)
    return keep_decisions(replace(draft, choices=choices), decisions)


def keep_decisions(draft: Draft, decisions: RowDecisions) -> Draft:
    """Remember what was said about single rows."""
    draft.run.decisions = decisions_to_json(decisions)
    return replace(draft, decisions=decisions)


def read_draft(session: Session, draft: Draft) -> ReadFile:
    """The tables of the draft's file as its choices say to read it; raises SheetRefusedError and NotFoundError."""
    query = sa.select(StoredFile).where(col(StoredFile.id) == draft.run.stored_file_id)
    stored = session.scalars(query).first()
    if stored is None:
        raise NotFoundError("There is no draft {reference}; drafts are kept for a week.", reference=draft.public_id)
    return read_handed_over(stored.content, draft.choices)


def read_handed_over(data: bytes, choices: Choices) -> ReadFile:
    """The tables of a file or of pasted cells; raises SheetRefusedError, and then nothing is stored."""
    if choices.is_pasted:
        return read_pasted(data.decode("utf-8", "replace"))
    return read_bytes(data, encoding=choices.encoding, delimiter=choices.delimiter)


def check_holder(session: Session, choices: Choices) -> None:
    """Refuse (NotAllowedError) records in the name of an affiliate that is not the actor's."""
    if choices.affiliate is None:
        return
    holder = session.scalars(sa.select(Affiliate).where(col(Affiliate.public_id) == choices.affiliate)).first()
    if holder is None:
        raise BadInputError("Choose the affiliate that will hold these records.")
    if not may_hold(session, holder.id):
        raise NotAllowedError("You may record facts for your own affiliate only.")


def close_draft(session: Session, draft: Draft, imported_as: str) -> None:
    """The draft was imported: its file and all it said of people go, the name of the import stays."""
    _drop_files(session, [draft.run.stored_file_id])
    draft.run.stored_file_id = None
    draft.run.options = {IMPORTED_AS: imported_as}
    draft.run.decisions = {}
    session.flush()


def drop_draft(session: Session, draft: Draft) -> None:
    """The draft and its file go."""
    stored_file_id = draft.run.stored_file_id
    session.delete(draft.run)
    session.flush()
    _drop_files(session, [stored_file_id])


def drop_expired(session: Session, *, now: datetime) -> int:
    """Drafts that the actor may see and that are older than a week go, with their files; how many."""
    old = sa.select(ImportRun).where(col(ImportRun.state) == ImportState.DRAFT, col(ImportRun.created_at) < now - KEPT)
    runs = session.scalars(old).all()
    files = [run.stored_file_id for run in runs]
    for run in runs:
        session.delete(run)
    session.flush()
    _drop_files(session, files)
    return len(runs)


def _own(session: Session) -> sa.Select[ImportRun]:
    account_id = actor_of(session).account_id
    mine = col(ImportRun.created_by_id) == account_id if account_id is not None else sa.false()
    return sa.select(ImportRun).where(mine, col(ImportRun.state) == ImportState.DRAFT)


def _drop_files(session: Session, ids: list[int | None]) -> None:
    wanted = [file_id for file_id in ids if file_id is not None]
    if wanted:
        session.execute(sa.delete(StoredFile).where(col(StoredFile.id).in_(wanted), col(StoredFile.purpose) == PURPOSE))
