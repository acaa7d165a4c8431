"""What goes with a person who is typed in: the holding of the affiliate, the preferred name, the sorting name."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import Actor
from wmcrm.errors import BadInputError
from wmcrm.models import Holding, NameKind, Person, PersonName
from wmcrm.normalize import script_of, sort_name


def keep_name(session: Session, person: Person, actor: Actor) -> None:
    """Keep the sorting name and the preferred name with the name that was typed."""
    person.sort_name = sort_name(person.display_name)
    mine = sa.and_(col(PersonName.person_id) == person.id, col(PersonName.kind) == NameKind.PREFERRED)
    live = sa.and_(col(PersonName.removed_at).is_(None), col(PersonName.superseded_by_id).is_(None))
    name = session.execute(sa.select(PersonName).where(mine, live).order_by(col(PersonName.id))).scalars().first()
    if name is None:
        name = PersonName(person_id=person.id, recorded_for_id=person.id, name=person.display_name)
        name.script = script_of(person.display_name)
        name.holder_affiliate_id, name.recorded_by_id = person.holder_affiliate_id, actor.account_id
        session.add(name)
    elif name.name != person.display_name:
        name.name, name.script = person.display_name, script_of(person.display_name)


def hold_new_person(session: Session, person: Person, actor: Actor) -> None:
    """Give a new person the holder who typed it in; BadInputError when it is not clear which one that is."""
    person.holder_affiliate_id = only_affiliate(actor)
    person.recorded_by_id = actor.account_id
    session.add(person)
    session.flush()
    if person.holder_affiliate_id is not None:
        holding = Holding(person_id=person.id, recorded_for_id=person.id)
        holding.holder_affiliate_id, holding.recorded_by_id = person.holder_affiliate_id, actor.account_id
        session.add(holding)


def only_affiliate(actor: Actor) -> int | None:
    """The affiliate for which somebody types a record in; BadInputError when it is not clear which one that is."""
    if len(actor.affiliate_ids) > 1:
        raise BadInputError("Your account works for several affiliates; import a sheet of one of them instead.")
    return next(iter(actor.affiliate_ids), None)
