"""What a merge would do to the consents of two people, before anybody merges them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import Decision, fold_purpose
from wmcrm.dedupe.scope import whole_people
from wmcrm.models import Channel, ConsentEvent, ConsentStanding, Person, Purpose, now_utc


@dataclass(frozen=True, slots=True)
class ConsentEffect:
    """What holds for one purpose and channel of either record now, and of the one record after the merge."""

    purpose: str
    channel: Channel
    survivor: ConsentStanding
    absorbed: ConsentStanding
    after: ConsentStanding


def consent_effect(session: Session, survivor: Person, absorbed: Person) -> list[ConsentEffect]:
    """For each purpose and channel of which either record says something: what would hold after the merge.

    The most restrictive decision holds (the same fold as the state after the merge).
    """
    with whole_people(session, survivor, absorbed):
        logs = _logs(session, survivor, absorbed)
    moment = now_utc()
    found: list[ConsentEffect] = []
    for purpose, log in logs.items():
        sides = [fold_purpose([d for person_id, d in log if person_id == one.id]) for one in (survivor, absorbed)]
        together = fold_purpose([decision for _, decision in log], moment)
        for channel in sorted(together):
            mine, theirs = ((side.get(channel) or side.get(Channel.ANY)) for side in sides)
            found.append(
                ConsentEffect(
                    purpose,
                    channel,
                    mine.standing if mine else ConsentStanding.NONE,
                    theirs.standing if theirs else ConsentStanding.NONE,
                    together[channel].standing,
                )
            )
    return [effect for effect in found if effect.after is not ConsentStanding.NONE]


def _logs(session: Session, survivor: Person, absorbed: Person) -> dict[str, list[tuple[int, Decision]]]:
    query = (
        sa.select(ConsentEvent, col(Purpose.code))
        .join(Purpose, col(Purpose.id) == col(ConsentEvent.purpose_id))
        .where(col(ConsentEvent.person_id).in_([survivor.id, absorbed.id]), col(ConsentEvent.removed_at).is_(None))
        .order_by(col(Purpose.id), col(ConsentEvent.id))
    )
    found: dict[str, list[tuple[int, Decision]]] = defaultdict(list)
    for event, purpose in session.execute(query):
        found[purpose].append((event.person_id, _decision(event)))
    return found


def _decision(event: ConsentEvent) -> Decision:
    return Decision(
        id=event.id,
        recorded_for_id=event.recorded_for_id,
        channel=event.channel,
        decision=event.decision,
        proven=event.proven,
        method=event.method,
        on_day=event.on_day,
        recorded_at=event.recorded_at,
        valid_until=event.valid_until,
        voids_id=event.voids_id,
        basis=event.basis,
    )
