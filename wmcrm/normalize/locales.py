"""The languages whose names of months, countries and languages the parsers read, through CLDR."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

# The languages of the sheets met so far; the first one to claim a name keeps it.
SHEET_LOCALES = (
    "en", "fr", "es", "pt", "ar", "zh", "zh-Hant", "id", "hi", "de", "ru", "sw", "ja", "tr", "it", "bn", "fa", "uk",
)  # fmt: skip


@lru_cache(maxsize=64)
def locale_for(tag: str) -> Locale:
    """Return CLDR's data for a language tag, English where CLDR has none for it."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        language = tag.replace("_", "-").partition("-")[0]
        return locale_for(language) if language not in {tag, ""} else Locale("en")
