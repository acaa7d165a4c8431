"""What a person decides about the use of their data, on their own page: each decision is a fresh act of theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from wmcrm.consent import Act, find_purpose, record_decision
from wmcrm.errors import BadInputError
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentMethod,
    ConsentStanding,
    LawfulBasis,
    Person,
    PrivacyNotice,
    SelfServiceLink,
)
from wmcrm.outreach import ChannelStanding, consent_overview
from wmcrm.self_service.inviting import notice_in
from wmcrm.self_service.links import record_behind
from wmcrm.self_service.wording import letter_language, purpose_words

# Nobody is written to for these, so no channel limits them.
WITHOUT_MESSAGES = frozenset(
    {"directory_public", "directory_members", "photo_recording", "path_reporting", "grant_reporting"}
)
HOLDS = frozenset({ConsentStanding.GIVEN, ConsentStanding.UNPROVEN})


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """One purpose as the person sees it: what holds, and what they can do; ``offer`` is what they would agree to."""

    purpose: str
    description: str
    standings: Sequence[ChannelStanding]
    can_withdraw: bool
    can_object: bool
    offer: PrivacyNotice | None


def purposes_of(session: Session, person: Person, *, language: str, on: dt.date) -> list[PurposeLine]:
    """Every purpose of the register for one person; those about which something was decided come first."""
    lines: list[PurposeLine] = []
    for found in consent_overview(session, person, on=on):
        register = find_purpose(session, found.purpose)
        given = any(one.standing is ConsentStanding.GIVEN and not one.has_ended for one in found.standings)
        by_consent = register.default_basis is LawfulBasis.CONSENT and not given
        line = PurposeLine(
            purpose=found.purpose,
            description=purpose_words(register, letter_language([language])),
            standings=found.standings,
            can_withdraw=any(one.standing in HOLDS for one in found.standings),
            can_object=all(one.standing is not ConsentStanding.OBJECTED for one in found.standings),
            offer=notice_in(session, register, language) if by_consent else None,
        )
        lines.append(line)
    return sorted(lines, key=lambda line: not line.standings)


def purpose_in_words(session: Session, code: str, language: str) -> str:
    """What a purpose means for a person, in the middle of a sentence, in a language or else in English."""
    return purpose_words(find_purpose(session, code), letter_language([language]))


def give_consent(
    session: Session,
    person: Person,
    purpose: str,
    *,
    language: str,
    now: dt.datetime,
    link: SelfServiceLink | None = None,
) -> None:
    """Record that the person agrees, on the wording they were shown; raises BadInputError where there is none.

    ``link`` is the one by which they came.
    """
    register = find_purpose(session, purpose)
    notice = notice_in(session, register, language)
    if notice is None or register.default_basis is not LawfulBasis.CONSENT:
        raise BadInputError("There is nothing to agree to for this purpose.")
    channel = Channel.ANY if register.code in WITHOUT_MESSAGES else Channel.EMAIL
    act = Act(
        ConsentMethod.SELF_SERVICE,
        now.date(),
        notice=notice.version,
        evidence="own page",
        language=notice.language,
        came_by_id=record_behind(session, link) if link is not None else None,
    )
    record_decision(session, person, ConsentDecision.GIVEN, purpose=register.code, channel=channel, act=act)


def take_back(session: Session, person: Person, purpose: str, *, now: dt.datetime) -> None:
    """Record that the person takes a consent back, for every channel; it counts at once."""
    _restrict(session, person, ConsentDecision.WITHDRAWN, purpose, now)


def object_to(session: Session, person: Person, purpose: str, *, now: dt.datetime) -> None:
    """Record that the person objects to a purpose, whatever its ground; it counts at once."""
    _restrict(session, person, ConsentDecision.OBJECTED, purpose, now)


def _restrict(session: Session, person: Person, decision: ConsentDecision, purpose: str, now: dt.datetime) -> None:
    act = Act(ConsentMethod.SELF_SERVICE, now.date(), evidence="own page")
    code = find_purpose(session, purpose).code
    record_decision(session, person, decision, purpose=code, channel=Channel.ANY, act=act)
