"""Text as typed to the form in which it is stored: pure functions, one cell at a time.

Every parser returns ``Parsed``: the values found, the preferred first, and the problems met. None
raises on any text. Large libraries (phonenumbers, babel) are imported on first use.
"""

from __future__ import annotations

from wmcrm.normalize.countries import COUNTRIES, REGIONS, Country, Region, exportable, region_of
from wmcrm.normalize.dates import DateOrder, learn_date_order, parse_date, parse_excel_serial, parse_moment
from wmcrm.normalize.emails import email_key, parse_emails
from wmcrm.normalize.languages import find_language, language_name, parse_languages
from wmcrm.normalize.parsed import Parsed, Problem
from wmcrm.normalize.phones import parse_phones
from wmcrm.normalize.places import country_name, parse_country
from wmcrm.normalize.text import clean_text, fold, script_of, sort_name
from wmcrm.normalize.usernames import canonical_username, is_staff_username, parse_username
from wmcrm.normalize.words import is_placeholder, is_total_word, parse_yes_no

__all__ = [
    "COUNTRIES",
    "REGIONS",
    "Country",
    "DateOrder",
    "Parsed",
    "Problem",
    "Region",
    "canonical_username",
    "clean_text",
    "country_name",
    "email_key",
    "exportable",
    "find_language",
    "fold",
    "is_placeholder",
    "is_staff_username",
    "is_total_word",
    "language_name",
    "learn_date_order",
    "parse_country",
    "parse_date",
    "parse_emails",
    "parse_excel_serial",
    "parse_languages",
    "parse_moment",
    "parse_phones",
    "parse_username",
    "parse_yes_no",
    "region_of",
    "script_of",
    "sort_name",
]
