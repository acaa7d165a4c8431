"""People: found by text, shown without their contact values, written as staff type them in."""

from __future__ import annotations

from wmcrm.people.brief import Brief, Name, briefs
from wmcrm.people.card import ContactSummary, PersonCard, show_person
from wmcrm.people.facts import add_account, add_contact, holder_for, prefer_contact, read_contact
from wmcrm.people.finding import (
    MOST_FOUND,
    Beside,
    FoundPage,
    FoundPerson,
    beside,
    find_people,
    in_use,
    search_people,
    standing_for,
    usernames_of,
)
from wmcrm.people.writing import hold_new_person, keep_name, only_affiliate

__all__ = [
    "MOST_FOUND",
    "Beside",
    "Brief",
    "ContactSummary",
    "FoundPage",
    "FoundPerson",
    "Name",
    "PersonCard",
    "add_account",
    "add_contact",
    "beside",
    "briefs",
    "find_people",
    "hold_new_person",
    "holder_for",
    "in_use",
    "keep_name",
    "only_affiliate",
    "prefer_contact",
    "read_contact",
    "search_people",
    "show_person",
    "standing_for",
    "usernames_of",
]
