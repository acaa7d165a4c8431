"""What a column of a sheet can mean."""

from __future__ import annotations

from enum import StrEnum


class SheetField(StrEnum):
    """The fields of a sign-up sheet, under the names that commands and remembered mappings use."""

    EMAIL = "email"
    PHONE = "phone"
    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    USERNAME = "username"
    COUNTRY = "country"
    CITY = "city"
    REGION = "region"
    POSTAL_CODE = "postal_code"
    LANGUAGE = "language"
    AFFILIATION = "affiliation"
    ROLE = "role"
    CONSENT_CONTACT = "consent_contact"
    CONSENT_PHOTO = "consent_photo"
    SIGNED_UP_AT = "signed_up_at"
    ATTENDED = "attended"
    REGISTRATION_STATUS = "registration_status"
    EVENT_NAME = "event_name"
    EVENT_DATE = "event_date"
    GENDER = "gender"
    AGE = "age"
    EXPERIENCE = "experience"
    NOTES = "notes"
    ROW_NO = "row_no"
    EXTERNAL_ID = "external_id"
    TICKET_TYPE = "ticket_type"
    TAGS = "tags"
    WIKI = "wiki"


class GuessSource(StrEnum):
    """How the meaning of a column was found."""

    KNOWN_SOURCE = "known_source"
    SAVED = "saved"
    USER = "user"
    SYNONYM = "synonym"
    CONTAINED = "contained"
    FUZZY = "fuzzy"
    VALUES = "values"
    NONE = "none"


NAME_FIELDS = frozenset({SheetField.FULL_NAME, SheetField.FIRST_NAME, SheetField.LAST_NAME})

IDENTIFYING = frozenset({SheetField.EMAIL, SheetField.PHONE, SheetField.USERNAME}) | NAME_FIELDS

# A person can leave several addresses, answer several questions on consent or on interests;
# everything else is told by one column only.
REPEATABLE = frozenset(
    {
        SheetField.EMAIL,
        SheetField.PHONE,
        SheetField.NOTES,
        SheetField.TAGS,
        SheetField.EXPERIENCE,
        SheetField.EXTERNAL_ID,
        SheetField.ROW_NO,
        SheetField.LANGUAGE,
        SheetField.ATTENDED,  # one column a session: who came to any of them came
    }
)

# Never taken by default: what the movement has no business keeping about a person.
SENSITIVE_FIELDS = frozenset({SheetField.GENDER, SheetField.AGE})

APPLIED_FROM = 0.8
SUGGESTED_FROM = 0.55
