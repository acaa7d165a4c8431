"""What people may ask for and what protects them: export, erasure, restriction, retention, sealing."""

from wmcrm.outreach import (
    Identifier,
    IdentifierKind,
    identifiers_of_row,
    lift_restriction,
    objecting_people,
    restrict,
    restricted_people,
    suppress,
    suppressed_identifiers,
)
from wmcrm.privacy.accountability import Activity, BreachScope, breach_scope, processing_record
from wmcrm.privacy.custody import (
    OpenHit,
    SealedRecord,
    answer_hit,
    hand_over,
    note_sealed_hits,
    open_hits,
    open_sealed,
    rotate_key,
    sealed_hits,
)
from wmcrm.privacy.duties import Duty, DutyKind, data_duties
from wmcrm.privacy.erasing import Erasure, allow_again, erase_person, replay_erasures
from wmcrm.privacy.exporting import ExportedFiles, export_subject
from wmcrm.privacy.purging import PurgePlan, PurgeStep, apply_purge, purge
from wmcrm.privacy.rules import Rule, change_rule, retention_rules
from wmcrm.privacy.scrubbing import copies_of, scrub
from wmcrm.privacy.sealing import Sealing, seal_person, unseal
from wmcrm.privacy.stewards import add_steward, make_steward_key, retire_steward, stewards_of
from wmcrm.privacy.subject import Subject, identifiers_of, subject_of
from wmcrm.privacy.withdrawals import replay_withdrawals

__all__ = [
    "Activity",
    "BreachScope",
    "Duty",
    "DutyKind",
    "Erasure",
    "ExportedFiles",
    "Identifier",
    "IdentifierKind",
    "OpenHit",
    "PurgePlan",
    "PurgeStep",
    "Rule",
    "SealedRecord",
    "Sealing",
    "Subject",
    "add_steward",
    "allow_again",
    "answer_hit",
    "apply_purge",
    "breach_scope",
    "change_rule",
    "copies_of",
    "data_duties",
    "erase_person",
    "export_subject",
    "hand_over",
    "identifiers_of",
    "identifiers_of_row",
    "lift_restriction",
    "make_steward_key",
    "note_sealed_hits",
    "objecting_people",
    "open_hits",
    "open_sealed",
    "processing_record",
    "purge",
    "replay_erasures",
    "replay_withdrawals",
    "restrict",
    "restricted_people",
    "retention_rules",
    "retire_steward",
    "rotate_key",
    "scrub",
    "seal_person",
    "sealed_hits",
    "stewards_of",
    "subject_of",
    "suppress",
    "suppressed_identifiers",
    "unseal",
]
