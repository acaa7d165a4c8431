"""One person's sign-up as read from a row, and what must be known of the sheet to read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b

from wmcrm.importer.mapping import KnownSource, Registration, RowKind, SheetField
from wmcrm.importer.signups.issues import Issue
from wmcrm.normalize import DateOrder, email_key


class RowsMean(StrEnum):
    """What it means for somebody to stand in the sheet."""

    REGISTERED = "registered"
    ATTENDED = "attended"
    COLUMN = "column"


class Capacity(StrEnum):
    """In what capacity somebody is at an event."""

    PARTICIPANT = "participant"
    STAFF = "staff"
    INTERPRETER = "interpreter"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class SheetContext:
    """What is known of the sheet beside its cells.

    ``event_country`` (ISO 3166 alpha-2) only helps to read phone numbers; it is nobody's residence.
    ``date_order`` answers for columns whose dates can be read in several ways.
    """

    event_country: str | None = None
    event_starts_on: date | None = None
    event_ends_on: date | None = None
    date_order: DateOrder | None = None
    rows_mean: RowsMean = RowsMean.REGISTERED
    source: KnownSource | None = None


@dataclass(frozen=True, slots=True)
class ConsentClaim:
    """What a row says of a consent: yes, no. ``purpose`` None is the purpose told for the import."""

    purpose: str | None
    channel: str | None
    said: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Signup:
    """What one row says of one person; empty where it says nothing.

    ``full_name`` is the name as the sheet writes it, or put together from its given and family
    columns. ``emails``, ``phones`` (E.164) and ``usernames`` (canonical) have the preferred one
    first. ``country`` is the residence. ``others`` are further known fields as typed.
    """

    full_name: str = ""
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    usernames: tuple[str, ...] = ()
    country: str | None = None
    city: str = ""
    languages: tuple[str, ...] = ()
    affiliation: str = ""
    consents: tuple[ConsentClaim, ...] = ()
    attended: bool | None = None
    registration: Registration = Registration.REGISTERED
    event_role: str | None = None
    capacity: Capacity | None = None
    signed_up_at: datetime | None = None
    others: tuple[tuple[SheetField, str], ...] = ()

    def __repr__(self) -> str:
        return "Signup(...)"


@dataclass(frozen=True, slots=True, repr=False)
class SignupRow:
    """One row of the sheet: its number as shown, its kind, its raw cells, the sign-up if it is one.

    A row of kind person has no sign-up where it names nobody or several people; its issues say so.
    """

    number: int
    kind: RowKind
    cells: tuple[str, ...]
    signup: Signup | None = None
    issues: tuple[Issue, ...] = ()

    def __repr__(self) -> str:
        return f"SignupRow(number={self.number}, kind={self.kind.value})"


class KeyKind(StrEnum):
    """What can say by itself who somebody is."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class ExactKey:
    """A value that two rows or records of one person share; equal keys are a reason, not a proof."""

    kind: KeyKind
    value: str = field(repr=False)


def signup_keys(signup: Signup) -> tuple[ExactKey, ...]:
    """The exact keys of a sign-up: usernames, mailboxes (as ``email_key`` folds them), phones."""
    return (
        *(ExactKey(KeyKind.USERNAME, username) for username in signup.usernames),
        *(ExactKey(KeyKind.EMAIL, email_key(email)) for email in signup.emails),
        *(ExactKey(KeyKind.PHONE, phone) for phone in signup.phones),
    )


def row_fingerprint(cells: tuple[str, ...]) -> str:
    """16 hexadecimal digits that differ when a row's cells differ by more than outer white space."""
    trimmed = [cell.strip() for cell in cells]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    text = "\x1f".join(trimmed).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8).hexdigest()
