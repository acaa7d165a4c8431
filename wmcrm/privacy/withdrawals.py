"""Withdrawals, refusals and objections survive the restore of an old backup: they go into the ledger too.

Whatever wrote them (a screen, a command, a batch of an import), the transaction looks before it commits at
the decisions that are new in it: two questions by primary key for each writing transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import col

from wmcrm.consent import Act, record_decision
from wmcrm.db import Session
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Person, PersonStatus, metadata
from wmcrm.outreach import checked_key, key_id, keyring_of
from wmcrm.privacy.ledger import COLLECTORS, LedgerLine, moment, note_in_ledger, person_digest, read_ledger
from wmcrm.privacy.subject import subject_of

ACT = "restricted"
RESTRICTIONS = (ConsentDecision.REFUSED, ConsentDecision.WITHDRAWN, ConsentDecision.OBJECTED)
MARK = "newest_consent"
TERMS = ("purpose", "channel", "decision", "on", "method")
EVENT = metadata.tables["consent_event"]


def replay_withdrawals(session: Session) -> int:
    """Record again every withdrawal, refusal and objection of the ledger that the database does not know.

    Returns how many were recorded; people who are not in the database are passed over.
    """
    lines = [line for line in read_ledger(keyring_of(session)) if line.act == ACT and line.said]
    if not lines:
        return 0
    key = checked_key(session)
    living = sa.select(col(Person.id), col(Person.public_id)).where(col(Person.status) != PersonStatus.ERASED)
    ids = {person_digest(key, public_id): number for number, public_id in session.execute(living)}
    done = 0
    for line in lines:
        for digest in line.people:
            number = ids.get(digest)
            if number is not None and line.said is not None and _record_again(session, number, line.said):
                done += 1
    return done


def _record_again(session: Session, number: int, said: Mapping[str, str]) -> bool:
    found = session.get(Person, number)
    if found is None:
        return False
    subject = subject_of(session, found)
    purpose = metadata.tables["purpose"]
    known = (
        sa.select(EVENT.c.id)
        .join(purpose, purpose.c.id == EVENT.c.purpose_id)
        .where(EVENT.c.person_id.in_(subject.ids), purpose.c.code == said["purpose"])
        .where(EVENT.c.channel == Channel(said["channel"]), EVENT.c.decision == ConsentDecision(said["decision"]))
        .where(EVENT.c.on_day == dt.date.fromisoformat(said["on"]))
    )
    if session.scalars(known).first() is not None:
        return False
    act = Act(ConsentMethod(said["method"]), dt.date.fromisoformat(said["on"]), evidence="from the ledger")
    decision = ConsentDecision(said["decision"])
    channel = Channel(said["channel"])
    record_decision(session, subject.person, decision, purpose=said["purpose"], channel=channel, act=act)
    return True


@event.listens_for(Session, "after_begin")
def _mark(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if session.info.get("writing") and MARK not in session.info:
        session.info[MARK] = connection.execute(sa.select(sa.func.max(EVENT.c.id))).scalar() or 0


def _note(session: OrmSession) -> None:
    newest = session.info.pop(MARK, None)
    if newest is not None:
        _note_since(session, newest)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(MARK, None)


def _note_since(session: OrmSession, newest: int) -> None:
    person, purpose = metadata.tables["person"], metadata.tables["purpose"]
    query = (
        sa.select(
            person.c.public_id,
            purpose.c.code,
            EVENT.c.channel,
            EVENT.c.decision,
            EVENT.c.on_day,
            EVENT.c.method,
        )
        .join(person, person.c.id == EVENT.c.person_id)
        .join(purpose, purpose.c.id == EVENT.c.purpose_id)
        .where(EVENT.c.id > newest, EVENT.c.decision.in_(RESTRICTIONS))
        .order_by(EVENT.c.id)
    )
    rows = session.execute(query).all()
    if not rows:
        return
    key = checked_key(session)
    people: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for public_id, code, channel, decision, on, method in rows:
        terms: tuple[str, ...] = (code, channel.value, decision.value, on.isoformat(), method.value)
        people[terms].append(person_digest(key, public_id))
    for said_terms, digests in people.items():
        said = dict(zip(TERMS, said_terms, strict=True))
        note_in_ledger(session, LedgerLine(ACT, moment(), key_id(key), tuple(digests), (), said))


COLLECTORS.append(_note)
