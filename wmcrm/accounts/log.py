"""What happened to accounts, in the access log: who did what to which account, never a secret."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.db import actor_of
from wmcrm.models import AccessLogEntry, Account


def note_change(
    session: Session, action: str, account: Account, *, detail: str = "", by: Account | None = None
) -> None:
    """Write one line; ``by`` names an account that acts before it is signed in."""
    actor = actor_of(session)
    session.add(
        AccessLogEntry(
            account_id=by.id if by else actor.account_id,
            actor=by.name if by else actor.name,
            action=action,
            record_id=account.id,
            reason=detail or None,
        )
    )
    session.flush()
