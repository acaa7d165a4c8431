"""The table of header terms and how well a header fits it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from wmcrm.importer.mapping.fields import GuessSource, SheetField
from wmcrm.importer.mapping.headertext import (
    header_head,
    header_key,
    header_variants,
    is_unspaced,
    script_parts,
    words_of,
)

_MAX_WORDS = 9
_MAX_UNSPACED = 12
_SHORTEST_FUZZY = 6
_SURE_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class TermHit:
    """One meaning a header may have: how it was found, how sure, in which languages."""

    field: SheetField
    score: float
    source: GuessSource
    term: str
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class TermTable:
    """Folded terms with the fields they name, and the same for sensitive and for qualifying words."""

    terms: Mapping[str, Mapping[SheetField, frozenset[str]]]
    phrases: Mapping[str, str]  # words joined as ``words_of`` gives them -> the term
    fuzzy: tuple[str, ...]
    sensitive: Mapping[str, str]
    qualifiers: Mapping[str, Mapping[str, bool]]
    stopwords: frozenset[str]


def _folded(by_language: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for language, terms in by_language.items():
        for term in terms:
            yield language, header_key(term)


def _field_terms(fields: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[SheetField, frozenset[str]]]:
    table: dict[str, dict[SheetField, frozenset[str]]] = {}
    for name, by_language in fields.items():
        for language, key in _folded(by_language):
            known = table.setdefault(key, {})
            known[SheetField(name)] = known.get(SheetField(name), frozenset()) | {language}
    return table


@cache
def term_table() -> TermTable:
    """The project's own table of headers, read once."""
    data = json.loads(files("wmcrm.importer").joinpath("data/headers.json").read_text("utf-8"))
    terms = _field_terms(data["fields"])
    return TermTable(
        terms=terms,
        phrases={phrase_of(term): term for term in terms},
        fuzzy=tuple(term for term in terms if len(term) >= _SHORTEST_FUZZY),
        sensitive={phrase_of(key): kind for kind, texts in data["sensitive"].items() for _, key in _folded(texts)},
        qualifiers={
            kind: {phrase_of(key): True for _, key in _folded(texts)} for kind, texts in data["qualifiers"].items()
        },
        stopwords=frozenset(header_key(word) for word in data["stopwords"]),
    )


@lru_cache(maxsize=16384)
def phrase_of(key: str) -> str:
    """A folded header as its words joined by single spaces; "#" and other signs stand for themselves."""
    return " ".join(words_of(key)) or key


def phrases_in(key: str) -> Iterator[str]:
    """Every run of words of a folded header (and of characters, in scripts without spaces), longest first."""
    words = words_of(key)
    for size in range(min(len(words), _MAX_WORDS), 0, -1):
        for start in range(len(words) - size + 1):
            yield " ".join(words[start : start + size])
    for word in words:
        if any(map(is_unspaced, word)):
            yield from _runs(word)


def _runs(word: str) -> Iterator[str]:
    for size in range(min(len(word), _MAX_UNSPACED), 1, -1):
        for start in range(len(word) - size + 1):
            yield word[start : start + size]


def exact_hits(key: str, score: float) -> list[TermHit]:
    """The fields whose terms are this header."""
    table = term_table()
    term = key if key in table.terms else table.phrases.get(phrase_of(key))
    if term is None:
        return []
    return [
        TermHit(field, score, GuessSource.SYNONYM, term, languages) for field, languages in table.terms[term].items()
    ]


def contained_hits(key: str) -> list[TermHit]:
    """The fields of the longest term inside the header; surer the less else the header says."""
    table = term_table()
    for phrase in phrases_in(key):
        term = table.phrases.get(phrase)
        if term is not None and _is_telling(phrase):
            score = 0.62 + 0.34 * _coverage(key, phrase)
            return [
                TermHit(field, score, GuessSource.CONTAINED, term, languages)
                for field, languages in table.terms[term].items()
            ]
    return []


def _is_telling(phrase: str) -> bool:
    if any(map(is_unspaced, phrase)):
        return len(phrase) >= 2
    return len(phrase) >= 4 or (len(phrase) == 3 and not phrase.isascii())


def _coverage(key: str, phrase: str) -> float:
    """The share of the header's telling letters that the phrase accounts for."""
    stopwords = term_table().stopwords
    joined = f" {phrase_of(key)} "
    rest = joined.replace(f" {phrase} ", "  ", 1) if f" {phrase} " in joined else joined.replace(phrase, " ", 1)
    other = sum(_telling_letters(word, stopwords) for word in rest.split())
    own = sum(len(word) for word in phrase.split())
    return own / (own + other)


def _telling_letters(word: str, stopwords: frozenset[str]) -> int:
    if word in stopwords:
        return 0
    if any(map(is_unspaced, word)):
        return sum(1 for letter in word if letter not in stopwords)
    return len(word)


def fuzzy_hits(key: str) -> list[TermHit]:
    """The field of the term that differs from the header by a slip of the pen, if it is only one field's."""
    if len(key) < _SHORTEST_FUZZY:
        return []
    table = term_table()
    near = process.extract(key, table.fuzzy, scorer=fuzz.ratio, score_cutoff=82, limit=4)
    if not near:
        return []
    best = near[0][1]
    fields = {field for term, ratio, _ in near if ratio >= best - 4 for field in table.terms[term]}
    if len(fields) != 1:
        return []
    (field,) = fields
    return [TermHit(field, best / 100 - 0.06, GuessSource.FUZZY, near[0][0], table.terms[near[0][0]][field])]


def sensitive_kind(key: str) -> str | None:
    """Which sensitive matter the folded header asks about, or None."""
    sensitive = term_table().sensitive
    return next((sensitive[phrase] for phrase in phrases_in(key) if phrase in sensitive), None)


def qualifier_of(header: str) -> str | None:
    """What makes the column speak of somebody or something else than the person who signed up."""
    whole, parts = header_variants(header)
    table = term_table().qualifiers
    for key in (*whole, *parts):
        for phrase in phrases_in(key):
            for kind, phrases in table.items():
                if phrase in phrases:
                    return kind
    return None


@lru_cache(maxsize=4096)
def hits_for(header: str) -> tuple[TermHit, ...]:
    """Every meaning the table of terms gives a header: exact, else contained, else nearly spelled."""
    whole, parts = header_variants(header)
    for position, key in enumerate(whole):
        if exact := exact_hits(key, 1.0 if position == 0 else 0.98):
            return tuple(exact)
    return tuple(_explained(header, parts) or _inside(whole[-1] if whole else ""))


def _explained(header: str, parts: tuple[str, ...]) -> list[TermHit]:
    """The meaning of a header of several parts: languages, alternatives, a term and its explanation."""
    known = [hits for part in parts if (hits := exact_hits(part, 0.95))]
    if len(known) > 1:
        return _agreed(known, parts)
    both = [exact_hits(part, 0.95) for part in script_parts(header)]
    if both and all(both):
        return _agreed(both, ())
    if led := exact_hits(header_head(header), 0.88):
        return led
    return _agreed(known, parts) if known else []


def _agreed(known: list[list[TermHit]], parts: tuple[str, ...]) -> list[TermHit]:
    """That on which all parts that are terms agree, less sure the more else is said."""
    shared = set.intersection(*({hit.field for hit in hits} for hits in known))
    if not shared:  # "Name / Email": both are meant, so neither alone is right
        return [replace(hit, score=0.6) for hits in known for hit in hits]
    unknown = sum(len(part) for part in parts if not exact_hits(part, 0.95))
    told = sum(len(hits[0].term) for hits in known)
    score = 0.95 - 0.3 * unknown / (unknown + told)
    contained = [hit for hit in known[0] if hit.field in shared]
    return [replace(hit, score=score) for hit in contained]


def _inside(key: str) -> list[TermHit]:
    contained = contained_hits(key)
    if contained and contained[0].score >= _SURE_ENOUGH:
        return contained
    near = fuzzy_hits(key)
    return near if near and (not contained or near[0].score > contained[0].score) else contained
