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
from wmcrm.privacy.duties import Duty, DutyKind, data_duties
from wmcrm.privacy.erasing import Erasure, erase_person, replay_erasures
from wmcrm.privacy.exporting import ExportedFiles, export_subject
from wmcrm.privacy.purging import PurgePlan, PurgeStep, apply_purge, purge
from wmcrm.privacy.rules import Rule, change_rule, retention_rules
from wmcrm.privacy.scrubbing import scrub
from wmcrm.privacy.subject import Subject, identifiers_of, subject_of

__all__ = [
    "Duty",
    "DutyKind",
    "Erasure",
    "ExportedFiles",
    "Identifier",
    "IdentifierKind",
    "PurgePlan",
    "PurgeStep",
    "Rule",
    "Subject",
    "allow_again",
    "apply_purge",
    "change_rule",
    "data_duties",
    "erase_person",
    "export_subject",
    "identifiers_of",
    "identifiers_of_row",
    "lift_restriction",
    "objecting_people",
    "purge",
    "replay_erasures",
    "restrict",
    "restricted_people",
    "retention_rules",
    "scrub",
    "subject_of",
    "suppress",
    "suppressed_identifiers",
]
