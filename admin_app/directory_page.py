"""The directory's question in an address, its answer as rows, and whether each person may be written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import LazyString, lazy_gettext
from sqlmodel import col

from admin_app.contact_words import Contactable, reasons, summary, told
from admin_app.forms.fields import day_or_today
from wmcrm.consent import find_channel
from wmcrm.db import Session
from wmcrm.directory import ORGANIZING_ROLES, OrganizerRow, Wanted, find_organizers, organizer_ids
from wmcrm.models import EventRole, EventTopic, EventType, InvolvementKind, Position, Purpose
from wmcrm.outreach import Way, evidence_of, may_contact_many, ways_to, wrote_lately
from wmcrm.references import find_affiliate

SHOWN = 200
FILTERS: Mapping[str, LazyString] = {
    "role": lazy_gettext("Role"),
    "topic": lazy_gettext("Topic"),
    "country": lazy_gettext("Country"),
    "region": lazy_gettext("Region"),
    "language": lazy_gettext("Language"),
    "affiliate": lazy_gettext("Affiliate"),
    "active_since": lazy_gettext("Active since"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the filters as typed, the purpose and channel ("" for just looking)."""

    filters: Mapping[str, str]
    purpose: str
    channel: str

    @property
    def looks_only(self) -> bool:
        """Whether nobody is to be written to."""
        return not (self.purpose and self.channel)


@dataclass(frozen=True, slots=True)
class Contact:
    """With a purpose: for each row that is shown whether one may write, the sum in words, why not, and how many may."""

    by_person: Mapping[int, Contactable]
    summary: str
    why_not: str
    yes: int


NOT_ASKED = Contact({}, "", "", 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that are shown, how many there are in all, and with a purpose who may be written to."""

    rows: Sequence[OrganizerRow]
    count: int
    contact: Contact
    hints: Sequence[tuple[str, str, int]]


def read_asked(sent: Mapping[str, str]) -> Asked:
    """The question in an address."""
    filters = {name: sent.get(name, "").strip()[:100] for name in FILTERS}
    return Asked(filters, sent.get("purpose", "").strip()[:60], sent.get("channel", "").strip()[:20])


def answer(session: Session, asked: Asked, today: date) -> Answer:
    """Who is found, and with a purpose and channel whether each of them may be written to."""
    wanted = _wanted(session, asked.filters, today)
    ids = organizer_ids(session, wanted)
    rows = find_organizers(session, wanted, limit=SHOWN)
    contact = _contactable(session, asked, ids, rows, today)
    hints = [] if ids else _hints(session, asked.filters, today)
    return Answer(rows, len(ids), contact, hints)


def audience(session: Session, asked: Asked, today: date) -> list[int]:
    """The ids of everybody whom the question finds, for the gate."""
    return organizer_ids(session, _wanted(session, asked.filters, today))


def topics(session: Session) -> list[str]:
    """The topics that events here have, and the types of events."""
    used = session.scalars(sa.select(col(EventTopic.topic)).distinct().order_by(col(EventTopic.topic)).limit(200))
    return sorted({*used, *(kind.value for kind in EventType)})


def roles() -> list[str]:
    """The roles, positions and kinds of involvement in which somebody organizes."""
    organizing = [role.value for role in EventRole if role in ORGANIZING_ROLES]
    return list(dict.fromkeys([*organizing, *(one.value for one in (*Position, *InvolvementKind))]))


def purposes(session: Session) -> list[str]:
    """The codes of the register of purposes."""
    return list(session.scalars(sa.select(col(Purpose.code)).order_by(col(Purpose.id))))


def _wanted(session: Session, filters: Mapping[str, str], today: date) -> Wanted:
    code = filters["affiliate"]
    since = filters["active_since"]
    return Wanted(
        as_of=today,
        role=filters["role"] or None,
        topic=filters["topic"] or None,
        country=filters["country"] or None,
        region=filters["region"] or None,
        language=filters["language"] or None,
        affiliate_id=find_affiliate(session, code).id if code else None,
        active_since=day_or_today(since, today) if since else None,
    )


def _contactable(
    session: Session, asked: Asked, ids: Sequence[int], rows: Sequence[OrganizerRow], today: date
) -> Contact:
    if asked.looks_only or not ids:
        return NOT_ASKED
    answers = may_contact_many(session, ids, purpose=asked.purpose, channel=find_channel(asked.channel), on=today)
    ways = ways_to(session, answers)
    shown = [row.person_id for row in rows]
    teams = wrote_lately(session, shown)
    evidence = evidence_of(session, [answers[one].consent_event_id for one in shown])
    contactable = {
        one: Contactable(
            ways[one], told(answers[one], evidence.get(answers[one].consent_event_id or 0)), teams.get(one, 0)
        )
        for one in shown
    }
    withheld = Counter(answer.reason for answer in answers.values() if answer.reason is not None)
    yes = sum(1 for way in ways.values() if way is Way.YES)
    return Contact(contactable, summary(list(ways.values())), reasons(withheld), yes)


def _hints(session: Session, filters: Mapping[str, str], today: date) -> list[tuple[str, str, int]]:
    """Which filter to drop for how many people: (name of the filter, its words, people)."""
    found: list[tuple[str, str, int]] = []
    for name, text in FILTERS.items():
        if filters[name]:
            others = {**filters, name: ""}
            found.append((name, str(text), len(organizer_ids(session, _wanted(session, others, today)))))
    return sorted((hint for hint in found if hint[2]), key=lambda hint: -hint[2])
