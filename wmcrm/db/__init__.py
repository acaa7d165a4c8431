"""The database: engines, sessions that carry who acts, column types, identifiers."""

from wmcrm.db.criteria import EverywhereFilter
from wmcrm.db.engine import open_engine
from wmcrm.db.ids import new_public_id, reserve_ids
from wmcrm.db.sessions import (
    NOBODY,
    OPERATOR,
    Actor,
    Session,
    Share,
    Through,
    acting_as,
    actor_of,
    open_session,
    session_scope,
)
from wmcrm.db.types import UtcDateTime, enum_type, json_type
from wmcrm.db.wall import Beyond, acting_for, beyond_scope, looks_beyond

__all__ = [
    "NOBODY",
    "OPERATOR",
    "Actor",
    "Beyond",
    "EverywhereFilter",
    "Session",
    "Share",
    "Through",
    "UtcDateTime",
    "acting_as",
    "acting_for",
    "actor_of",
    "beyond_scope",
    "enum_type",
    "json_type",
    "looks_beyond",
    "new_public_id",
    "open_engine",
    "open_session",
    "reserve_ids",
    "session_scope",
]
