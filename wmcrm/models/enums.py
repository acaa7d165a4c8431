"""Controlled values: the movement's terms, as the code, the tables, the screens and the files name them."""

from enum import StrEnum


class Protection(StrEnum):
    """How much of a person may be shown."""

    NORMAL = "normal"
    ELEVATED = "elevated"
    SEALED = "sealed"


class PersonStatus(StrEnum):
    """Whether a person record is in use; held = waits for a decision of an import."""

    ACTIVE = "active"
    HELD = "held"
    MERGED = "merged"
    ERASED = "erased"


class EntryRoute(StrEnum):
    """How somebody came to the movement."""

    EDITING = "editing"
    EVENT = "event"
    EDUCATION_CLASS = "education_class"
    GLAM_PROFESSION = "glam_profession"
    LIBRARY = "library"
    AFFILIATE_MEMBER = "affiliate_member"
    OPEN_MOVEMENT = "open_movement"
    TECHNICAL = "technical"
    PHOTO_CONTEST = "photo_contest"
    FRIEND_INTRODUCTION = "friend_introduction"
    GRANT = "grant"
    STAFF_HIRE = "staff_hire"
    OTHER = "other"
    UNKNOWN = "unknown"


class NameKind(StrEnum):
    """What a name of a person is."""

    PREFERRED = "preferred"
    LEGAL = "legal"
    NATIVE = "native"
    TRANSLITERATED = "transliterated"
    NICKNAME = "nickname"
    FORMER = "former"


class LanguageUse(StrEnum):
    """What a person does in a language."""

    SPEAKS = "speaks"
    ORGANIZES_IN = "organizes_in"
    TRANSLATES = "translates"


class LanguageLevel(StrEnum):
    """How well, in the terms of Babel boxes and CEFR; unknown when nobody said."""

    UNKNOWN = "unknown"
    BASIC = "basic"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    NATIVE = "native"


class ContactKind(StrEnum):
    """Where a person can be written to."""

    EMAIL = "email"
    PHONE = "phone"
    TALK_PAGE = "talk_page"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    SIGNAL = "signal"
    MATRIX = "matrix"
    IRC = "irc"
    POSTAL = "postal"


class Visibility(StrEnum):
    """Who may see that a contact point exists."""

    HOLDER = "holder"
    MOVEMENT = "movement"
    PUBLIC = "public"


class AffiliateType(StrEnum):
    """Kinds of organizations."""

    CHAPTER = "chapter"
    THEMATIC_ORGANIZATION = "thematic_organization"
    USER_GROUP = "user_group"
    HUB = "hub"
    ALLIED_OR_OTHER = "allied_or_other"
    INFORMAL_GROUP = "informal_group"
    PARTNER = "partner"
    FOUNDATION = "foundation"


class RecognitionStatus(StrEnum):
    """Where an affiliate stands in recognition."""

    APPLICANT = "applicant"
    TRIAL = "trial"
    RECOGNISED = "recognised"
    SUSPENDED = "suspended"
    DERECOGNISED = "derecognised"


class Position(StrEnum):
    """What a person is at an affiliate."""

    GROUP_CONTACT_1 = "group_contact_1"
    GROUP_CONTACT_2 = "group_contact_2"
    BOARD_MEMBER = "board_member"
    CHAIR = "chair"
    TREASURER = "treasurer"
    EXECUTIVE_DIRECTOR = "executive_director"
    STAFF = "staff"
    PROGRAMME_LEAD = "programme_lead"
    ONBOARDING_LEAD = "onboarding_lead"
    ESCALATION_CONTACT = "escalation_contact"
    MEMBER = "member"
    SUPPORTER = "supporter"


class EventType(StrEnum):
    """Kinds of events; an event has one or two."""

    EDITING_EVENT = "editing_event"
    MEDIA_UPLOAD_EVENT = "media_upload_event"
    BACKLOG_DRIVE = "backlog_drive"
    CONTEST = "contest"
    WORKSHOP = "workshop"
    TRAINING_SEMINAR = "training_seminar"
    MEETUP = "meetup"
    HACKATHON = "hackathon"
    CONFERENCE = "conference"
    OFFICE_HOURS = "office_hours"
    FOCUS_GROUP = "focus_group"
    STRATEGY_SALON = "strategy_salon"
    PARTNER_MEETING = "partner_meeting"
    OTHER = "other"


class EventFormat(StrEnum):
    """Where people meet."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class EventStatus(StrEnum):
    """Whether an event happened."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"
    TEST = "test"


class HostRole(StrEnum):
    """What an affiliate does for an event."""

    ORGANIZER = "organizer"
    SPONSOR = "sponsor"
    SUPPORTER = "supporter"


class EventRole(StrEnum):
    """What a person does at an event."""

    PARTICIPANT = "participant"
    HELPER = "helper"
    TRANSLATOR = "translator"
    INTERPRETER = "interpreter"
    JURY = "jury"
    PHOTOGRAPHER = "photographer"
    SPEAKER = "speaker"
    ONLINE_VOLUNTEER = "online_volunteer"
    CAMPUS_VOLUNTEER = "campus_volunteer"
    TRAINER = "trainer"
    FACILITATOR = "facilitator"
    CO_ORGANIZER = "co_organizer"
    COMMITTEE = "committee"
    COORDINATOR = "coordinator"
    ORGANIZER = "organizer"
    CREATOR = "creator"
    LEAD = "lead"
    STAFF = "staff"
    SPONSOR_CONTACT = "sponsor_contact"


class Registration(StrEnum):
    """What became of a registration."""

    NONE = "none"
    REGISTERED = "registered"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """Whether somebody came."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Capacity(StrEnum):
    """As what somebody is there: a participant, or at work."""

    PARTICIPANT = "participant"
    STAFF = "staff"
    INTERPRETER = "interpreter"
    SPEAKER = "speaker"


class InitiativeStatus(StrEnum):
    """Where an initiative stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    ABANDONED = "abandoned"
    DONE = "done"


class InvolvementKind(StrEnum):
    """What somebody does for an initiative."""

    LEADING = "leading"
    WORKING = "working"
    INTERESTED = "interested"
    ADVISING = "advising"
    STEWARD = "steward"


class SkillKind(StrEnum):
    """Whether a person has, offers or wants a skill."""

    HAS = "has"
    OFFERS = "offers"
    WANTS = "wants"


class PurposeCode(StrEnum):
    """The purposes that ship; the register may hold more."""

    EVENT_LOGISTICS = "event_logistics"
    EVENT_FOLLOW_UP = "event_follow_up"
    ORGANIZER_RECRUITMENT = "organizer_recruitment"
    NEWSLETTER = "newsletter"
    PROGRAMME_EVALUATION = "programme_evaluation"
    PATH_REPORTING = "path_reporting"
    DIRECTORY_PUBLIC = "directory_public"
    DIRECTORY_MEMBERS = "directory_members"
    PHOTO_RECORDING = "photo_recording"
    RESEARCH_SURVEY = "research_survey"
    GRANT_REPORTING = "grant_reporting"
    STRATEGY_OUTREACH = "strategy_outreach"


class Channel(StrEnum):
    """Ways to reach a person."""

    EMAIL = "email"
    PHONE = "phone"
    TALK_PAGE = "talk_page"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    SIGNAL = "signal"
    MATRIX = "matrix"
    IRC = "irc"
    POSTAL = "postal"
    IN_PERSON = "in_person"
    ANY = "any"
