"""Elevated protection: contact values masked, on no list. Sealing is a way of its own (wmcrm.privacy.sealing)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.errors import ConflictError
from wmcrm.models import Person, Protection
from wmcrm.models.removing import require_held_by_nobody_else


def protect(session: Session, person: Person) -> None:
    """From now on a person is on no list, and their contact values are masked; raises ConflictError if sealed."""
    _set(session, person, Protection.ELEVATED)


def stop_protecting(session: Session, person: Person) -> None:
    """A person is like everybody again; raises ConflictError for somebody sealed.

    Raises NotAllowedError where another affiliate holds the person too: it may be they who need the protection.
    """
    require_held_by_nobody_else(session, person.id)
    _set(session, person, Protection.NORMAL)


def _set(session: Session, person: Person, protection: Protection) -> None:
    if person.protection is Protection.SEALED:
        raise ConflictError(
            "{person} is sealed; only a steward with a key can unseal the record.", person=person.public_id
        )
    person.protection = protection
    session.flush()
