"""Double opt-in: the one message that asks a person to confirm what a sheet claims, and the answer to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import Act, find_purpose, record_decision
from wmcrm.db import actor_of
from wmcrm.errors import BadInputError
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ContactPoint,
    Letter,
    LetterKind,
    LinkKind,
    PrivacyNotice,
    Purpose,
)
from wmcrm.outreach import Outreach, invite_to_confirm, points_to_confirm
from wmcrm.self_service.letters import language_of
from wmcrm.self_service.links import OpenLink, find_link, gone, record_behind, use_link
from wmcrm.self_service.outbox import queue_letter


@dataclass(frozen=True, slots=True)
class Question:
    """What an invitation asks: for which purpose and channel, in which words of which notice."""

    found: OpenLink = field(repr=False)
    purpose: Purpose
    channel: Channel
    notice: PrivacyNotice


def invite(
    session: Session,
    person_ids: Iterable[int],
    *,
    purpose: str,
    channel: Channel,
    reason: str,
    fallback_language: str = "en",
) -> Outreach:
    """Ask everybody with an unproven claim, once and never again; the letters leave after this transaction.

    Everybody else is withheld and counted by reason. Raises BadInputError for a channel that letters do not
    take, and for a purpose of which no notice has a wording: people must read to what they agree.
    """
    if channel is not Channel.EMAIL:
        raise BadInputError("Invitations to confirm go by email only; choose the channel email.")
    register = find_purpose(session, purpose)
    if not notices_for(session, register):
        raise BadInputError(
            "No notice for {purpose} has a wording; publish it first: wmcrm notice add VERSION --purpose {purpose}",
            purpose=purpose,
        )
    invited = invite_to_confirm(session, person_ids, purpose=purpose, channel=channel, reason=reason)
    for held in points_to_confirm(session, invited):
        language = language_of(session, held.person_id, fallback_language)
        notice = notice_in(session, register, language)
        assert notice is not None
        letter = Letter(
            kind=LetterKind.OPT_IN,
            person_id=held.person_id,
            contact_point_id=held.point_id,
            purpose_id=register.id,
            channel=channel,
            notice_id=notice.id,
            language=language,
            account_id=actor_of(session).account_id,
        )
        queue_letter(session, letter)
    return invited


def question_of(session: Session, secret: str, *, language: str, now: dt.datetime) -> Question:
    """What the link of an invitation asks, with the wording in the reader's language where there is one.

    Changes nothing. Raises NotFoundError for links that may not be used, also when the address is held no more.
    """
    found = find_link(session, LinkKind.OPT_IN, secret, now=now)
    link = found.link
    point = session.get(ContactPoint, link.contact_point_id)
    if point is None or point.removed_at is not None or point.person_id != found.person.id:
        raise gone()
    shown = session.get_one(PrivacyNotice, link.notice_id)
    same = sa.select(PrivacyNotice).where(
        col(PrivacyNotice.version) == shown.version,
        col(PrivacyNotice.language) == language,
        col(PrivacyNotice.wording).is_not(None),
    )
    purpose = session.get_one(Purpose, link.purpose_id)
    return Question(found, purpose, link.channel or Channel.EMAIL, session.scalars(same).first() or shown)


def answer_question(session: Session, question: Question, *, agreed: bool, now: dt.datetime) -> ConsentEvent:
    """Record what the person said to an invitation; the link is used up. A yes is a fresh act of theirs."""
    use_link(session, question.found, now=now)
    act = Act(
        ConsentMethod.DOUBLE_OPT_IN,
        now.date(),
        notice=question.notice.version,
        evidence="link sent by e-mail",
        language=question.notice.language,
        came_by_id=record_behind(session, question.found.link),
    )
    decision = ConsentDecision.GIVEN if agreed else ConsentDecision.REFUSED
    return record_decision(
        session, question.found.person, decision, purpose=question.purpose.code, channel=question.channel, act=act
    )


def notices_for(session: Session, purpose: Purpose) -> list[PrivacyNotice]:
    """The notices of a purpose that have a wording, those of the newest version first.

    A version is as new as its first language: one that is translated later does not become newer by that.
    """
    same = sa.orm.aliased(PrivacyNotice)
    first = sa.select(sa.func.min(col(same.id))).where(col(same.version) == col(PrivacyNotice.version))
    query = (
        sa.select(PrivacyNotice)
        .where(col(PrivacyNotice.wording).is_not(None))
        .order_by(first.scalar_subquery().desc(), col(PrivacyNotice.id).desc())
    )
    return [notice for notice in session.scalars(query) if purpose.code in notice.purposes]


def notice_in(session: Session, purpose: Purpose, language: str) -> PrivacyNotice | None:
    """The newest version of a purpose's notice, in a language where it is written in it."""
    found = notices_for(session, purpose)
    newest = [notice for notice in found if notice.version == found[0].version]
    return next((notice for notice in newest if notice.language == language), newest[0] if newest else None)
