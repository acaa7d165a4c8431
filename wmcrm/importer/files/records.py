"""What the rows of affiliates, events, roles, participations and consents say, field by field."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wmcrm.importer.files import words
from wmcrm.importer.files.cells import Cells
from wmcrm.models.enums import (
    AffiliateType,
    Attendance,
    Channel,
    EventFormat,
    EventRole,
    EventStatus,
    EventType,
    Position,
    Registration,
)
from wmcrm.models.kinds import ConsentDecision, ConsentMethod
from wmcrm.normalize import REGIONS, clean_text, fold, parse_emails

Values = dict[str, object]

_DECISIONS = (
    ConsentDecision.GIVEN,
    ConsentDecision.REFUSED,
    ConsentDecision.WITHDRAWN,
    ConsentDecision.OBJECTED,
)


def read_affiliate(cells: Cells) -> Values:
    """An affiliate: name and kind are needed."""
    emails = cells.several("email", parse_emails(cells.raw("email")))
    return {
        "name": cells.needed("name"),
        "affiliate_type": cells.word("kind", AffiliateType, words.AFFILIATE_TYPES, needed=True),
        "code": cells.text("code", 60),
        "country": cells.country(),
        "region": _region(cells),
        "email": emails[0] if emails else None,
        "website": cells.text("website", 400),
        "founded_on": cells.day("founded_on"),
    }


def read_event(cells: Cells) -> Values:
    """An event: name and first day are needed; it was held and tracked attendance unless told otherwise."""
    types = cells.known("kind", words.read_event_type, list(EventType), needed=False)
    if types is None and cells.raw("kind"):
        cells.rejected = True
    second = cells.word("second_kind", EventType, {})
    first_type = types[0] if types else None
    starts_on, ends_on = cells.needed_day("starts_on"), cells.day("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        cells.reject("ends_on", "dates_order", f"It ends on {ends_on}, before it starts on {starts_on}", str(ends_on))
    return {
        "title": cells.needed("name"),
        "event_type": first_type,
        "second_type": second or (types[1] if types else None),
        "event_format": _format(cells),
        "status": cells.word("status", EventStatus, words.EVENT_STATUSES),
        "affiliate": cells.text("affiliate_id", 200),
        "country": cells.country(),
        "city": cells.text("city", 200),
        "venue": cells.text("venue"),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "timezone": _timezone(cells),
        "tracks_attendance": cells.flag("tracks_attendance"),
        "topics": _topics(cells),
        "url": cells.text("url", 400),
    }


def read_role(cells: Cells) -> Values:
    """A position of a person at an affiliate, from its first day to the first day it was not held."""
    position = cells.word("kind", Position, words.POSITIONS, needed=True)
    typed = clean_text(cells.raw("kind"))
    since, until = cells.day("started_on"), cells.day("ended_on")
    _check_order(cells, "ended_on", since, until)
    return {
        "person": cells.key("person_id"),
        "affiliate": cells.key("affiliate_id"),
        "position": position,
        "title": typed[:200] if position and words.code_of(typed) != position.value else None,
        "since": since,
        "until": until,
    }


def read_participation(cells: Cells) -> Values:
    """A person at an event: registration, attendance and contribution are three things."""
    role = cells.word("capacity", EventRole, words.EVENT_ROLES) if cells.raw("capacity") else EventRole.PARTICIPANT
    if role is None:
        cells.rejected = True
    status = cells.known("status", lambda word: words.STATUSES.get(fold(word)), list(Registration), needed=False)
    if status is None and cells.raw("status"):
        cells.rejected = True
    registered_on, came = cells.day("registered_on"), cells.flag("attended")
    registration, attended = status or (None, None)
    if came is not None:
        attended = Attendance.YES if came else Attendance.NO
    return {
        "person": cells.key("person_id"),
        "event": cells.key("event_id"),
        "event_role": role,
        "registration": _registration(registration, attended, registered_on),
        "attended": Attendance(attended) if attended else None,
        "contributed": cells.flag("contributed"),
        "registered_on": registered_on,
    }


def read_consent(cells: Cells) -> Values:
    """A decision about a purpose; a withdrawn consent was given on one day and withdrawn on another."""
    decision = cells.known("state", _decision, [*_DECISIONS], needed=True)
    given_on = cells.needed_day("given_on")
    purpose = cells.needed("purpose", 60)
    channel = cells.word("channel", Channel, words.CHANNELS, needed=bool(cells.raw("channel")))
    method = cells.word("source", ConsentMethod, words.METHODS, needed=bool(cells.raw("source")))
    return {
        "person": cells.key("person_id"),
        "purpose": words.read_purpose(purpose),
        "channel": channel or Channel.ANY,
        "decision": decision,
        "given_on": given_on,
        "withdrawn_on": _withdrawn_on(cells, given_on) if decision is ConsentDecision.WITHDRAWN else None,
        "method": method or ConsentMethod.IMPORT,
        "notice": cells.text("notice", 60),
    }


def _decision(word: str) -> ConsentDecision | None:
    found = words.read_word(word, ConsentDecision, words.DECISIONS)
    return found if found in _DECISIONS else None


def _withdrawn_on(cells: Cells, given_on: date | None) -> date | None:
    """A withdrawal without a readable day counts from the day of the giving: it must never be lost."""
    day = cells.day("ended_on")
    if day is None:
        message = (
            "The withdrawal has no day; it counts from the day the consent was given. Write the day if it is known"
        )
        cells.warn("ended_on", "withdrawal_without_day", message)
        return given_on
    if given_on and day < given_on:
        message = f"It was withdrawn on {day}, before it was given on {given_on}"
        cells.reject("ended_on", "dates_order", message, str(day))
    return day


def _registration(word: str | None, attended: str | None, registered_on: date | None) -> Registration | None:
    """Who came without a day of registration was not registered; who missed it was."""
    if word == Registration.REGISTERED and attended == Attendance.YES and registered_on is None:
        return Registration.NONE
    if word is None and registered_on is not None:
        return Registration.REGISTERED
    return Registration(word) if word else None


def _check_order(cells: Cells, name: str, since: date | None, until: date | None) -> None:
    if since and until and until <= since:
        cells.reject(name, "dates_order", f"It ends on {until}, not after its first day {since}", str(until))


def _region(cells: Cells) -> str | None:
    raw = cells.raw("region")
    if not raw:
        return None
    by_name = {fold(region.value): region.value for region in REGIONS}
    by_name |= {fold(name): region.value for region, name in REGIONS.items()}
    return cells.known("region", lambda word: by_name.get(fold(word)), list(REGIONS), needed=False)


def _format(cells: Cells) -> EventFormat | None:
    told = cells.word("format", EventFormat, words.FORMATS)
    if told is not None:
        return told
    online = cells.flag("online")
    return None if online is None else EventFormat.ONLINE if online else EventFormat.IN_PERSON


def _topics(cells: Cells) -> tuple[str, ...]:
    typed = [words.code_of(part)[:60] for part in cells.raw("topics").replace(",", ";").split(";")]
    implied = words.EVENT_TOPICS.get(fold(cells.raw("kind")))
    return tuple(dict.fromkeys(topic for topic in (*typed, implied) if topic))


def _timezone(cells: Cells) -> str | None:
    name = cells.text("timezone", 60)
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        cells.warn("timezone", "timezone_unknown", f"'{name}' is no time zone; write it as Africa/Dakar", name)
        return None
    return name
