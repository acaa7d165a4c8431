"""What a row of people says: names, account, contact points, languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from wmcrm.importer.files.cells import Cells
from wmcrm.models.enums import ContactKind, EntryRoute
from wmcrm.normalize import Parsed, clean_text, parse_emails, parse_languages, parse_phones, parse_username

Values = dict[str, object]

BETWEEN = re.compile(r"\s*[;\n]\s*")
FIRST_YEAR = 2001


@dataclass(frozen=True, slots=True)
class TypedContact:
    """A contact value as typed and in its stored form."""

    kind: ContactKind
    value: str = field(repr=False)
    normalized: str = field(repr=False)


def read_person(cells: Cells) -> Values:
    """A person: a name or a username is needed; everything else may be missing."""
    given, family = cells.text("given_name", 200), cells.text("family_name", 200)
    username = next(iter(cells.several("username", parse_username(cells.raw("username")))), None)
    typed = cells.text("display_name") or " ".join(part for part in (given, family) if part)
    display = typed or username
    if not display:
        cells.reject("display_name", "no_name", "The row has neither a name nor a username; give one of them")
    country = cells.country()
    return {
        "display_name": display,
        "name": typed if typed and (given or family or typed != username) else None,
        "given_name": given,
        "family_name": family,
        "username": username,
        "residence_country": country,
        "residence_city": cells.text("city", 200),
        "contacts": (*_emails(cells), *_phones(cells, country)),
        "languages": _languages(cells),
        "recorded_at": _recorded_at(cells),
        "entry_route": cells.word("entry_route", EntryRoute, {}),
        "since_year": _year(cells),
    }


def reading_of(values: Values) -> Values:
    """The first normalized values of a row of people, as the rows of an import are listed; never logged."""
    contacts = values.get("contacts")
    first: dict[str, str] = {}
    for contact in contacts if isinstance(contacts, tuple) else ():
        first.setdefault(contact.kind.value, contact.normalized)
    languages = values.get("languages")
    return {
        "name": values.get("display_name"),
        "email": first.get("email"),
        "phone": first.get("phone"),
        "username": values.get("username"),
        "country": values.get("residence_country"),
        "languages": list(languages) if isinstance(languages, tuple) else [],
    }


def _emails(cells: Cells) -> list[TypedContact]:
    return _contacts(cells, "email", ContactKind.EMAIL, parse_emails)


def _phones(cells: Cells, country: str | None) -> list[TypedContact]:
    return _contacts(cells, "phone", ContactKind.PHONE, lambda piece: parse_phones(piece, country=country))


def _contacts(cells: Cells, name: str, kind: ContactKind, parse: Callable[[str], Parsed[str]]) -> list[TypedContact]:
    found: dict[str, TypedContact] = {}
    raw = cells.raw(name)
    for piece in BETWEEN.split(raw) if raw else ():
        values = cells.several(name, parse(piece))
        for value in values:
            # Where a piece holds several, which part of it was which is not known: the stored form stands.
            typed = clean_text(piece)[:400] if len(values) == 1 else value
            found.setdefault(value, TypedContact(kind, typed, value))
    return list(found.values())


def _languages(cells: Cells) -> tuple[str, ...]:
    raw = cells.raw("languages")
    return cells.several("languages", parse_languages(raw)) if raw else ()


def _recorded_at(cells: Cells) -> datetime | None:
    return cells.moment("created_at") if cells.raw("created_at") else None


def _year(cells: Cells) -> int | None:
    raw = cells.raw("since_year")
    if not raw:
        return None
    if not raw.isdecimal() or not FIRST_YEAR <= int(raw) <= datetime.now(UTC).year:
        cells.warn("since_year", "year_invalid", f"'{raw}' is no year since {FIRST_YEAR}; write it as 2014", raw)
        return None
    return int(raw)
