"""What a row adds to somebody: blanks are filled, further values added, ours kept where both speak; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wmcrm.importer.actions import Additions, Fill, PresenceChange
from wmcrm.importer.answers import Answer, Key, NameSaid, Presence
from wmcrm.importer.decide import matches, names_of
from wmcrm.importer.known import KnownPeople, KnownPresence, SheetMemory, SheetPerson
from wmcrm.importer.signups import KeyKind
from wmcrm.normalize import email_key, fold

SCALARS = (("residence_country", "country"), ("residence_city", "city"))


@dataclass(frozen=True, slots=True)
class Kept:
    """The sheet and the database say different things; ours stayed."""

    what: str
    theirs: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row adds to a person, and where it spoke against what is known."""

    additions: Additions
    kept: tuple[Kept, ...] = ()


def name_identity(name: str) -> str:
    """Two names are one where they are the same words in any order and case."""
    return " ".join(sorted(fold(name).split()))


def everything(answer: Answer, *, holding: bool) -> Additions:
    """All that a row says, for somebody new."""
    presence = _made(answer.presence) if answer.presence else None
    fills = [Fill(column, None, value) for column, said in SCALARS if (value := getattr(answer, said))]
    return Additions(
        names=(answer.name,) if answer.name else (),
        usernames=answer.usernames,
        emails=answer.emails,
        phones=answer.phones,
        languages=tuple(dict.fromkeys(answer.languages)),
        fills=tuple(fills),
        presence=presence,
        consents=tuple(dict.fromkeys(answer.consents)),
        holding=holding,
        is_new_person=True,
    )


def enter(ref: int, row: int, known: KnownPeople, memory: SheetMemory) -> SheetPerson:
    """The person as the sheet knows them from now on; for people of the database their state is taken over."""
    if ref in memory.people:
        return memory.people[ref]
    person = known.people[ref]
    entered = SheetPerson(ref, row, country=person.country, city=person.city, presences=person.presences)
    memory.people[ref] = entered
    return entered


def difference(answer: Answer, ref: int, known: KnownPeople, memory: SheetMemory, *, holding: bool) -> Difference:
    """What the row adds to a person who is known, and what of it was not taken."""
    first_time = ref not in memory.people
    person = enter(ref, answer.row, known, memory)
    stored = known.people.get(ref)
    kept: list[Kept] = []
    fills = [fill for column, said in SCALARS if (fill := _fill(person, column, said, getattr(answer, said), kept))]
    presence = _presence(person, answer.presence, kept) if answer.presence else None
    known_languages = set(person.languages) | (stored.languages if stored else frozenset())
    known_consents = set(person.consents) | (stored.consents if stored else frozenset())
    additions = Additions(
        names=_new_name(answer.name, ref, known, memory),
        usernames=tuple(u for u in answer.usernames if _is_new(Key(KeyKind.USERNAME, u), ref, known, memory)),
        emails=tuple(e for e in answer.emails if _is_new(Key(KeyKind.EMAIL, email_key(e)), ref, known, memory)),
        phones=tuple(p for p in answer.phones if _is_new(Key(KeyKind.PHONE, p), ref, known, memory)),
        languages=tuple(code for code in dict.fromkeys(answer.languages) if code not in known_languages),
        fills=tuple(fills),
        presence=presence,
        consents=tuple(said for said in dict.fromkeys(answer.consents) if said not in known_consents),
        holding=holding and first_time and stored is not None and not stored.is_held_here,
    )
    return Difference(additions, tuple(kept))


def remember(answer: Answer, ref: int, additions: Additions, memory: SheetMemory) -> None:
    """Keep in the memory of the sheet what the row added to the person."""
    person = memory.people.setdefault(ref, SheetPerson(ref, answer.row))
    memory.remember(ref, answer.keys)
    if answer.name and answer.name.name not in person.names:
        person.names = (*person.names, answer.name.name)
    if additions.languages:
        person.languages = memory.shared((*person.languages, *additions.languages))
    if additions.consents:
        person.consents = memory.shared((*person.consents, *additions.consents))
    for fill in additions.fills:
        setattr(person, "country" if fill.column == "residence_country" else "city", memory.shared(fill.after))
        person.from_sheet = memory.shared(person.from_sheet | {fill.column})
    if additions.presence:
        others = tuple(p for p in person.presences if p.role != additions.presence.after.role)
        person.presences = memory.shared((*others, additions.presence.after))


def _is_new(key: Key, ref: int, known: KnownPeople, memory: SheetMemory) -> bool:
    # What somebody removed from a record does not come back with the next copy of the sheet.
    removed = ref in known.people and key in known.people[ref].removed
    return not removed and not matches(key, ref, known, memory)


def _new_name(said: NameSaid | None, ref: int, known: KnownPeople, memory: SheetMemory) -> tuple[NameSaid, ...]:
    if said is None:
        return ()
    wanted = name_identity(said.name)
    return () if any(name_identity(name) == wanted for name in names_of(ref, known, memory)) else (said,)


def _fill(person: SheetPerson, column: str, said: str, value: str | None, kept: list[Kept]) -> Fill | None:
    ours: str | None = getattr(person, said)
    if not value or (ours is not None and fold(ours) == fold(value)):
        return None
    if ours is None or column in person.from_sheet:  # of two answers in one sheet the later wins
        return Fill(column, ours, value)
    kept.append(Kept(said, value))
    return None


def _made(said: Presence) -> PresenceChange:
    registration = said.registration or "none"
    made = KnownPresence(said.role, registration, said.attended, said.registered_on, from_sheet=True)
    return PresenceChange(None, made, said.capacity)


def _presence(person: SheetPerson, said: Presence, kept: list[Kept]) -> PresenceChange | None:
    before = next((known for known in person.presences if known.role == said.role), None)
    if before is None:
        return _made(said)
    after = replace(
        before,
        attended=_attended(before, said, kept),
        registration=_registration(before, said),
        registered_on=before.registered_on or said.registered_on,
    )
    return None if after == before else PresenceChange(before, replace(after, from_sheet=True), said.capacity)


def _attended(before: KnownPresence, said: Presence, kept: list[Kept]) -> bool | None:
    if said.attended is None or said.attended == before.attended:
        return before.attended
    if before.attended is None or before.from_sheet:
        return said.attended
    kept.append(Kept("attended", "yes" if said.attended else "no"))
    return before.attended


STRONGER = {
    "none": frozenset({"registered", "waitlisted", "cancelled"}),
    "waitlisted": frozenset({"registered", "cancelled"}),
    "registered": frozenset({"cancelled"}),
    "cancelled": frozenset[str](),
}


def _registration(before: KnownPresence, said: Presence) -> str:
    told = said.registration
    if told is None or told == before.registration:
        return before.registration
    if told == "cancelled" and before.attended:
        return before.registration  # who came did not cancel; a second ticket was given back
    if before.from_sheet and told != "none":
        return told
    return told if told in STRONGER[before.registration] else before.registration
