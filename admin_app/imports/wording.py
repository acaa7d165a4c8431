"""Words for what an import shows: fields, how sure a guess is, buckets, issues of cells."""

from __future__ import annotations

from flask_babel import LazyString, gettext, lazy_gettext

from admin_app.words import word
from wmcrm.importer import RowIssue, RowsMean
from wmcrm.importer.mapping import APPLIED_FROM, ColumnGuess, GuessSource, SheetField
from wmcrm.importer.preview import Bucket
from wmcrm.sheets import ReadNote

# Gender and age are no choices: the movement has no business keeping them with a sign-up.
FIELDS: dict[SheetField, LazyString] = {
    SheetField.FULL_NAME: lazy_gettext("Name"),
    SheetField.FIRST_NAME: lazy_gettext("Given name"),
    SheetField.LAST_NAME: lazy_gettext("Family name"),
    SheetField.USERNAME: lazy_gettext("Username"),
    SheetField.EMAIL: lazy_gettext("E-mail"),
    SheetField.PHONE: lazy_gettext("Phone"),
    SheetField.COUNTRY: lazy_gettext("Country of residence"),
    SheetField.CITY: lazy_gettext("City"),
    SheetField.REGION: lazy_gettext("Region"),
    SheetField.POSTAL_CODE: lazy_gettext("Postal code"),
    SheetField.LANGUAGE: lazy_gettext("Languages"),
    SheetField.AFFILIATION: lazy_gettext("Affiliation"),
    SheetField.ROLE: lazy_gettext("Role"),
    SheetField.ATTENDED: lazy_gettext("Attended"),
    SheetField.REGISTRATION_STATUS: lazy_gettext("Status of the registration"),
    SheetField.SIGNED_UP_AT: lazy_gettext("Signed up on"),
    SheetField.CONSENT_CONTACT: lazy_gettext("Consent to be contacted"),
    SheetField.CONSENT_PHOTO: lazy_gettext("Consent to be photographed"),
    SheetField.TICKET_TYPE: lazy_gettext("Kind of ticket"),
    SheetField.WIKI: lazy_gettext("Wiki"),
    SheetField.EXPERIENCE: lazy_gettext("Experience"),
    SheetField.TAGS: lazy_gettext("Interests"),
    SheetField.NOTES: lazy_gettext("Remarks"),
    SheetField.EVENT_NAME: lazy_gettext("Name of the event"),
    SheetField.EVENT_DATE: lazy_gettext("Day of the event"),
    SheetField.EXTERNAL_ID: lazy_gettext("Number in the source"),
    SheetField.ROW_NO: lazy_gettext("Number of the row"),
}
KEYS: dict[str, LazyString] = {
    "username": lazy_gettext("username"),
    "email": lazy_gettext("e-mail"),
    "phone": lazy_gettext("phone"),
}
BUCKETS: dict[Bucket, LazyString] = {
    Bucket.CHECK: lazy_gettext("Check"),
    Bucket.PROBLEM: lazy_gettext("Problem"),
    Bucket.NEW: lazy_gettext("New"),
    Bucket.SAME: lazy_gettext("Same"),
    Bucket.TWICE: lazy_gettext("Same person twice"),
    Bucket.OUT: lazy_gettext("Left out"),
}
ROWS_MEAN: dict[RowsMean, LazyString] = {
    RowsMean.ATTENDED: lazy_gettext("Everybody in the sheet came"),
    RowsMean.REGISTERED: lazy_gettext("Everybody in the sheet is registered"),
    RowsMean.COLUMN: lazy_gettext("A column of the sheet says who came"),
}
SENSITIVE: dict[str, LazyString] = {
    "diet": lazy_gettext("diet"),
    "health": lazy_gettext("health"),
    "access": lazy_gettext("access needs"),
    "religion": lazy_gettext("religion"),
    "gender": lazy_gettext("gender"),
    "age": lazy_gettext("age"),
    "identity_number": lazy_gettext("identity number"),
    "politics": lazy_gettext("politics"),
    "orientation": lazy_gettext("sexual orientation"),
    "ethnicity": lazy_gettext("ethnicity"),
}
MATCHED_BY: dict[str, LazyString] = {
    **KEYS,
    "decision": lazy_gettext("decided in the preview"),
    "same row": lazy_gettext("the same row, imported before"),
}
# Suggestions of these problems are values to write into the cell; others are words or examples.
MENDABLE = ("email_", "country_", "language_", "username_")


def field_word(name: str | None) -> str:
    """A field by its word; a field that is not offered by its own name."""
    if not name:
        return str(gettext("Not imported"))
    known = FIELDS.get(SheetField(name)) if name in set(SheetField) else None
    return str(known) if known is not None else name.replace("_", " ")


def sureness(guess: ColumnGuess) -> str:
    """How the meaning of a column was found, in words; "" for a column nothing was found for."""
    if guess.source_of_guess is GuessSource.USER:
        return str(gettext("you said so"))
    if guess.source_of_guess is GuessSource.SAVED:
        return str(gettext("as last time"))
    if guess.is_question:
        return str(gettext("Is it this? Please say."))
    if guess.field is None:
        return ""
    if guess.score >= 0.95:
        return str(gettext("sure"))
    return str(gettext("likely")) if guess.score >= APPLIED_FROM else str(gettext("a guess"))


def suggested_field(guess: ColumnGuess) -> str:
    """What a column that is a question most likely means."""
    return guess.suggestions[0][0].value if guess.is_question and guess.suggestions else ""


OUTCOMES: dict[str, LazyString] = {
    "new": lazy_gettext("New"),
    "matched": lazy_gettext("Linked"),
    "updated": lazy_gettext("Linked, with more data"),
    "unchanged": lazy_gettext("Known before"),
    "held": lazy_gettext("Held"),
    "skipped": lazy_gettext("Left out"),
    "invalid": lazy_gettext("Left out"),
}


def outcome_word(outcome: str) -> str:
    """What became of a row, in words."""
    known = OUTCOMES.get(outcome)
    return str(known) if known is not None else outcome


def matched_by(by: str | None) -> str:
    """By what a row was known to be somebody."""
    if not by:
        return ""
    if by.startswith("row "):
        return str(gettext("the same person as in row %(row)s", row=by.removeprefix("row ")))
    known = MATCHED_BY.get(by)
    return str(known) if known is not None else by


UNDONE: dict[str, LazyString] = {
    "values": lazy_gettext("Values that were filled in"),
    "consent_voided": lazy_gettext("Consents, now void"),
    "edited_later": lazy_gettext("Edited later"),
    "named_by_a_later_import": lazy_gettext("Named by a later import"),
    "referred_to": lazy_gettext("Other records refer to it"),
    "removed_later": lazy_gettext("Removed later"),
    "refused_consent": lazy_gettext("Refusals and withdrawals of consent"),
}


def undone_word(name: str) -> str:
    """What was taken back or stays, in words."""
    known = UNDONE.get(name)
    return str(known) if known is not None else word(name)


def issue_text(issue: RowIssue) -> str:
    """What is wrong with a cell, in the reader's language where the sentence has a translation."""
    return _translated_issue(issue.code, issue.value, issue.suggestion) or issue.message


def _translated_issue(code: str, value: str, suggestion: str | None) -> str:
    known = ISSUES.get(code)
    if known is None:
        return ""
    plain, helped = known
    template = str(helped if suggestion and helped is not None else plain)
    return template.format(value=value, suggestion=suggestion or "")


ISSUES: dict[str, tuple[LazyString, LazyString | None]] = {
    "email_invalid": (
        lazy_gettext("'{value}' is not an e-mail address"),
        lazy_gettext("'{value}' is not an e-mail address; write it as {suggestion}"),
    ),
    "email_domain_typo": (lazy_gettext("'{value}' may be a slip of {suggestion}"), None),
    "phone_needs_country": (
        lazy_gettext("'{value}' cannot be read without a country; write it with + and the country code"),
        None,
    ),
    "country_unknown": (
        lazy_gettext("'{value}' is no country we know"),
        lazy_gettext("'{value}' is no country we know; was {suggestion} meant?"),
    ),
    "language_unknown": (
        lazy_gettext("'{value}' is no language we know"),
        lazy_gettext("'{value}' is no language we know; was {suggestion} meant?"),
    ),
    "several_people": (lazy_gettext("'{value}' names several people; give each a row of their own"), None),
    "nobody": (lazy_gettext("This row has no name, e-mail, phone or username"), None),
    "consent_unknown": (
        lazy_gettext("'{value}' is neither yes nor no, so no consent was recorded; write yes or no"),
        None,
    ),
    "attendance_unknown": (
        lazy_gettext("'{value}' does not say whether the person came; write yes or no"),
        None,
    ),
    "status_unknown": (
        lazy_gettext("'{value}' is not a known status; write registered, waitlisted, cancelled or attended"),
        None,
    ),
    "held": (lazy_gettext("This may be somebody who is known; held until a person has looked"), None),
    "same_person_twice": (lazy_gettext("The same person stands in the sheet twice; the later answer counts"), None),
    "value_conflict": (lazy_gettext("Here another value is recorded, which was kept; the sheet says '{value}'"), None),
}


def is_mendable(issue: RowIssue) -> bool:
    """Whether the suggestion can be written into the cell as it stands."""
    return bool(issue.column and issue.suggestion and issue.code.startswith(MENDABLE))


def note_text(note: ReadNote) -> str:
    """What was noticed while the file was read."""
    return str(gettext(note.template)).format(**note.params)
