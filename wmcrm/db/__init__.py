"""The database: engines, sessions that carry who acts, column types, identifiers."""

from wmcrm.db.engine import open_engine
from wmcrm.db.ids import new_public_id, reserve_ids
from wmcrm.db.sessions import NOBODY, OPERATOR, Actor, Session, Through, actor_of, open_session, session_scope
from wmcrm.db.types import UtcDateTime, enum_type, json_type

__all__ = [
    "NOBODY",
    "OPERATOR",
    "Actor",
    "Session",
    "Through",
    "UtcDateTime",
    "actor_of",
    "enum_type",
    "json_type",
    "new_public_id",
    "open_engine",
    "open_session",
    "reserve_ids",
    "session_scope",
]
