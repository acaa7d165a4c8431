"""Names of countries and languages in the reader's language."""

from __future__ import annotations

from flask_babel import get_locale

from wmcrm.normalize import country_name, language_name


def country(code: str | None) -> str:
    """A country by its name; nothing for none."""
    return country_name(code, _locale()) if code else ""


def language(code: str | None) -> str:
    """A language by its name; nothing for none."""
    return language_name(code, _locale()) if code else ""


def _locale() -> str:
    return str(get_locale() or "en")
