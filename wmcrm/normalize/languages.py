"""Languages as typed to the code they are stored by.

Sources: BCP 47 subtags as CLDR lists them, the language codes of Wikimedia's wikis with their own
names (``data/languages.tsv``), and CLDR's names in the languages of our sheets (through babel). A wiki
code that is also a BCP 47 tag is stored as it stands (``zh-hans``, ``be-tarask``, ``sr-cyrl``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from wmcrm.errors import BadInputError
from wmcrm.normalize import problems
from wmcrm.normalize.locales import SHEET_LOCALES, locale_for
from wmcrm.normalize.parsed import Parsed, Problem
from wmcrm.normalize.text import clean_text, fold
from wmcrm.normalize.words import is_placeholder

_BETWEEN = re.compile(r"\s*[;,/|&+\n\r،؛、，；·•┋]+\s*")
_AND = re.compile(
    r"\s+(?:and|et|y|e|und|ed|en|i|и|і|та|va|ve|dan|na|or|ou|o|oder|или|og|och|ja|או|أو|یا|και|và|与|和|及|と|और|तथा|"
    r"এবং|ও|மற்றும்|మరియు)\s+|\s+و\s*|و\s+|(?<=[語语文])[和及与と](?=\S)",
    re.I,
)
_IN_BRACKETS = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]")
_LEVEL = re.compile(
    r"\s*[-–—:：]?\s*\b(?:native(?:\s+speaker)?|mother\s+tongue|first\s+language|fluent(?:ly)?|advanced|intermediate|"
    r"basics?|beginner|good|a\s+little|a\s+bit(?:\s+of)?|some|professional|proficient|working|conversational|excellent|"
    r"bilingual|elementary|near|upper|limited|very|"
    r"natif|native|langue\s+maternelle|maternelle?|courant|couramment|débutant|intermédiaire|avancé|bilingue|notions|un\s+peu|"
    r"nativ[oa]|lengua\s+materna|materna|fluido|avanzado|intermedio|básico|principiante|un\s+poco|"
    r"língua\s+materna|fluente|avançado|intermediário|básic[oa]|um\s+pouco|muttersprache|muttersprachler(?:in)?|fließend|"
    r"grundkenntnisse|gut|sehr\s+gut|родной|свободно|базовый|средний|начальный|рідна|вільно|"
    r"لغة\s+أم|اللغة\s+الأم|ممتاز|متوسط|مبتدئ|جيد|جيد\s+جدا|طليق|母语|母語|流利|熟练|一般|ネイティブ|母国語|ana\s+dil|anadil|akıcı|"
    r"madrelingua|fluente|fasih|मातृभाषा|[abc][12]\+?|level\s*\d|niveau\s*\w\d?)\b\s*",
    re.I,
)
_BABEL_BOX = re.compile(r"(?:user\s+)?([a-z]{2,3}(?:-[a-z]{3,8})?)-(?:[0-5]|n|m)", re.I)
_TAG = re.compile(r"[a-z]{2,8}(?:[-_][a-z0-9]{1,8})*", re.I)
# Codes that MediaWiki itself has replaced, and codes of countries that people write for languages.
_ALIASES = {
    "als": "gsw", "bat-smg": "sgs", "be-x-old": "be-tarask", "bh": "bho", "fiu-vro": "vro", "roa-rup": "rup",
    "zh-classical": "lzh", "zh-min-nan": "nan", "zh-yue": "yue", "iw": "he", "in": "id", "ji": "yi", "jw": "jv",
    "jp": "ja", "cz": "cs", "gr": "el", "kr": "ko", "ua": "uk", "dk": "da",
}  # fmt: skip
_LEADING = re.compile(
    r"^(?:langue|language|idioma|lengua|língua|lingua|sprache|bahasa|اللغة|لغة|язык|мова|زبان)\s+", re.I
)
_TRAILING = re.compile(r"\s*(?:language|langue|язык|мова|भाषा|ভাষা)$", re.I)
_NEAR = 86.0


@lru_cache(maxsize=1)
def _own_names() -> dict[str, tuple[str, ...]]:
    lines = files("wmcrm.normalize").joinpath("data/languages.tsv").read_text("utf-8").splitlines()[1:]
    return {code: tuple(names.split("|")) for code, names in (line.split("\t") for line in lines)}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    listed = {str(code).lower().replace("_", "-") for code in locale_for("en").languages}
    return frozenset(listed | set(_own_names())) - {"root", "mul", "und", "zxx", "mis"}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    table: dict[str, str] = {}
    for code, names in _own_names().items():
        for name in names:
            for part in {name, *name.split(" / ")}:
                table.setdefault(fold(part), code)
    for tag in SHEET_LOCALES:
        for code, name in locale_for(tag).languages.items():
            lowered = str(code).lower().replace("_", "-")
            if lowered in _codes():
                table.setdefault(fold(name), lowered)
    table.pop("", None)
    return table


@lru_cache(maxsize=4096)
def _tag(text: str) -> str | None:
    """Return the text as a stored code where it is one."""
    if not _TAG.fullmatch(text):
        return None
    lowered = text.lower().replace("_", "-")
    if lowered in _ALIASES:
        return _ALIASES[lowered]
    if lowered in _codes():
        return lowered
    language, _, rest = lowered.partition("-")
    known = language in _codes() and rest and all(_is_subtag(part) for part in rest.split("-"))
    return lowered if known and len(lowered) <= 35 else None


def _is_subtag(part: str) -> bool:
    """Accept scripts, regions and registered-looking variants of BCP 47 that CLDR knows."""
    english = locale_for("en")
    return part.title() in english.scripts or part.upper() in english.territories


def _one(text: str) -> str | None:
    if babel_box := _BABEL_BOX.fullmatch(text):
        text = babel_box[1]
    names = _names()
    folded = fold(text)
    if code := names.get(folded):
        return code
    bare = _TRAILING.sub("", _LEADING.sub("", text))
    return _tag(text) or names.get(fold(bare))


def _without_level(text: str) -> str:
    return _LEVEL.sub(" ", _IN_BRACKETS.sub(" ", text)).strip(" -–—:.()*")


def _read(piece: str) -> str | None:
    text = piece.strip(" .*-–—'\"“”")
    return _one(text) or _one(_IN_BRACKETS.sub("", text)) or _one(_without_level(text))


def _nearest(text: str) -> str | None:
    from rapidfuzz import fuzz, process

    folded = fold(_without_level(text))
    if len(folded) < 5:
        return None
    near = process.extractOne(folded, _names().keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return language_name(_names()[near[0]]) if near else None


@lru_cache(maxsize=8192)
def parse_languages(text: str) -> Parsed[str]:
    """Return the codes of the languages in a cell, in its order, each once, and what was not known.

    Words for the level ("native", "fr-3", "B2") are read over. An unknown name gives
    ``language_unknown`` with the nearest English name where one is near.
    """
    cleaned = clean_text(text.replace("\n", ";").replace("\r", ";"))
    if is_placeholder(cleaned):
        return Parsed()
    if whole := _read(cleaned):
        return Parsed((whole,))
    found: list[str] = []
    wrong: list[Problem] = []
    for piece in _pieces(cleaned):
        if is_placeholder(piece):
            continue
        codes = _read_piece(piece)
        found.extend(codes)
        if not codes and _without_level(piece):
            wrong.append(problems.language_unknown(piece, _nearest(piece)))
    return Parsed(tuple(dict.fromkeys(found)), tuple(wrong))


def find_language(typed: str) -> str:
    """The code of the one language that somebody names; raises BadInputError for none and for several."""
    found = parse_languages(typed).values
    if len(found) != 1:
        raise BadInputError("There is no language {language}; write its code, such as fr.", language=typed)
    return found[0]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for part in _BETWEEN.split(_protected(text)):
        if _read(part):
            pieces.append(part)
        else:
            pieces.extend(_AND.split(part))
    return [piece for piece in pieces if piece.strip(" .-()")]


def _protected(text: str) -> str:
    """Blank the separators inside brackets: "English (native, fluent)" is one language."""
    return re.sub(r"[(（\[][^()（）\[\]]*[)）\]]", lambda found: re.sub(r"[;,/|&+،、，；]", " ", found[0]), text)


def _read_piece(piece: str) -> list[str]:
    if code := _read(piece):
        return [code]
    words = [(_tag(word) or _one(word)) for word in piece.split()]
    # "en fr es", "English French": only when every word is a language by itself.
    return [word for word in words if word] if len(words) > 1 and all(words) else []


def language_name(code: str, locale: str = "en") -> str:
    """Return the name of a language in a language, by CLDR; its own name, else the code, where there is none."""
    names = locale_for(locale).languages
    parts = code.replace("_", "-").split("-")
    subtags = [parts[0].lower(), *(part.title() if len(part) == 4 else part.upper() for part in parts[1:])]
    if name := names.get("_".join(subtags)):
        return str(name)
    # Of a language's own names the last is the one its speakers use abroad, where there is any.
    own = _own_names().get(code.lower(), (code,))
    return own[-1] if locale.startswith("en") else own[0]
