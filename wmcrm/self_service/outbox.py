"""The outbox: letters are decided on with everything else of a transaction, and leave after it.

A letter names a contact point, never an address. Taking a letter judges again through the gate, makes the
link, and marks the letter before it leaves; so a rollback sends nothing and no letter leaves twice. A letter
of which nobody knows whether it left (the connection or the process broke at that moment) stays *unsure*.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.mail import Draft, Handed, Outcome, compose
from wmcrm.models import Letter, LetterKind, LetterState
from wmcrm.outreach import NO_MAILBOX, note_bounce, take_invitation_back
from wmcrm.self_service.letters import Addressed, address_of, write_letter
from wmcrm.settings import Settings

# After each failed try this long; after the last the letter has failed.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (5, 30, 2 * 60, 8 * 60, 24 * 60))
LONGEST_SENDING = dt.timedelta(minutes=15)
NO_ADDRESS = "no address"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter on its way: marked as such, with the message to hand over."""

    letter_id: int
    message: EmailMessage = field(repr=False)


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as lists show it: no address, no text."""

    letter: str
    kind: LetterKind
    state: LetterState
    queued_at: dt.datetime
    next_try_at: dt.datetime | None
    tries: int
    why: str | None


def queue_letter(session: Session, letter: Letter) -> None:
    """Decide on a letter; it leaves after this transaction, if that is committed."""
    session.add(letter)
    session.flush()


def take_letter(session: Session, settings: Settings, *, now: dt.datetime) -> Parcel | None:
    """The next letter that is due, marked as on its way; None when there is none. Commit before handing it over.

    Letters that may not leave any more are closed on the way.
    """
    while (letter := _next(session, now)) is not None:
        addressed = address_of(session, letter)
        if isinstance(addressed, Addressed):
            message = _message(session, settings, addressed, now)
            if message is not None:
                letter.state, letter.tries, letter.next_try_at = LetterState.SENDING, letter.tries + 1, now
                session.flush()
                return Parcel(letter.id, message)
        why = NO_ADDRESS if isinstance(addressed, Addressed) else addressed
        _close(session, letter, LetterState.WITHHELD, why, now)
    return None


def note_outcome(session: Session, letter_id: int, handed: Handed, *, now: dt.datetime) -> LetterState:
    """Write down what came of handing a letter over, and when it is tried again.

    Of a person who was erased or sealed meanwhile there is nothing to write down.
    """
    letter = session.get(Letter, letter_id)
    if letter is None:
        return _ENDS[handed.outcome]
    why = handed.why[:40] or None
    if handed.outcome is Outcome.NO_MAILBOX and letter.contact_point_id is not None:
        note_bounce(session, letter.contact_point_id, now=now)
        why = NO_MAILBOX
    if handed.outcome is Outcome.LATER and letter.tries <= len(PAUSES):
        letter.state, letter.why, letter.next_try_at = LetterState.WAITING, why, now + PAUSES[letter.tries - 1]
        session.flush()
    else:
        _close(session, letter, _ENDS[handed.outcome], why, now)
    return letter.state


def give_up_stuck(session: Session, *, now: dt.datetime) -> int:
    """Mark letters whose sender vanished in the middle as unsure; returns how many there were."""
    found = session.scalars(sa.select(Letter).where(*_stuck(now))).all()
    for letter in found:
        _close(session, letter, LetterState.UNSURE, INTERRUPTED, now)
    return len(found)


def is_empty(session: Session, *, now: dt.datetime) -> bool:
    """Whether no letter is due and none is stuck."""
    waiting = sa.select(col(Letter.id)).where(sa.or_(sa.and_(*_due(now)), sa.and_(*_stuck(now))))
    return session.scalars(waiting.limit(1)).first() is None


def letters(
    session: Session, *, states: Sequence[LetterState] = (), before: str = "", limit: int = 200
) -> list[LetterRow]:
    """The newest letters, newest first; with states only those in one of them, with ``before`` those after that one.

    Raises BadInputError where the letter ``before`` is not (or no more) in the list.
    """
    query = sa.select(Letter).order_by(col(Letter.id).desc()).limit(limit)
    if states:
        query = query.where(col(Letter.state).in_(states))
    if before:
        last = session.scalars(sa.select(col(Letter.id)).where(col(Letter.public_id) == before)).first()
        if last is None:
            raise BadInputError("The list changed meanwhile; begin at its first page.")
        query = query.where(col(Letter.id) < last)
    return [_row(letter) for letter in session.scalars(query)]


def try_now(session: Session, reference: str, *, now: dt.datetime) -> LetterRow:
    """Let a letter that waits be tried now instead of after its pause; it counts as none of its tries.

    Only what waits: another letter has left, may have left, or was given up, and then nobody counts as asked and
    a new one may be written. Raises NotFoundError for no letter, ConflictError for one that does not wait.
    """
    query = sa.select(Letter).where(col(Letter.public_id) == reference).with_for_update()
    letter = session.scalars(query).first()
    if letter is None:
        raise NotFoundError("There is no such letter.")
    if letter.state is not LetterState.WAITING:
        raise ConflictError("This letter does not wait any more; only one that waits can be tried now.")
    letter.next_try_at, letter.tries = now, max(letter.tries - 1, 0)
    session.flush()
    return _row(letter)


_ENDS = {
    Outcome.SENT: LetterState.SENT,
    Outcome.LATER: LetterState.FAILED,
    Outcome.REFUSED: LetterState.FAILED,
    Outcome.NO_MAILBOX: LetterState.FAILED,
    Outcome.UNSURE: LetterState.UNSURE,
}


def _due(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Letter.state) == LetterState.WAITING, col(Letter.next_try_at) <= now


def _stuck(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Letter.state) == LetterState.SENDING, col(Letter.next_try_at) < now - LONGEST_SENDING


def _next(session: Session, now: dt.datetime) -> Letter | None:
    # Two senders at once: on PostgreSQL the second passes over what the first holds; SQLite has one writer.
    query = sa.select(Letter).where(*_due(now)).order_by(col(Letter.id)).limit(1)
    return session.scalars(query.with_for_update(skip_locked=True)).first()


def _message(session: Session, settings: Settings, addressed: Addressed, now: dt.datetime) -> EmailMessage | None:
    written = write_letter(session, settings, addressed, now=now)
    letter = addressed.letter
    draft = Draft(
        letter.public_id, addressed.value, written.subject, written.text, letter.language, written.unsubscribe
    )
    try:
        return compose(draft, sender=settings.mail_from, now=now)
    except BadInputError:
        return None


def _close(session: Session, letter: Letter, state: LetterState, why: str | None, now: dt.datetime) -> None:
    """End a letter; of an invitation that surely did not arrive nobody says that the person was asked."""
    letter.state, letter.why, letter.ended_at = state, why, now
    if letter.kind is LetterKind.OPT_IN and state in {LetterState.WITHHELD, LetterState.FAILED}:
        purpose_id, channel = letter.purpose_id, letter.channel
        assert purpose_id is not None and channel is not None
        take_invitation_back(session, letter.person_id, purpose_id=purpose_id, channel=channel)
    session.flush()


def _row(letter: Letter) -> LetterRow:
    later = letter.next_try_at if letter.state is LetterState.WAITING else None
    return LetterRow(letter.public_id, letter.kind, letter.state, letter.queued_at, later, letter.tries, letter.why)
