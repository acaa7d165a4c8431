"""Every key to a person, with what an export shows of its rows and what an erasure does to them.

A test walks the metadata: a new foreign key to person that is not named here fails, so that nobody adds a
table about people without deciding both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Shown(StrEnum):
    """What an export shows of rows found by a key."""

    ROW = "row"
    REFERENCE = "reference"  # another row of the person shows it already
    DERIVED = "derived"  # made from other rows, says nothing of its own
    WITHHELD = "withheld"  # says something of somebody else


class Erased(StrEnum):
    """What an erasure does with rows found by a key."""

    DELETED = "deleted"
    EMPTIED = "emptied"  # personal columns cleared, the row stays for counts
    CLEARED = "cleared"  # the key itself is set to null
    FOLLOWS = "follows"  # handled by another key of the same table


class Sealed(StrEnum):
    """What sealing does with rows found by a key."""

    MOVED = "moved"  # the whole row goes into an encrypted record
    ENCRYPTED = "encrypted"  # some columns go there, the row stays
    DELETED = "deleted"  # can be made again or must not be known
    STAYS = "stays"  # says nothing about the person, or is meant to stay in the clear


@dataclass(frozen=True, slots=True)
class PersonKey:
    """One foreign key to person; ``why`` is the reason where a rule is not the plain one."""

    shown: Shown
    erased: Erased
    sealed: Sealed
    why: str = ""


FACT = PersonKey(Shown.ROW, Erased.DELETED, Sealed.MOVED)
RECORDED_FOR = PersonKey(Shown.REFERENCE, Erased.FOLLOWS, Sealed.MOVED, "the same rows as person_id, before merges")
DERIVED = PersonKey(Shown.DERIVED, Erased.DELETED, Sealed.DELETED, "made again from the facts")
PAIR = PersonKey(
    Shown.WITHHELD, Erased.DELETED, Sealed.DELETED, "compares the person with somebody else, who has rights too"
)

KEYS: Mapping[tuple[str, str], PersonKey] = {
    ("person", "merged_into_id"): PersonKey(
        Shown.REFERENCE,
        Erased.CLEARED,
        Sealed.STAYS,
        "absorbed records go with the person, whatever is done",
    ),
    ("residence", "person_id"): PersonKey(
        Shown.REFERENCE, Erased.DELETED, Sealed.ENCRYPTED, "shown and sealed with the person's own row"
    ),
    ("holding", "person_id"): FACT,
    ("holding", "recorded_for_id"): RECORDED_FOR,
    ("person_name", "person_id"): FACT,
    ("person_name", "recorded_for_id"): RECORDED_FOR,
    ("language_skill", "person_id"): FACT,
    ("language_skill", "recorded_for_id"): RECORDED_FOR,
    ("wiki_account", "person_id"): FACT,
    ("wiki_account", "recorded_for_id"): RECORDED_FOR,
    ("contact_point", "person_id"): FACT,
    ("contact_point", "recorded_for_id"): RECORDED_FOR,
    ("membership", "person_id"): FACT,
    ("membership", "recorded_for_id"): RECORDED_FOR,
    ("involvement", "person_id"): FACT,
    ("involvement", "recorded_for_id"): RECORDED_FOR,
    ("person_skill", "person_id"): PersonKey(
        Shown.ROW, Erased.DELETED, Sealed.STAYS, "skills stay in the clear, so that sealed people can be asked"
    ),
    ("person_skill", "recorded_for_id"): PersonKey(Shown.REFERENCE, Erased.FOLLOWS, Sealed.STAYS, "as person_id"),
    ("participation", "person_id"): PersonKey(
        Shown.ROW, Erased.EMPTIED, Sealed.MOVED, "event results still count somebody whom nobody can name"
    ),
    ("participation", "recorded_for_id"): RECORDED_FOR,
    ("participation", "confirmed_by_id"): PersonKey(
        Shown.WITHHELD, Erased.CLEARED, Sealed.STAYS, "a fact about somebody else"
    ),
    ("mentorship", "person_id"): FACT,
    ("mentorship", "recorded_for_id"): RECORDED_FOR,
    ("mentorship", "mentee_id"): PersonKey(
        Shown.ROW, Erased.EMPTIED, Sealed.MOVED, "the mentor's own evidence stays, without a topic"
    ),
    ("mentorship", "mentee_recorded_for_id"): PersonKey(Shown.REFERENCE, Erased.FOLLOWS, Sealed.MOVED, "as mentee_id"),
    ("signup_answer", "person_id"): FACT,
    ("signup_answer", "recorded_for_id"): RECORDED_FOR,
    ("consent_event", "person_id"): PersonKey(
        Shown.ROW,
        Erased.DELETED,
        Sealed.ENCRYPTED,
        "what was decided stays, the evidence does not",
    ),
    ("consent_event", "recorded_for_id"): PersonKey(Shown.REFERENCE, Erased.FOLLOWS, Sealed.ENCRYPTED, "as person_id"),
    ("consent_state", "person_id"): PersonKey(
        Shown.DERIVED, Erased.DELETED, Sealed.STAYS, "made again from the log of consents"
    ),
    ("restriction", "person_id"): PersonKey(Shown.ROW, Erased.DELETED, Sealed.STAYS, "says only: leave alone"),
    ("restriction", "recorded_for_id"): PersonKey(Shown.REFERENCE, Erased.FOLLOWS, Sealed.STAYS, "as person_id"),
    ("person_summary", "person_id"): DERIVED,
    ("person_search", "person_id"): DERIVED,
    ("match_key", "person_id"): DERIVED,
    ("scan_mark", "person_id"): DERIVED,
    ("candidate_pair", "person_a_id"): PAIR,
    ("candidate_pair", "person_b_id"): PAIR,
    ("judgement", "person_a_id"): PAIR,
    ("judgement", "person_b_id"): PAIR,
    ("merge", "survivor_id"): PersonKey(
        Shown.ROW, Erased.DELETED, Sealed.ENCRYPTED, "holds the values that were chosen between"
    ),
    ("merge", "absorbed_id"): PersonKey(Shown.ROW, Erased.DELETED, Sealed.ENCRYPTED, "as survivor_id"),
    ("imported_row", "person_id"): PersonKey(
        Shown.ROW, Erased.EMPTIED, Sealed.ENCRYPTED, "the ledger keeps that a row was there; cells and readings go"
    ),
    ("disclosure", "person_id"): PersonKey(
        Shown.ROW, Erased.DELETED, Sealed.STAYS, "who received an address; the act itself stays in the access log"
    ),
    ("exported_list_person", "person_id"): PersonKey(Shown.ROW, Erased.DELETED, Sealed.DELETED, "on no list"),
    ("opt_in_invitation", "person_id"): PersonKey(Shown.ROW, Erased.DELETED, Sealed.STAYS, "asked once is asked once"),
    ("self_service_link", "person_id"): PersonKey(
        Shown.ROW, Erased.DELETED, Sealed.DELETED, "a way in, which nobody sealed has"
    ),
    ("letter", "person_id"): PersonKey(Shown.ROW, Erased.DELETED, Sealed.DELETED, "says where somebody was written to"),
    ("contact_request", "person_id"): PersonKey(
        Shown.ROW, Erased.DELETED, Sealed.DELETED, "says who wants to reach the person, and what for"
    ),
    ("rights_request", "person_id"): PersonKey(
        Shown.ROW, Erased.DELETED, Sealed.STAYS, "what was asked of stewards is owed an answer"
    ),
    ("sealed_key", "person_id"): PersonKey(
        Shown.DERIVED, Erased.DELETED, Sealed.STAYS, "a key, useless without its steward"
    ),
    ("sealed_value", "person_id"): PersonKey(
        Shown.DERIVED, Erased.DELETED, Sealed.STAYS, "a steward unseals first; then the rows are exported"
    ),
    ("blind_index", "person_id"): PersonKey(Shown.DERIVED, Erased.DELETED, Sealed.STAYS, "a keyed hash"),
    ("sealed_hit", "person_id"): PersonKey(Shown.DERIVED, Erased.DELETED, Sealed.STAYS, "a note between stewards"),
    ("sealed_hit", "found_id"): PersonKey(Shown.WITHHELD, Erased.DELETED, Sealed.DELETED, "names a sealed person"),
}


def keys_of(table: str) -> list[str]:
    """The columns of a table that point to a person."""
    return [column for (name, column) in KEYS if name == table]


def tables_where(shown: Shown | None = None, erased: Erased | None = None, sealed: Sealed | None = None) -> list[str]:
    """Tables with a key whose rules are these, each once, in the order of the inventory."""
    found = [
        table
        for (table, _), key in KEYS.items()
        if (shown is None or key.shown is shown)
        and (erased is None or key.erased is erased)
        and (sealed is None or key.sealed is sealed)
    ]
    return list(dict.fromkeys(found))
