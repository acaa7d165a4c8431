"""Every sentence about a bad cell, in English: the templates are the keys of their translations.

One function a kind of problem; each passes its template as a literal so that a translator's tool
finds it. ``{value}`` is the text as typed and ``{suggestion}`` what to write instead.
"""

from __future__ import annotations

from wmcrm.normalize.parsed import Problem

ERROR = "error"
WARNING = "warning"


def email_invalid(value: str, suggestion: str | None = None) -> Problem:
    """The text is no e-mail address; with a suggestion where one repair gives one."""
    if suggestion:
        return Problem(
            "email_invalid", "'{value}' is not an e-mail address; write it as {suggestion}",
            value, suggestion, ERROR,
        )  # fmt: skip
    return Problem("email_invalid", "'{value}' is not an e-mail address", value, None, ERROR)


def email_domain_typo(value: str, suggestion: str) -> Problem:
    """The domain looks like a slip of a well-known one; the address is kept as typed."""
    return Problem("email_domain_typo", "'{value}' may be a slip of {suggestion}", value, suggestion)


def phone_digits_lost(value: str) -> Problem:
    """A spreadsheet rounded the number; the digits cannot be known."""
    return Problem(
        "phone_digits_lost",
        "'{value}' has lost digits in the spreadsheet; format the column as text and type the number again",
        value, None, ERROR,
    )  # fmt: skip


def phone_needs_country(value: str) -> Problem:
    """A national number and no country to read it by."""
    return Problem(
        "phone_needs_country",
        "'{value}' cannot be read without a country; write it with + and the country code",
        value, None, ERROR,
    )  # fmt: skip


def phone_too_short(value: str) -> Problem:
    """Fewer digits than any number of that country."""
    return Problem("phone_invalid", "'{value}' is too short for a phone number", value, None, ERROR)


def phone_too_long(value: str) -> Problem:
    """More digits than any number of that country."""
    return Problem("phone_invalid", "'{value}' is too long for a phone number", value, None, ERROR)


def phone_country_code(value: str) -> Problem:
    """The digits after + begin with no country's code."""
    return Problem("phone_invalid", "'{value}' begins with no country's code", value, None, ERROR)


def phone_no_number(value: str) -> Problem:
    """Nothing in the text can be dialled."""
    return Problem("phone_invalid", "'{value}' is not a phone number", value, None, ERROR)


def username_is_email(value: str) -> Problem:
    """An e-mail address stands where a username belongs."""
    return Problem("username_invalid", "'{value}' is an e-mail address, not a username", value, None, ERROR)


def username_is_address(value: str) -> Problem:
    """An IP address is not an account."""
    return Problem("username_invalid", "'{value}' is an IP address, not a username", value, None, ERROR)


def username_characters(value: str) -> Problem:
    """The text has characters that no username can have."""
    return Problem(
        "username_invalid",
        "'{value}' has characters that no username can have (# < > [ ] | {{ }} / @ :)",
        value, None, ERROR,
    )  # fmt: skip


def username_not_a_user_page(value: str) -> Problem:
    """The address of a page that belongs to no user."""
    return Problem("username_invalid", "'{value}' is the address of a page, but of no user's page", value, None, ERROR)


def username_too_long(value: str) -> Problem:
    """Over MediaWiki's limit of 255 bytes."""
    return Problem("username_invalid", "'{value}' is too long for a username", value, None, ERROR)


def username_several(value: str, kept: str) -> Problem:
    """Several usernames in a cell; the first is kept."""
    return Problem(
        "username_several",
        "'{value}' holds several usernames; {kept} was taken",
        value, params={"kept": kept},
    )  # fmt: skip


def country_unknown(value: str, suggestion: str | None = None) -> Problem:
    """No country has that name or code."""
    if suggestion:
        return Problem(
            "country_unknown", "'{value}' is no country we know; was {suggestion} meant?",
            value, suggestion, ERROR,
        )  # fmt: skip
    return Problem("country_unknown", "'{value}' is no country we know", value, None, ERROR)


def language_unknown(value: str, suggestion: str | None = None) -> Problem:
    """No language has that name or code."""
    if suggestion:
        return Problem(
            "language_unknown", "'{value}' is no language we know; was {suggestion} meant?",
            value, suggestion, ERROR,
        )  # fmt: skip
    return Problem("language_unknown", "'{value}' is no language we know", value, None, ERROR)


def date_ambiguous(value: str, first: str, second: str) -> Problem:
    """Day and month could each be either; both readings are in the parameters."""
    return Problem(
        "date_ambiguous",
        "'{value}' can be read as {first} or as {second}; say which the column means",
        value, None, ERROR, {"first": first, "second": second},
    )  # fmt: skip


def date_invalid(value: str, suggestion: str) -> Problem:
    """The text is no day of the calendar; the suggestion shows how to write one."""
    return Problem("date_invalid", "'{value}' is not a date; write it as {suggestion}", value, suggestion, ERROR)


def moment_invalid(value: str, suggestion: str) -> Problem:
    """The text is no time of a day."""
    return Problem(
        "moment_invalid",
        "'{value}' is not a date and time; write it as {suggestion}",
        value, suggestion, ERROR,
    )  # fmt: skip
