"""Who is the person of a row? By exact keys: username, mailbox or telephone, each with compatible names.

The one door between import and matching: a fuller matcher takes the place of :func:`decide_match`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from wmcrm.importer.answers import Answer, Key
from wmcrm.importer.known import KnownPeople, SheetMemory
from wmcrm.importer.signups import KeyKind
from wmcrm.matching.compatible import NameAgreement, name_agreement, names_compatible

MODEL_VERSION = "exact-keys-1"
MOST_CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Match:
    """The row is this person, recognised by ``by`` (``username``, ``email``, ``phone``, ``row 7``)."""

    ref: int
    by: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the row may be, and the keys both carry."""

    ref: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The row's keys do not say who it is; a person must look."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Nobody:
    """No person in reach carries a key of the row; ``elsewhere`` are people of other holders who do."""

    elsewhere: tuple[Candidate, ...] = ()


Decision = Match | Conflict | Nobody


def decide_match(answer: Answer, known: KnownPeople, memory: SheetMemory) -> Decision:
    """Say who the person of a row is.

    A match needs a key that exactly one person carries and names that can be one person's. Keys that point
    to two people, a key of two people, and a key whose person has another name are conflicts: a name alone
    never matches. Of people of other holders nothing is said but that they exist (trust: scope).
    """
    again = _same_in_sheet(answer, known, memory)
    if again is not None:
        return again
    hits = dict(_hits(answer, known, memory))
    if not hits:
        return Nobody()
    outside = tuple(
        Candidate(ref, tuple(keys)) for ref, keys in hits.items() if ref > 0 and not known.people[ref].in_scope
    )
    inside = {ref: keys for ref, keys in hits.items() if ref < 0 or known.people[ref].in_scope}
    if not inside:
        return Nobody(elsewhere=outside[:MOST_CANDIDATES])
    if len(inside) == 1:
        ref, by = next(iter(inside.items()))
        if _may_link(answer, ref, by, known, memory):
            return Match(ref, f"row {memory.people[ref].row}" if ref in memory.people and ref < 0 else by[0])
    candidates = sorted(inside.items(), key=lambda item: (-len(item[1]), abs(item[0])))
    return Conflict(tuple(Candidate(ref, tuple(by)) for ref, by in candidates[:MOST_CANDIDATES]))


def _hits(answer: Answer, known: KnownPeople, memory: SheetMemory) -> Iterator[tuple[int, list[str]]]:
    found: dict[int, list[str]] = {}
    for key in answer.keys:
        for ref in dict.fromkeys((*known.carriers.get(key, ()), *memory.carriers(key))):
            kinds = found.setdefault(ref, [])
            if key.kind.value not in kinds:
                kinds.append(key.kind.value)
    yield from found.items()


def _same_in_sheet(answer: Answer, known: KnownPeople, memory: SheetMemory) -> Match | None:
    """The same person answered twice: one earlier row's person fits, and the others are known to be apart."""
    keys = answer.keys
    refs = memory.refs(keys)
    fitting = [ref for ref in refs if answer.name is None or _names_fit(answer.name.name, ref, known, memory)]
    if len(fitting) != 1:
        return None
    person = memory.people[fitting[0]]
    others = {ref for key in keys for ref in (*refs, *known.carriers.get(key, ())) if ref != person.ref}
    if any(not _are_apart(person.ref, other, memory) for other in others):
        return None
    shared = {key.kind for key in keys if person.ref in memory.carriers(key)}
    if _is_contradicted(answer, person.ref, shared, known, memory):
        return None
    if answer.name is None and shared == {KeyKind.PHONE}:
        return None
    return Match(person.ref, f"row {person.row}")


def _are_apart(ref: int, other: int, memory: SheetMemory) -> bool:
    held, holds = memory.people.get(ref), memory.people.get(other)
    return bool((held and other in held.candidates) or (holds and ref in holds.candidates))


def _is_contradicted(
    answer: Answer, ref: int, shared: Collection[KeyKind], known: KnownPeople, memory: SheetMemory
) -> bool:
    """True when a surer key of the row speaks against the person: another username, or another mailbox.

    Namesakes with one telephone but different mailboxes are relatives as often as not.
    """
    theirs = {key.kind for key in known.people[ref].keys} if ref in known.people else set()
    theirs |= memory.people[ref].key_kinds if ref in memory.people else set()
    for kind in (KeyKind.USERNAME, KeyKind.EMAIL):
        if kind in shared:
            return False
        if kind in theirs and any(key.kind is kind for key in answer.keys):
            return True
    return False


def _may_link(answer: Answer, ref: int, by: list[str], known: KnownPeople, memory: SheetMemory) -> bool:
    if _is_contradicted(answer, ref, {KeyKind(kind) for kind in by}, known, memory):
        return False
    if answer.name is None:
        return by != [KeyKind.PHONE.value]  # a telephone alone may be the family's
    if _names_fit(answer.name.name, ref, known, memory):
        return True
    # A username together with the mailbox says more than a name that shows nothing.
    if KeyKind.USERNAME.value in by and len(by) > 1:
        return any(
            name_agreement(answer.name.name, name) is NameAgreement.OPAQUE for name in names_of(ref, known, memory)
        )
    return False


def _names_fit(name: str, ref: int, known: KnownPeople, memory: SheetMemory) -> bool:
    names = names_of(ref, known, memory)
    return any(names_compatible(name, other) for other in names) if names else True


def names_of(ref: int, known: KnownPeople, memory: SheetMemory) -> tuple[str, ...]:
    """The names of a person, of the database and of the sheet so far; empty when only an account is known."""
    in_sheet = memory.people[ref].names if ref in memory.people else ()
    return (*known.people[ref].names, *in_sheet) if ref in known.people else in_sheet


def matches(key: Key, ref: int, known: KnownPeople, memory: SheetMemory) -> bool:
    """True when the person carries the key already."""
    return ref in memory.carriers(key) or (ref in known.people and key in known.people[ref].keys)
