"""Country names as typed to ISO 3166-1 alpha-2.

Sources: ISO codes, CLDR names in the languages of our sheets (through babel), and
``data/country_aliases.json`` for the everyday names that CLDR does not have. ``NA`` is Namibia.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

from wmcrm.normalize import problems
from wmcrm.normalize.countries import COUNTRIES
from wmcrm.normalize.locales import SHEET_LOCALES, locale_for
from wmcrm.normalize.parsed import Parsed
from wmcrm.normalize.text import clean_text, fold
from wmcrm.normalize.words import is_placeholder

_FLAG_BASE = 0x1F1E6
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_CODE = re.compile(r"[A-Z]\.? ?[A-Z]\.? ?(?:[A-Z]\.?)?")
_AROUND = re.compile(r"^(?P<outer>[^(（]+)[(（](?P<inner>[^)）]+)[)）]\s*$")
# Codes used in law and in traffic that are not ISO's own but that people write.
_OTHER_CODES = {"UK": "GB", "EL": "GR"}
_SAINT = frozenset({"saint", "sainte", "san", "sankt"})
_PASSED_OVER = frozenset({"and", "the", "of", "et", "y", "und", "и"})
_NEAR = 84.0
_LEAST_FOR_NEAR = 5


def _key(name: str) -> str:
    """Fold a country's name past the words that come and go: "St. Kitts & Nevis", "The Gambia"."""
    words = ["st" if word in _SAINT else word for word in fold(name).split()]
    return " ".join(word for word in words if word not in _PASSED_OVER) or " ".join(words)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return folded names to codes; a name that two countries share in CLDR keeps English's reading."""
    table: dict[str, str] = {}
    for tag in SHEET_LOCALES:
        for code, name in locale_for(tag).territories.items():
            if code in COUNTRIES:
                table.setdefault(_key(name), code)
    aliases = json.loads(files("wmcrm.normalize").joinpath("data/country_aliases.json").read_text("utf-8"))
    table.update({_key(name): code for code, names in aliases.items() for name in names})
    return {name: code for name, code in table.items() if name}


@lru_cache(maxsize=1)
def _alpha3() -> dict[str, str]:
    return {country.alpha3: country.code for country in COUNTRIES.values()}


def _by_code(text: str) -> str | None:
    # "no" in a country's column is an answer; Norway's code is written in capitals.
    if not _CODE.fullmatch(text.upper()) or text in {"no", "No"}:
        return None
    code = text.upper().replace(".", "").replace(" ", "")
    if code in COUNTRIES:
        return code
    return _OTHER_CODES.get(code) or _alpha3().get(code)


def _by_flag(text: str) -> str | None:
    flag = _FLAG.search(text)
    code = "".join(chr(ord(sign) - _FLAG_BASE + ord("A")) for sign in flag[0]) if flag else ""
    return code if code in COUNTRIES else None


def _one(text: str) -> str | None:
    return _by_flag(text) or _names().get(_key(text)) or _by_code(text)


def _in_parts(text: str) -> str | None:
    """Read "Turkey (Türkiye)", "Senegal / Sénégal": every part that is known must say the same."""
    around = _AROUND.match(text)
    parts = [around["outer"], around["inner"]] if around else re.split(r"\s*[/|–—]\s*|\s+-\s+", text)
    codes = {code for part in parts if (code := _one(part.strip()))}
    return codes.pop() if len(codes) == 1 and len(parts) > 1 else None


def _nearest(text: str) -> str | None:
    from rapidfuzz import fuzz, process

    folded = _key(text)
    if len(folded) < _LEAST_FOR_NEAR:
        return None
    names = _names()
    near = process.extract(folded, names.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=5)
    codes = {names[name] for name, score, _ in near if score >= near[0][1] - 2}
    return codes.pop() if len(codes) == 1 else None


@lru_cache(maxsize=8192)
def parse_country(text: str) -> Parsed[str]:
    """Return the country's ISO 3166-1 alpha-2 code from a code, a name in many languages or a flag.

    An unknown name gives ``country_unknown``, with the English name as suggestion where exactly one
    country is near; nothing is ever corrected by itself.
    """
    cleaned = clean_text(text).strip(" .,;:")
    if cleaned.upper() != "NA" and is_placeholder(cleaned):
        return Parsed()
    if code := _one(cleaned) or _in_parts(cleaned):
        return Parsed((code,))
    near = _nearest(cleaned)
    return Parsed((), (problems.country_unknown(cleaned, country_name(near) if near else None),))


def country_name(code: str, locale: str = "en") -> str:
    """Return the country's CLDR name in a language, the code itself where CLDR has none."""
    name = locale_for(locale).territories.get(code)
    return name or code
