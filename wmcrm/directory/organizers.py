"""Who is found in the directory, as rows without any contact value."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.aliases import PUBLIC_NAME
from wmcrm.db import actor_of
from wmcrm.directory.filters import (
    ORGANIZING_ROLES,
    Wanted,
    counts_as_there,
    held_by,
    held_on,
    live,
    shown_to,
    wanted_people,
)
from wmcrm.directory.words import understood
from wmcrm.models import (
    Affiliate,
    Event,
    EventTopic,
    LanguageSkill,
    Membership,
    Participation,
    PermissionRole,
    Person,
    WikiAccount,
)
from wmcrm.normalize import exportable, region_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """A position that is held: where, as what, since when, until when."""

    affiliate: str
    position: str
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class OrganizerRow:
    """One person of the directory. ``country`` is None where a protected country is home, ``name`` is the
    account's where the reader may not know whose it is.

    ``organized`` counts held events organized or co-organized by the day asked for, ``roles`` are the roles
    in which, ``topics`` the topics and types of these events; ``last_on`` is the last occasion in any role.
    """

    person_id: int
    person: str
    external_id: str | None
    name: str
    usernames: tuple[str, ...]
    country: str | None
    region: str | None
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    positions: tuple[HeldPosition, ...]
    topics: tuple[str, ...]
    organized: int
    last_on: dt.date | None
    stepped_back: bool


@dataclass(slots=True)
class _Facts:
    """What is read of one batch of people."""

    usernames: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    languages: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    positions: dict[int, list[HeldPosition]] = field(default_factory=lambda: defaultdict(list))
    roles: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    topics: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    organized: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    last_on: dict[int, dt.date] = field(default_factory=dict)


def find_organizers(session: Session, wanted: Wanted, *, limit: int | None = None) -> list[OrganizerRow]:
    """Whom the filters find, in order of name, at most ``limit``; people held at import or protected never.

    Raises BadInputError for a role, country, language or initiative that does not exist.
    """
    ids = organizer_ids(session, wanted)[:limit]
    return [row for start in range(0, len(ids), BATCH) for row in _rows(session, ids[start : start + BATCH], wanted)]


def organizer_ids(session: Session, wanted: Wanted) -> list[int]:
    """The ids of everybody whom the filters find, in order of name: an audience for the gate.

    Raises as find_organizers does.
    """
    actor = actor_of(session)
    condition = wanted_people(understood(session, wanted), hides_protected_homes=not actor.is_operator)
    if not actor.is_operator:
        condition = sa.and_(condition, shown_to(actor.affiliate_ids))
    query = sa.select(col(Person.id)).where(condition).order_by(col(Person.sort_name), col(Person.id))
    return list(session.scalars(query))


def _rows(session: Session, ids: Sequence[int], wanted: Wanted) -> Iterator[OrganizerRow]:
    facts = _read(session, ids, wanted)
    named = _named(session, ids)
    people = {person.id: person for person in session.scalars(sa.select(Person).where(col(Person.id).in_(ids)))}
    for person_id in ids:
        if person_id in people:
            yield _row(people[person_id], facts, wanted, named=person_id in named)


def _named(session: Session, ids: Sequence[int]) -> frozenset[int]:
    """Whose name may stand beside their account: those whom the reader's affiliates hold, or who made it public.

    The link between an account and a name is the most sensitive there is; others see the account alone.
    """
    actor = actor_of(session)
    if actor.has_everywhere({PermissionRole.STEWARD}):
        return frozenset(ids)
    held = sa.select(col(Person.id)).where(col(Person.id).in_(ids), held_by(actor.affiliate_ids))
    public = sa.select(col(WikiAccount.person_id)).where(
        col(WikiAccount.person_id).in_(ids), col(WikiAccount.link_is_public), live(WikiAccount)
    )
    return frozenset(session.scalars(held)) | frozenset(session.scalars(public))


def _row(person: Person, facts: _Facts, wanted: Wanted, *, named: bool) -> OrganizerRow:
    stepped_back = person.stepped_back_on
    return OrganizerRow(
        person_id=person.id,
        person=person.public_id,
        external_id=person.external_id,
        name=_name(person, facts.usernames[person.id], named=named),
        usernames=tuple(facts.usernames[person.id]),
        country=exportable(person.residence_country),
        region=person.community_region or region_of(person.residence_country),
        languages=tuple(dict.fromkeys(facts.languages[person.id])),
        roles=tuple(sorted(facts.roles[person.id])),
        positions=tuple(facts.positions[person.id]),
        topics=tuple(sorted(facts.topics[person.id])),
        organized=len(facts.organized[person.id]),
        last_on=facts.last_on.get(person.id),
        stepped_back=stepped_back is not None and stepped_back <= wanted.as_of,
    )


def _name(person: Person, usernames: Sequence[str], *, named: bool) -> str:
    if person.alias:
        return person.alias
    return person.display_name if named or not usernames else usernames[0]


def _read(session: Session, ids: Sequence[int], wanted: Wanted) -> _Facts:
    facts = _Facts()
    accounts = (
        sa.select(col(WikiAccount.person_id), col(WikiAccount.username))
        .where(col(WikiAccount.person_id).in_(ids), live(WikiAccount))
        .order_by(col(WikiAccount.is_alternative), col(WikiAccount.id))
    )
    for person_id, username in session.execute(accounts):
        facts.usernames[person_id].append(username)
    skills = (
        sa.select(col(LanguageSkill.person_id), col(LanguageSkill.language))
        .where(col(LanguageSkill.person_id).in_(ids), live(LanguageSkill))
        .order_by(col(LanguageSkill.id))
    )
    for person_id, language in session.execute(skills):
        facts.languages[person_id].append(language)
    _read_positions(session, ids, wanted, facts)
    _read_occasions(session, ids, wanted, facts)
    return facts


def _read_positions(session: Session, ids: Sequence[int], wanted: Wanted, facts: _Facts) -> None:
    query = (
        sa.select(
            col(Membership.person_id),
            PUBLIC_NAME,
            col(Membership.position),
            col(Membership.since),
            col(Membership.until),
        )
        .join(Affiliate, col(Affiliate.id) == col(Membership.affiliate_id))
        .where(col(Membership.person_id).in_(ids), held_on(wanted))
        .order_by(col(Membership.since), col(Membership.id))
    )
    for person_id, affiliate, position, since, until in session.execute(query):
        facts.positions[person_id].append(HeldPosition(affiliate, position.value, since, until))


def _read_occasions(session: Session, ids: Sequence[int], wanted: Wanted, facts: _Facts) -> None:
    query = (
        sa.select(
            col(Participation.person_id),
            col(Participation.event_role),
            col(Event.id),
            col(Event.starts_on),
            col(Event.event_type),
            col(Event.second_type),
        )
        .join(Event, col(Event.id) == col(Participation.event_id))
        .where(col(Participation.person_id).in_(ids), counts_as_there(), col(Event.starts_on) <= wanted.as_of)
    )
    of_event: dict[int, set[int]] = defaultdict(set)
    for person_id, role, event_id, day, *types in session.execute(query):
        facts.last_on[person_id] = max(day, facts.last_on.get(person_id, day))
        if role in ORGANIZING_ROLES:
            facts.roles[person_id].add(role.value)
            facts.organized[person_id].add(event_id)
            facts.topics[person_id].update(kind.value for kind in types if kind)
            of_event[event_id].add(person_id)
    events = sorted(of_event)
    for start in range(0, len(events), BATCH):
        topics = sa.select(col(EventTopic.event_id), col(EventTopic.topic))
        for event_id, topic in session.execute(
            topics.where(col(EventTopic.event_id).in_(events[start : start + BATCH]))
        ):
            for person_id in of_event[event_id]:
                facts.topics[person_id].add(topic)
