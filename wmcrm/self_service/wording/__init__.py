"""What letters say, a file for each language; a language is offered when its file is here."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Template

from babel.dates import format_date

from wmcrm.models import LetterKind, Purpose

FALLBACK = "en"


@cache
def letter_languages() -> tuple[str, ...]:
    """The codes of the languages in which letters are written."""
    names = (found.name for found in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def letter_language(wanted: Sequence[str]) -> str:
    """The first of these language codes in which letters are written; a variant counts as its language."""
    plain = (code.partition("-")[0].partition("_")[0] for code in wanted)
    return next((code for code in plain if code in letter_languages()), FALLBACK)


def letter_words(kind: LetterKind, language: str, **filled: str) -> tuple[str, str]:
    """The subject and the text of a letter."""
    said = _wording(language)[kind.value]
    return Template(said["subject"]).substitute(filled), Template(said["text"].lstrip("\n")).substitute(filled)


def purpose_words(purpose: Purpose, language: str) -> str:
    """What a purpose means for the person, in the middle of a sentence; its own description if nobody wrote it."""
    return _wording(language)["purposes"].get(purpose.code, purpose.description)


def day_words(day: dt.date, language: str) -> str:
    """A day as a language writes it."""
    return format_date(day, format="long", locale=language)


@cache
def _wording(language: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
