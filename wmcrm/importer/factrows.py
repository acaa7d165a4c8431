"""Rows of the tables for what a sheet says of a person; nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from wmcrm.importer.actions import Additions, AddPerson, PresenceChange, ReviewMatch
from wmcrm.importer.answers import ConsentSaid, NameSaid
from wmcrm.importer.decide import MODEL_VERSION
from wmcrm.importer.known import KnownPresence
from wmcrm.importer.writing import Row
from wmcrm.models import (
    Attendance,
    Capacity,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ContactKind,
    EntryRoute,
    EventRole,
    NameKind,
    PersonStatus,
    Registration,
)
from wmcrm.normalize import script_of, sort_name

HELD_PROBABILITY = 0.5
ATTENDED = {True: Attendance.YES, False: Attendance.NO, None: Attendance.UNKNOWN}


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """On which notice, day and by whom consent was collected; a claim without all three is unproven."""

    notice: str | None = None
    collected_on: date | None = None
    collector: str | None = field(default=None, repr=False)

    @property
    def are_proven(self) -> bool:
        """True when a "yes" of the sheet counts as given."""
        return bool(self.notice and self.collected_on and self.collector)


NO_TERMS = ConsentTerms()


@dataclass(frozen=True, slots=True)
class Target:
    """For what a sheet is applied: the event, who holds what is recorded, on which terms consent is claimed.

    ``today`` is the day on which holdings begin and on which claims without a day of their own are dated.
    """

    event_id: int | None
    holder_id: int | None
    account_id: int | None
    today: date
    terms: ConsentTerms = NO_TERMS
    purpose_ids: Mapping[str, int] = field(default_factory=dict)
    notice_id: int | None = None


def person_row(action: AddPerson | ReviewMatch, person_id: int, ledger_id: int, target: Target) -> Row:
    """A new person; one who is held waits, out of search and lists, for somebody to look."""
    fills = {fill.column: fill.after for fill in action.additions.fills}
    return {
        **_recorded(ledger_id, target),
        **fills,
        "id": person_id,
        "display_name": action.name[:300],
        "sort_name": sort_name(action.name)[:300],
        "status": PersonStatus.HELD if isinstance(action, ReviewMatch) else PersonStatus.ACTIVE,
        "entry_route": EntryRoute.EVENT,
    }


def candidate_row(person_id: int, other_id: int, by: tuple[str, ...], ledger_id: int) -> Row:
    """A pair for the review queue; the reasons name the keys, never their values."""
    first, second = sorted((person_id, other_id))
    return {
        "person_a_id": first,
        "person_b_id": second,
        "probability": HELD_PROBABILITY,
        "reasons": [{"field": kind, "level": "equal"} for kind in by],
        "model_version": MODEL_VERSION,
        "source_row_id": ledger_id,
    }


def fact_rows(person_id: int, additions: Additions, ledger_id: int, target: Target) -> Iterator[tuple[str, Row]]:
    """The rows, by table and without their ids, that a person gets; the participation is made apart."""
    fact = {**_recorded(ledger_id, target), "person_id": person_id, "recorded_for_id": person_id}
    if additions.holding:
        yield "holding", {**fact, "since": target.today}
    for name in additions.names:
        yield "person_name", {**fact, **_name(name, additions.is_new_person)}
    for number, username in enumerate(additions.usernames):
        alternative = number > 0 or not additions.is_new_person
        yield "wiki_account", {**fact, "username": username[:255], "is_alternative": alternative}
    for kind, values in ((ContactKind.EMAIL, additions.emails), (ContactKind.PHONE, additions.phones)):
        for number, value in enumerate(values):
            preferred = additions.is_new_person and number == 0
            yield "contact_point", {**fact, "kind": kind, "value": value, "normalized": value, "preferred": preferred}
    for language in additions.languages:
        yield "language_skill", {**fact, "language": language}
    for said in additions.consents:
        yield "consent_event", {**fact, **_consent(said, target)}


def participation_row(person_id: int, change: PresenceChange, ledger_id: int, target: Target) -> Row:
    """A new participation at the event of the sheet."""
    return {
        **_recorded(ledger_id, target),
        **presence_values(change.after),
        "person_id": person_id,
        "recorded_for_id": person_id,
        "event_id": target.event_id,
        "event_role": EventRole(change.after.role),
        "capacity": Capacity(change.capacity),
    }


def presence_values(presence: KnownPresence) -> Row:
    """The columns of a participation that a sheet may change."""
    return {
        "registration": Registration(presence.registration),
        "attended": ATTENDED[presence.attended],
        "registered_on": presence.registered_on,
    }


def _recorded(ledger_id: int, target: Target) -> Row:
    return {
        "holder_affiliate_id": target.holder_id,
        "recorded_by_id": target.account_id,
        "source_row_id": ledger_id,
    }


def _name(said: NameSaid, is_first: bool) -> Row:
    return {
        "name": said.name[:300],
        "given_name": said.given[:200] if said.given else None,
        "family_name": said.family[:200] if said.family else None,
        "script": script_of(said.name),
        "kind": NameKind.PREFERRED if is_first else NameKind.NICKNAME,
    }


def _consent(said: ConsentSaid, target: Target) -> Row:
    """A claim of the sheet: a yes is given (proven only with notice, day and collector), a no is a refusal."""
    terms = target.terms
    return {
        "purpose_id": target.purpose_ids[said.purpose],
        "channel": Channel(said.channel),
        "controller_id": target.holder_id,
        "decision": ConsentDecision.GIVEN if said.given else ConsentDecision.REFUSED,
        "proven": terms.are_proven,
        "notice_id": target.notice_id,
        "method": ConsentMethod.IMPORT,
        "collector": terms.collector,
        "on_day": terms.collected_on or target.today,
    }
