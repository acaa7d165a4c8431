"""The words that files use for the vocabularies' codes.

A value may be a code or one of the synonyms below; in any other word spaces become underscores.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from wmcrm.models.enums import (
    AffiliateType,
    Channel,
    EventFormat,
    EventRole,
    EventStatus,
    EventType,
    Position,
    PurposeCode,
)
from wmcrm.models.kinds import ConsentDecision, ConsentMethod
from wmcrm.normalize import fold

E = TypeVar("E", bound=StrEnum)

AFFILIATE_TYPES: Mapping[str, AffiliateType] = {
    "movement partner": AffiliateType.PARTNER,
    "thematic organisation": AffiliateType.THEMATIC_ORGANIZATION,
    "thorg": AffiliateType.THEMATIC_ORGANIZATION,
    "usergroup": AffiliateType.USER_GROUP,
    "allied organization": AffiliateType.ALLIED_OR_OTHER,
    "other": AffiliateType.ALLIED_OR_OTHER,
}
# The second type, where one word stands for two.
EVENT_TYPES: Mapping[str, tuple[EventType, EventType | None]] = {
    "edit a thon": (EventType.EDITING_EVENT, None),
    "editathon": (EventType.EDITING_EVENT, None),
    "photo contest": (EventType.MEDIA_UPLOAD_EVENT, EventType.CONTEST),
    "writing contest": (EventType.CONTEST, None),
    "glam event": (EventType.WORKSHOP, None),
    "train the trainer": (EventType.TRAINING_SEMINAR, None),
    "training": (EventType.TRAINING_SEMINAR, None),
    "campaign": (EventType.OTHER, None),
    "community call": (EventType.OFFICE_HOURS, None),
}
# What a word says of the subject beside the type: the only trace of it in the file.
EVENT_TOPICS: Mapping[str, str] = {"glam event": "glam"}
POSITIONS: Mapping[str, Position] = {
    "campaign coordinator": Position.PROGRAMME_LEAD,
    "glam coordinator": Position.PROGRAMME_LEAD,
    "program lead": Position.PROGRAMME_LEAD,
    "program staff": Position.STAFF,
    "programme staff": Position.STAFF,
    "volunteer organizer": Position.MEMBER,
    "campus ambassador": Position.MEMBER,
    "trainer": Position.MEMBER,
    "contest juror": Position.MEMBER,
    "president": Position.CHAIR,
    "chairperson": Position.CHAIR,
    "board": Position.BOARD_MEMBER,
}
EVENT_ROLES: Mapping[str, EventRole] = {
    "volunteer": EventRole.HELPER,
    "attendee": EventRole.PARTICIPANT,
    "juror": EventRole.JURY,
    "organiser": EventRole.ORGANIZER,
    "co organiser": EventRole.CO_ORGANIZER,
}
FORMATS: Mapping[str, EventFormat] = {
    "virtual": EventFormat.ONLINE,
    "remote": EventFormat.ONLINE,
    "on site": EventFormat.IN_PERSON,
    "onsite": EventFormat.IN_PERSON,
}
EVENT_STATUSES: Mapping[str, EventStatus] = {
    "canceled": EventStatus.CANCELLED,
    "done": EventStatus.HELD,
    "finished": EventStatus.HELD,
    "past": EventStatus.HELD,
}
PURPOSES: Mapping[str, PurposeCode] = {
    "event invitations": PurposeCode.EVENT_FOLLOW_UP,
    "share with affiliates": PurposeCode.DIRECTORY_MEMBERS,
    "public directory": PurposeCode.DIRECTORY_PUBLIC,
    "research contact": PurposeCode.RESEARCH_SURVEY,
    "photo use": PurposeCode.PHOTO_RECORDING,
}
CHANNELS: Mapping[str, Channel] = {
    "messaging": Channel.WHATSAPP,
    "e mail": Channel.EMAIL,
    "telephone": Channel.PHONE,
    "all": Channel.ANY,
}
DECISIONS: Mapping[str, ConsentDecision] = {
    "granted": ConsentDecision.GIVEN,
    "declined": ConsentDecision.REFUSED,
    "revoked": ConsentDecision.WITHDRAWN,
}
METHODS: Mapping[str, ConsentMethod] = {
    "sign up sheet": ConsentMethod.IMPORT,
    "signup sheet": ConsentMethod.IMPORT,
    "sheet": ConsentMethod.IMPORT,
    "web form": ConsentMethod.FORM,
    "in person": ConsentMethod.SPOKEN,
    "e mail": ConsentMethod.EMAIL,
}
# What one word of a participation's status says: (registration, attended).
STATUSES: Mapping[str, tuple[str, str]] = {
    "attended": ("registered", "yes"),
    "present": ("registered", "yes"),
    "checked in": ("registered", "yes"),
    "no show": ("registered", "no"),
    "noshow": ("registered", "no"),
    "absent": ("registered", "no"),
    "cancelled": ("cancelled", "unknown"),
    "canceled": ("cancelled", "unknown"),
    "declined": ("cancelled", "unknown"),
    "registered": ("registered", "unknown"),
    "confirmed": ("registered", "unknown"),
    "waitlisted": ("waitlisted", "unknown"),
    "waiting list": ("waitlisted", "unknown"),
    "none": ("none", "unknown"),
}


def code_of(word: str) -> str:
    """A word as a code: folded, with underscores for spaces."""
    return fold(word).replace(" ", "_")


def read_word(word: str, kind: type[E], synonyms: Mapping[str, E]) -> E | None:
    """The member of a vocabulary that a word names by its code or a synonym; None for other words."""
    known = synonyms.get(fold(word))
    if known is not None:
        return known
    code = code_of(word)
    return next((member for member in kind if member.value == code), None)


def read_event_type(word: str) -> tuple[EventType, EventType | None] | None:
    """The one or two types that a word for a kind of event stands for; None for other words."""
    known = EVENT_TYPES.get(fold(word))
    if known is not None:
        return known
    single = read_word(word, EventType, {})
    return (single, None) if single else None


def read_purpose(word: str) -> str:
    """The code of a purpose; a word that is no synonym is a code itself, which the register may know."""
    known = PURPOSES.get(fold(word))
    return known.value if known else code_of(word)
