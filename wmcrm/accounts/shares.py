"""What other affiliates share with those of an account, when somebody begins to act through it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import col

from wmcrm.db import Share
from wmcrm.models import Grant, SharingGrant


def received_on(day: dt.date) -> sa.ColumnElement[bool]:
    """The condition of a join: a sharing grant that runs on a day and whose receiver is the affiliate of a grant."""
    given = SharingGrant
    return sa.and_(
        col(given.to_affiliate_id) == col(Grant.affiliate_id),
        col(given.ended_at).is_(None),
        sa.or_(col(given.since).is_(None), col(given.since) <= day),
        col(given.until) > day,
    )


def shares_in(received: Iterable[SharingGrant | None]) -> frozenset[Share]:
    """The shares of these grants, as an actor carries them; one without a purpose shares nothing."""
    return frozenset(
        Share(given.from_affiliate_id, frozenset(given.fields), given.purpose_id, given.to_affiliate_id)
        for given in received
        if given is not None and given.purpose_id is not None
    )
