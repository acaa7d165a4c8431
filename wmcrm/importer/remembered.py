"""Mappings that people confirmed, remembered for the same set of headers."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.importer.mapping import (
    ColumnMapping,
    mapping_from_json,
    mapping_to_json,
    normalized_header_key,
)
from wmcrm.models import SavedMapping


def remembered_mapping(session: Session, headers: tuple[str, ...], holder_id: int | None) -> ColumnMapping | None:
    """The newest mapping that was confirmed for these headers, of the same affiliate first; None if none was."""
    own = sa.case((col(SavedMapping.holder_affiliate_id) == holder_id, 0), else_=1)
    query = (
        sa.select(SavedMapping)
        .where(col(SavedMapping.header_key) == _key(headers))
        .order_by(own, col(SavedMapping.version).desc(), col(SavedMapping.id).desc())
    )
    found = session.scalars(query.limit(1)).first()
    if found is None:
        return None
    mapping = mapping_from_json(json.dumps({"columns": found.mapping}), headers)
    # A purpose is named anew for each sheet: a consent is never claimed because another sheet claimed one.
    return tuple(replace(guess, purpose=None, channel=None) for guess in mapping)


def remember_mapping(
    session: Session, headers: tuple[str, ...], mapping: ColumnMapping, holder_id: int | None
) -> SavedMapping:
    """Keep a mapping as the newest version for its headers."""
    key = _key(headers)
    newest = session.scalar(
        sa.select(sa.func.max(SavedMapping.version)).where(
            col(SavedMapping.header_key) == key, col(SavedMapping.holder_affiliate_id).is_not_distinct_from(holder_id)
        )
    )
    saved = SavedMapping(
        header_key=key,
        holder_affiliate_id=holder_id,
        version=(newest or 0) + 1,
        mapping=json.loads(mapping_to_json(mapping))["columns"],
        saved_by_id=actor_of(session).account_id,
    )
    session.add(saved)
    session.flush()
    return saved


def _key(headers: tuple[str, ...]) -> str:
    return sha256(normalized_header_key(headers).encode()).hexdigest()
