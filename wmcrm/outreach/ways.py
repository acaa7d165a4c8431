"""How somebody may be reached who may not be written to: through their affiliate, or on a public talk page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.models import metadata
from wmcrm.outreach.answers import ContactAnswer, Withheld

BATCH = 500
# Nothing was said yet, or nothing that holds. Whoever said no, or is protected, is asked by nobody else either.
OPEN = frozenset(
    {
        Withheld.NO_CONSENT,
        Withheld.EXPIRED,
        Withheld.UNPROVEN,
        Withheld.WRONG_BASIS,
        Withheld.NO_CONTACT_POINT,
        Withheld.BOUNCED,
        Withheld.UNCONFIRMED,
        Withheld.NOT_SHARED,
    }
)
HOLDING, ACCOUNT = metadata.tables["holding"], metadata.tables["wiki_account"]


class Way(StrEnum):
    """How a person may be reached for a purpose."""

    YES = "yes"
    AFFILIATE = "affiliate"
    TALK_PAGE = "talk_page"
    NO = "no"


@looks_beyond(Beyond.GATE)
def ways_to(session: Session, answers: Mapping[int, ContactAnswer]) -> dict[int, Way]:
    """For each answer of the gate the way that is left.

    Through their affiliate: another affiliate than the reader's own holds the record, and may be asked to ask.
    Talk page: the person made the link to the account public, so that everybody may write there.
    """
    asked = [person_id for person_id, answer in answers.items() if answer.reason in OPEN]
    holders = _holders(session, asked)
    public = _with_public_accounts(session, asked)
    own = actor_of(session).affiliate_ids
    found: dict[int, Way] = {}
    for person_id, answer in answers.items():
        if answer.reason is None:
            found[person_id] = Way.YES
        elif holders.get(person_id) and not own & holders[person_id]:
            found[person_id] = Way.AFFILIATE
        else:
            found[person_id] = Way.TALK_PAGE if person_id in public else Way.NO
    return found


@looks_beyond(Beyond.GATE)
def affiliate_to_ask(session: Session, person_id: int) -> int | None:
    """The affiliate through which a person is asked: the one that has held the record longest; None for nobody's."""
    query = sa.select(HOLDING.c.holder_affiliate_id).where(HOLDING.c.person_id == person_id, *_LIVE)
    return session.scalars(query.order_by(HOLDING.c.id).limit(1)).first()


_LIVE = (
    HOLDING.c.holder_affiliate_id.is_not(None),
    HOLDING.c.until.is_(None),
    HOLDING.c.removed_at.is_(None),
)


def _holders(session: Session, ids: Sequence[int]) -> dict[int, set[int]]:
    # Not in scope of who reads: that some affiliate holds the record is told, never which facts it holds.
    found: dict[int, set[int]] = {}
    for batch in _batches(ids):
        query = sa.select(HOLDING.c.person_id, HOLDING.c.holder_affiliate_id).where(
            HOLDING.c.person_id.in_(batch), *_LIVE
        )
        for person_id, affiliate_id in session.execute(query):
            found.setdefault(person_id, set()).add(affiliate_id)
    return found


def _with_public_accounts(session: Session, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for batch in _batches(ids):
        query = sa.select(ACCOUNT.c.person_id).where(
            ACCOUNT.c.person_id.in_(batch),
            ACCOUNT.c.link_is_public,
            ACCOUNT.c.removed_at.is_(None),
            ACCOUNT.c.superseded_by_id.is_(None),
        )
        found.update(session.scalars(query))
    return found


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
