"""What people may ask for and what protects them: export, erasure, restriction, retention, sealing."""

from wmcrm.outreach import (
    Identifier,
    IdentifierKind,
    allow_again,
    identifiers_of_row,
    lift_restriction,
    objecting_people,
    restrict,
    restricted_people,
    suppress,
    suppressed_identifiers,
)
from wmcrm.privacy.erasing import Erasure, erase_person, replay_erasures
from wmcrm.privacy.scrubbing import scrub
from wmcrm.privacy.subject import Subject, identifiers_of, subject_of

__all__ = [
    "Erasure",
    "Identifier",
    "IdentifierKind",
    "Subject",
    "allow_again",
    "erase_person",
    "identifiers_of",
    "identifiers_of_row",
    "lift_restriction",
    "objecting_people",
    "replay_erasures",
    "restrict",
    "restricted_people",
    "scrub",
    "subject_of",
    "suppress",
    "suppressed_identifiers",
]
