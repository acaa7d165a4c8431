"""Sealed people as stewards see them without a key, and the stewards with what each of them holds."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import NotFoundError
from wmcrm.models import Account, Person, PersonSkill, PersonStatus, Protection, SealedKey, Skill, StewardKey
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all


@dataclass(frozen=True, slots=True)
class SealedCard:
    """What stays in the clear of a sealed person, and who can open the rest.

    ``retired`` are stewards who still could: the record waits for a new key. Without any steward the person
    is only marked as sealed, and nothing is encrypted yet.
    """

    public_id: str
    pseudonym: str
    region: str | None
    skills: tuple[str, ...]
    stewards: tuple[str, ...]
    retired: tuple[str, ...]
    sealed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class StewardCard:
    """A steward, the public key, the account it belongs to and how many records it opens."""

    name: str
    recipient: str
    account: str | None
    records: int
    added_at: dt.datetime
    retired_at: dt.datetime | None


def sealed_people(session: Session) -> sa.Select[Person]:
    """The query over sealed people, each once; raises NotAllowedError for others than stewards of all."""
    require_for_all(session, Permission.PEOPLE_PROTECT)
    return sa.select(Person).where(
        col(Person.protection) == Protection.SEALED,
        col(Person.merged_into_id).is_(None),
        col(Person.status) != PersonStatus.ERASED,
        col(Person.removed_at).is_(None),
    )


def find_sealed(session: Session, public_id: str) -> Person:
    """The sealed person of a public id; raises NotFoundError for everybody else."""
    found: Person | None = session.scalars(
        sealed_people(session).where(col(Person.public_id) == public_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError("There is no such record.")
    return found


def sealed_cards(session: Session, people: Sequence[Person]) -> list[SealedCard]:
    """A card for each of these people, in their order; three questions, however many people."""
    ids = [person.id for person in people]
    skills = _skills(session, ids)
    query = (
        sa.select(col(SealedKey.person_id), col(StewardKey.name), col(StewardKey.retired_at), col(SealedKey.made_at))
        .join(StewardKey, col(StewardKey.id) == col(SealedKey.steward_id))
        .where(col(SealedKey.person_id).in_(ids))
        .order_by(col(SealedKey.id))
    )
    keys: dict[int, list[tuple[str, dt.datetime | None, dt.datetime]]] = defaultdict(list)
    for person_id, name, retired_at, made_at in session.execute(query):
        keys[person_id].append((name, retired_at, made_at))
    return [
        SealedCard(
            person.public_id,
            person.display_name,
            person.community_region,
            skills.get(person.id, ()),
            tuple(name for name, retired, _ in keys[person.id] if retired is None),
            tuple(name for name, retired, _ in keys[person.id] if retired is not None),
            min((made for _, _, made in keys[person.id]), default=None),
        )
        for person in people
    ]


def steward_cards(session: Session) -> list[StewardCard]:
    """All stewards, those in office first."""
    require_for_all(session, Permission.PEOPLE_PROTECT)
    held = sa.select(sa.func.count()).select_from(SealedKey).where(col(SealedKey.steward_id) == col(StewardKey.id))
    query = (
        sa.select(StewardKey, col(Account.name), held.correlate(StewardKey).scalar_subquery())
        .outerjoin(Account, col(Account.id) == col(StewardKey.account_id))
        .order_by(col(StewardKey.retired_at).is_not(None), col(StewardKey.name))
    )
    return [
        StewardCard(key.name, key.recipient, account, records, key.added_at, key.retired_at)
        for key, account, records in session.execute(query)
    ]


def _skills(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    query = (
        sa.select(col(PersonSkill.person_id), col(Skill.label))
        .join(Skill, col(Skill.id) == col(PersonSkill.skill_id))
        .where(col(PersonSkill.person_id).in_(ids), col(PersonSkill.removed_at).is_(None))
        .order_by(col(PersonSkill.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for person_id, label in session.execute(query):
        found[person_id] = (*found.get(person_id, ()), label)
    return found
