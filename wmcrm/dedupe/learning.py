"""What reviewers decided adjusts the weights; a tenth of it is kept apart for an honest figure."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.dedupe.profiles import profiles_as_recorded
from wmcrm.matching import Model, adjust
from wmcrm.matching.estimate import Verdict as Learned
from wmcrm.models import Judgement, Verdict

LEAST_VERDICTS = 200  # fewer say more about who was looked at than about people


def adjusted_to_verdicts(session: Session, model: Model) -> tuple[Model, float | None]:
    """The model adjusted to the verdicts that stand, and its precision on those kept apart.

    With fewer than LEAST_VERDICTS the model stays as it is and there is no figure. Records are compared as
    they were recorded, also where they were merged since.
    """
    query = sa.select(Judgement).where(
        col(Judgement.revoked_at).is_(None), col(Judgement.verdict).in_([Verdict.SAME, Verdict.DIFFERENT])
    )
    said = session.scalars(query.order_by(col(Judgement.id))).all()
    if len(said) < LEAST_VERDICTS:
        return model, None
    known = profiles_as_recorded(session, {i for one in said for i in (one.person_a_id, one.person_b_id)})
    verdicts = [
        Learned(known[one.person_a_id], known[one.person_b_id], one.verdict is Verdict.SAME)
        for one in said
        if one.person_a_id in known and one.person_b_id in known
    ]
    adjusted = adjust(model, verdicts)
    return adjusted.model, adjusted.precision
