"""What the gate answers: values that other code may hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wmcrm.models import Channel, ConsentMethod, LawfulBasis


class Answer(StrEnum):
    """Whether a person may be written to for a purpose."""

    YES = "yes"
    NO = "no"


class Withheld(StrEnum):
    """Why a person may not be written to; the first that applies is given."""

    ERASED = "erased"
    SEALED = "sealed"
    NOT_ACTIVE = "not_active"
    ELEVATED = "elevated"
    NOT_SHARED = "not_shared"
    RESTRICTED = "restricted"
    STEPPED_BACK = "stepped_back"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNPROVEN = "unproven"
    NO_CONSENT = "no_consent"
    EXPIRED = "expired"
    WRONG_BASIS = "wrong_basis"
    NO_CONTACT_POINT = "no_contact_point"
    BOUNCED = "bounced"
    UNCONFIRMED = "unconfirmed"
    SUPPRESSED = "suppressed"
    ALREADY_ASKED = "already_asked"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """The answer for one person: why, and on which decision it stands."""

    person_id: int
    answer: Answer
    reason: Withheld | None = None
    since: dt.date | None = None
    valid_until: dt.date | None = None
    consent_event_id: int | None = None
    basis: LawfulBasis | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The decision behind an answer: the version of its notice and how it reached us."""

    notice: str | None
    method: ConsentMethod


@dataclass(frozen=True, slots=True)
class PermittedPoint:
    """A person who may be written to, with the value: handle with care, never log it.

    ``other_teams`` is how many other teams took this person's address in the last 30 days: a hint to wait.
    """

    person: str
    display_name: str
    channel: Channel
    value: str
    since: dt.date | None
    valid_until: dt.date | None
    other_teams: int = 0
    basis: LawfulBasis | None = None

    def __repr__(self) -> str:
        return f"PermittedPoint({self.person})"


@dataclass(frozen=True, slots=True)
class Outreach:
    """Who may be written to, how many may not and why; ``audience`` = permitted + withheld."""

    permitted: Sequence[PermittedPoint]
    withheld: Mapping[Withheld, int]
    audience: int
