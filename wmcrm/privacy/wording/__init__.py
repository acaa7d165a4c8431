"""Words of the page on which people read what is stored about them, a file a language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})


def words(name: str, language: str) -> str:
    """Words of the page itself."""
    return wording_of(language)["words"][name]


def heading(section: str, language: str) -> str:
    """The heading of a section; sections of later tables show their own name."""
    return wording_of(language)["sections"].get(section) or column_label(section, language)


def column_label(column: str, language: str) -> str:
    """What a column is called."""
    return wording_of(language)["columns"].get(column, column.replace("_", " ").capitalize())


def value_words(section: str, code: str, language: str) -> str:
    """What a stored code means; what people named themselves stays as it is."""
    known = wording_of(language)["values"]
    return known.get(f"{section}.{code}") or known.get(code) or code


def said(text: str, language: str) -> str:
    """A sentence that wmcrm ships, in the language of the page; what people wrote stays as it is."""
    return wording_of(language).get("texts", {}).get(text, text)


@cache
def wording_of(language: str) -> Mapping[str, Mapping[str, str]]:
    """Everything a language says, by part of the page."""
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
