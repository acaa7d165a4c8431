"""The postman: takes what waits in the outbox and hands it over, a transaction before and one after each letter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass

from sqlalchemy.engine import Engine

from wmcrm.db import Actor, Session, Through, session_scope
from wmcrm.db.turns import my_turn
from wmcrm.mail import open_delivery
from wmcrm.models import LetterState, now_utc
from wmcrm.outreach import Keyring, use_keyring
from wmcrm.self_service.outbox import Parcel, give_up_stuck, is_empty, note_outcome, take_letter
from wmcrm.settings import Settings

POSTMAN = Actor(name="postman", sees_all=True, through=Through.JOB)
Clock = Callable[[], dt.datetime]
Stopping = Callable[[], bool]


def never() -> bool:
    """Not to be stopped."""
    return False


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: letters by the state in which they ended."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unsure: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def send_in_turn(engine: Engine, settings: Settings, *, clock: Clock = now_utc, stopping: Stopping = never) -> Round:
    """The same for what sends by itself: while another process does, this one leaves it to that."""
    with my_turn(engine, "letters") as mine:
        return send_waiting(engine, settings, clock=clock, stopping=stopping) if mine else Round()


def send_waiting(engine: Engine, settings: Settings, *, clock: Clock = now_utc, stopping: Stopping = never) -> Round:
    """Send every letter that is due, until ``stopping`` says so.

    Safe to call at any time, by several at once, and again after a crash. Commits by itself, around each letter:
    that a letter is on its way must be known before it leaves. Raises SettingsError when the settings for mail or
    links cannot be used; then everything waits.
    """
    with session_scope(engine, POSTMAN) as reading:
        if is_empty(reading, now=clock()):
            return Round()
    settings.require_secret()
    ended: Counter[LetterState] = Counter()
    with open_delivery(settings) as delivery:
        with _session(engine, settings) as writing:
            ended[LetterState.UNSURE] += give_up_stuck(writing, now=clock())
        while not stopping() and (parcel := _take(engine, settings, clock)) is not None:
            handed = delivery.hand_over(parcel.message)
            with _session(engine, settings) as writing:
                ended[note_outcome(writing, parcel.letter_id, handed, now=clock())] += 1
    return Round(**{state.value: ended[state] for state in _TOLD})


_TOLD = (LetterState.SENT, LetterState.WAITING, LetterState.FAILED, LetterState.UNSURE)


def _take(engine: Engine, settings: Settings, clock: Clock) -> Parcel | None:
    with _session(engine, settings) as writing:
        return take_letter(writing, settings, now=clock())


@contextmanager
def _session(engine: Engine, settings: Settings) -> Iterator[Session]:
    with session_scope(engine, POSTMAN, writing=True) as writing:
        use_keyring(writing, Keyring(settings.data_path))
        yield writing
