"""Who is ready for the next step: what they do now, and what they said or began lately.

A signal is what a person wants or may do. It moves nobody on the path and is kept apart from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wmcrm.months import add_months
from wmcrm.paths.rules import LATEST, Activity, PathModel
from wmcrm.paths.stages import PathOfPerson


class SignalKind(StrEnum):
    """The signs that somebody may want to do more."""

    WANTS_TO_ORGANIZE = "wants_to_organize"
    INTERESTED_IN_INITIATIVE = "interested_in_initiative"
    SKILL_OFFERED = "skill_offered"
    TRAINING_FINISHED = "training_finished"
    MENTOR_ASSIGNED = "mentor_assigned"


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """A sign of one person on one day."""

    day: dt.date
    kind: SignalKind


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody ready for the next step, with the recent signals, the latest first.

    Whether they may be asked is another question: wmcrm.outreach answers it for organizer recruitment.
    """

    path: PathOfPerson
    signals: tuple[Signal, ...]


def ready_for_next_step(
    paths: Iterable[PathOfPerson], signals: Mapping[int, Sequence[Signal]], model: PathModel = LATEST
) -> tuple[Ready, ...]:
    """Return those whose current stage is one of the model's ready ones, with a signal in its months.

    Who stepped back is left alone.
    """
    found = []
    for path in paths:
        if path.current not in model.ready_stages or path.activity is Activity.STEPPED_BACK:
            continue
        recent = [one for one in signals.get(path.person, ()) if _is_recent(one, path.as_of, model)]
        if recent:
            found.append(Ready(path, tuple(sorted(recent, reverse=True))))
    return tuple(found)


def _is_recent(signal: Signal, as_of: dt.date, model: PathModel) -> bool:
    return signal.day <= as_of <= add_months(signal.day, model.signal_months)
