"""Controlled values of the machinery: consent decisions, imports, judgements, jobs, changes, accounts."""

from enum import StrEnum


class LawfulBasis(StrEnum):
    """The ground on which data may be used (GDPR Article 6)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"


class ConsentDecision(StrEnum):
    """What a person decided; voided = the import that brought it was undone."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    VOIDED = "voided"


class ConsentMethod(StrEnum):
    """How the decision reached us."""

    FORM = "form"
    DOUBLE_OPT_IN = "double_opt_in"
    EMAIL = "email"
    PAPER = "paper"
    SPOKEN = "spoken"
    IMPORT = "import"
    SELF_SERVICE = "self_service"


class ConsentStanding(StrEnum):
    """What the log of one purpose and channel comes to; unproven = a claim of a sheet without its notice."""

    GIVEN = "given"
    UNPROVEN = "unproven"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    NONE = "none"


class FieldGroup(StrEnum):
    """What an affiliate shares of its people beside the record itself; contacts only through the gate."""

    NAMES = "names"
    PLACES = "places"
    ACCOUNTS = "accounts"
    LANGUAGES = "languages"
    MEMBERSHIPS = "memberships"
    ROLES = "roles"
    PARTICIPATIONS = "participations"
    SKILLS = "skills"
    CONTACTS = "contacts"


class ImportKind(StrEnum):
    """What a file holds."""

    SIGNUPS = "signups"
    AFFILIATES = "affiliates"
    EVENTS = "events"
    PEOPLE = "people"
    ROLES = "roles"
    PARTICIPATIONS = "participations"
    CONSENTS = "consents"


class ImportState(StrEnum):
    """Where an import stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"


class RowKind(StrEnum):
    """What a row of a sheet is."""

    HEADER = "header"
    TITLE = "title"
    NOTE = "note"
    TOTAL = "total"
    BLANK = "blank"
    PERSON = "person"


class Outcome(StrEnum):
    """What an import did with a row."""

    NEW = "new"
    MATCHED = "matched"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    HELD = "held"
    SKIPPED = "skipped"
    INVALID = "invalid"


class Verdict(StrEnum):
    """What a person said of two records."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class JobState(StrEnum):
    """Where a job of the queue stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class PermissionRole(StrEnum):
    """Roles of accounts; what each may do is the table in wmcrm/permissions.py."""

    VIEWER = "viewer"
    EDITOR = "editor"
    STEWARD = "steward"
    PROGRAMME = "programme"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class RestrictionGround(StrEnum):
    """Why processing is restricted (GDPR Article 18)."""

    ACCURACY_CONTESTED = "accuracy_contested"
    UNLAWFUL_PROCESSING = "unlawful_processing"
    LEGAL_CLAIM = "legal_claim"
    OBJECTION_PENDING = "objection_pending"
    REQUESTED = "requested"


class LinkKind(StrEnum):
    """What a one-time link opens."""

    MY_DATA = "my_data"
    OPT_IN = "opt_in"
    CONFIRM_ADDRESS = "confirm_address"


class LetterKind(StrEnum):
    """What a letter says; shared_address = several people use the address, so no link goes there."""

    OPT_IN = "opt_in"
    MY_DATA = "my_data"
    SHARED_ADDRESS = "shared_address"
    CONTACT_REQUEST = "contact_request"
    CONFIRM_ADDRESS = "confirm_address"


class LetterState(StrEnum):
    """Where a letter stands; unsure = the connection broke while it was handed over: it is not sent again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    WITHHELD = "withheld"
    FAILED = "failed"
    UNSURE = "unsure"


class ContactRequestState(StrEnum):
    """Where a request through an affiliate stands; cancelled = by who asked."""

    WAITING = "waiting"
    PASSED_ON = "passed_on"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class RequestKind(StrEnum):
    """What a person asks of the stewards; not_me = the record is somebody else's."""

    ACCESS = "access"
    ERASURE = "erasure"
    NOT_ME = "not_me"


class RequestAnswer(StrEnum):
    """How a request ended."""

    DONE = "done"
    REFUSED = "refused"


class SignInMethod(StrEnum):
    """With what a session of the admin began."""

    PASSWORD = "password"  # noqa: S105  (a kind)
    PASSKEY = "passkey"
    WIKIMEDIA = "wikimedia"
    WELCOME_LINK = "welcome_link"
