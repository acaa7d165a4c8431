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
from wmcrm.privacy.access_log import (
    LogLine,
    LogQuestion,
    accounts_in_log,
    actions_in_log,
    find_logged_account,
    read_log,
)
from wmcrm.privacy.accountability import (
    Activity,
    BreachScope,
    breach_scope,
    processing_record,
    tell_breach_taken,
)
from wmcrm.privacy.answers import Asked, Given, check_asked, figures_of, forget_answers_of, keep_answers, shown_figures
from wmcrm.privacy.asked_questions import AnswerLine, QuestionLine, questions_at, read_answers
from wmcrm.privacy.collecting import named_row
from wmcrm.privacy.custody import (
    SealedRecord,
    hand_over,
    handed_over,
    open_sealed,
    rotate_key,
)
from wmcrm.privacy.duties import Duty, DutyKind, data_duties
from wmcrm.privacy.erasing import Erasure, allow_again, erase_person, replay_erasures
from wmcrm.privacy.exporting import Export, ExportedFiles, export_subject, make_export, zipped
from wmcrm.privacy.foreseen import ForeseenErasure, foresee_erasure
from wmcrm.privacy.hits import OpenHit, join_hit, note_sealed_hits, open_hits, sealed_hits, tell_apart
from wmcrm.privacy.protecting import protect, stop_protecting
from wmcrm.privacy.purging import DueMonth, PurgePlan, PurgeStep, apply_purge, past_purges, purge, retention_calendar
from wmcrm.privacy.rules import BOUNDS, Rule, change_rule, retention_rules
from wmcrm.privacy.scrubbing import Scrubbing, copies_of, scrub, scrub_and_tell
from wmcrm.privacy.sealed_cards import (
    SealedCard,
    StewardCard,
    find_sealed,
    sealed_cards,
    sealed_people,
    steward_cards,
)
from wmcrm.privacy.sealing import Sealing, seal_person, unseal
from wmcrm.privacy.stewards import (
    Identity,
    add_steward,
    make_steward_key,
    read_secret_key,
    retire_steward,
    stewards_of,
)
from wmcrm.privacy.subject import Subject, identifiers_of, subject_of
from wmcrm.privacy.thresholds import least_counts, use_least_counts
from wmcrm.privacy.withdrawals import replay_withdrawals

__all__ = [
    "BOUNDS",
    "Activity",
    "AnswerLine",
    "Asked",
    "BreachScope",
    "DueMonth",
    "Duty",
    "DutyKind",
    "Erasure",
    "Export",
    "ExportedFiles",
    "ForeseenErasure",
    "Given",
    "Identifier",
    "IdentifierKind",
    "Identity",
    "LogLine",
    "LogQuestion",
    "OpenHit",
    "PurgePlan",
    "PurgeStep",
    "QuestionLine",
    "Rule",
    "Scrubbing",
    "SealedCard",
    "SealedRecord",
    "Sealing",
    "StewardCard",
    "Subject",
    "accounts_in_log",
    "actions_in_log",
    "add_steward",
    "allow_again",
    "apply_purge",
    "breach_scope",
    "change_rule",
    "check_asked",
    "copies_of",
    "data_duties",
    "erase_person",
    "export_subject",
    "figures_of",
    "find_logged_account",
    "find_sealed",
    "foresee_erasure",
    "forget_answers_of",
    "hand_over",
    "handed_over",
    "identifiers_of",
    "identifiers_of_row",
    "join_hit",
    "keep_answers",
    "least_counts",
    "lift_restriction",
    "make_export",
    "make_steward_key",
    "named_row",
    "note_sealed_hits",
    "objecting_people",
    "open_hits",
    "open_sealed",
    "past_purges",
    "processing_record",
    "protect",
    "purge",
    "questions_at",
    "read_answers",
    "read_log",
    "read_secret_key",
    "replay_erasures",
    "replay_withdrawals",
    "restrict",
    "restricted_people",
    "retention_calendar",
    "retention_rules",
    "retire_steward",
    "rotate_key",
    "scrub",
    "scrub_and_tell",
    "seal_person",
    "sealed_cards",
    "sealed_hits",
    "sealed_people",
    "shown_figures",
    "steward_cards",
    "stewards_of",
    "stop_protecting",
    "subject_of",
    "suppress",
    "suppressed_identifiers",
    "tell_apart",
    "tell_breach_taken",
    "unseal",
    "use_least_counts",
    "zipped",
]
