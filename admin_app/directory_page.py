"""The directory's question in an address, its answer as rows, and whether each person may be written to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from babel.lists import format_list
from flask_babel import LazyString, get_locale, gettext, lazy_gettext, ngettext
from sqlmodel import col

from admin_app.formats import day, number
from admin_app.forms.fields import day_or_today
from wmcrm.consent import find_channel
from wmcrm.db import Session
from wmcrm.directory import ORGANIZING_ROLES, OrganizerRow, Wanted, find_organizers, organizer_ids
from wmcrm.models import EventRole, EventTopic, EventType, InvolvementKind, Position, Purpose
from wmcrm.outreach import ContactAnswer, Withheld, may_contact_many
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
REASONS: Mapping[Withheld, LazyString] = {
    Withheld.ERASED: lazy_gettext("not here any more"),
    Withheld.SEALED: lazy_gettext("protected"),
    Withheld.NOT_ACTIVE: lazy_gettext("record not in use"),
    Withheld.ELEVATED: lazy_gettext("protected; ask the affiliate's contact"),
    Withheld.RESTRICTED: lazy_gettext("use of the data is restricted"),
    Withheld.STEPPED_BACK: lazy_gettext("stepped back"),
    Withheld.OBJECTED: lazy_gettext("objected"),
    Withheld.WITHDRAWN: lazy_gettext("withdrew consent"),
    Withheld.REFUSED: lazy_gettext("refused"),
    Withheld.UNPROVEN: lazy_gettext("consent is not proven; ask once by double opt-in"),
    Withheld.NO_CONSENT: lazy_gettext("no consent"),
    Withheld.EXPIRED: lazy_gettext("consent has expired"),
    Withheld.WRONG_BASIS: lazy_gettext("the ground does not cover this purpose"),
    Withheld.NO_CONTACT_POINT: lazy_gettext("no address for this channel"),
    Withheld.BOUNCED: lazy_gettext("the address does not work"),
    Withheld.SUPPRESSED: lazy_gettext("the address may not be used"),
    Withheld.ALREADY_ASKED: lazy_gettext("asked already"),
    Withheld.CONFIRMED: lazy_gettext("confirmed already"),
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
class Contactable:
    """Whether one person may be written to, and why in words."""

    yes: bool
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that are shown, how many there are in all, and with a purpose who may be written to."""

    rows: Sequence[OrganizerRow]
    count: int
    contactable: Mapping[int, Contactable]
    summary: str
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
    contactable, summary = _contactable(session, asked, ids, today)
    hints = [] if ids else _hints(session, asked.filters, today)
    return Answer(rows, len(ids), contactable, summary, hints)


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
    session: Session, asked: Asked, ids: Sequence[int], today: date
) -> tuple[Mapping[int, Contactable], str]:
    if asked.looks_only or not ids:
        return {}, ""
    answers = may_contact_many(session, ids, purpose=asked.purpose, channel=find_channel(asked.channel), on=today)
    told = {person_id: _told(one) for person_id, one in answers.items()}
    return told, _summary(list(answers.values()))


def _told(one: ContactAnswer) -> Contactable:
    if one.reason is not None:
        return Contactable(False, str(REASONS[one.reason]))
    if one.since is None:
        return Contactable(True, "")
    if one.valid_until is None:
        return Contactable(True, gettext("since %(day)s", day=day(one.since)))
    span = {"since": day(one.since), "until": day(one.valid_until)}
    return Contactable(True, gettext("consent of %(since)s, until %(until)s", **span))


def _summary(answers: Sequence[ContactAnswer]) -> str:
    """ "148 people: 61 yes, 40 no consent, ..."; the parts add up to the whole."""
    counts: dict[Withheld, int] = {}
    for one in answers:
        if one.reason is not None:
            counts[one.reason] = counts.get(one.reason, 0) + 1
    yes = len(answers) - sum(counts.values())
    people = ngettext("%(shown)s person", "%(shown)s people", len(answers), shown=number(len(answers)))
    parts = [_part(yes, gettext("yes"))]
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    parts += [_part(count, str(REASONS[reason])) for reason, count in ordered]
    return f"{people}: {format_list(parts, style='unit', locale=get_locale())}"


def _part(count: int, what: str) -> str:
    return str(gettext("%(many)s %(what)s", many=number(count), what=what))


def _hints(session: Session, filters: Mapping[str, str], today: date) -> list[tuple[str, str, int]]:
    """Which filter to drop for how many people: (name of the filter, its words, people)."""
    found: list[tuple[str, str, int]] = []
    for name, text in FILTERS.items():
        if filters[name]:
            others = {**filters, name: ""}
            found.append((name, str(text), len(organizer_ids(session, _wanted(session, others, today)))))
    return sorted((hint for hint in found if hint[2]), key=lambda hint: -hint[2])
