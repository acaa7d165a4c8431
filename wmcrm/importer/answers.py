"""What one row of a sign-up sheet says of one person, in the terms of the tables; pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from wmcrm.importer.signups import ExactKey, KeyKind
from wmcrm.normalize import email_key

Key = ExactKey


@dataclass(frozen=True, slots=True)
class NameSaid:
    """A name as the sheet wrote it; the parts only where the sheet had them apart."""

    name: str = field(repr=False)
    given: str | None = field(default=None, repr=False)
    family: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Presence:
    """Registration and attendance of one person at the event in one role; None where the row says nothing."""

    role: str = "participant"
    registration: str | None = None
    attended: bool | None = None
    registered_on: date | None = None
    capacity: str = "participant"


@dataclass(frozen=True, slots=True)
class ConsentSaid:
    """A yes or a no to a purpose, as the sheet claims it."""

    purpose: str
    channel: str
    given: bool


def keys_of(usernames: Iterable[str], emails: Iterable[str], phones: Iterable[str]) -> tuple[Key, ...]:
    """What somebody can be recognised by, the surest first; each key once."""
    found = [Key(KeyKind.USERNAME, username) for username in usernames]
    found += [Key(KeyKind.EMAIL, email_key(email)) for email in emails]
    found += [Key(KeyKind.PHONE, phone) for phone in phones]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything usable in one row. The first of several values is the preferred one."""

    row: int
    name: NameSaid | None = None
    usernames: tuple[str, ...] = field(default=(), repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    phones: tuple[str, ...] = field(default=(), repr=False)
    country: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    languages: tuple[str, ...] = ()
    presence: Presence | None = None
    consents: tuple[ConsentSaid, ...] = ()
    keys: tuple[Key, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", keys_of(self.usernames, self.emails, self.phones))

    @property
    def is_identifying(self) -> bool:
        """True when the row names somebody at all."""
        return bool(self.name or self.usernames or self.emails or self.phones)

    @property
    def shown_name(self) -> str:
        """The name under which a person made from this row is listed."""
        if self.name:
            return self.name.name
        return self.usernames[0] if self.usernames else UNNAMED


UNNAMED = "Unnamed"
