"""One column for each single field: which of several names, which of several rivals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wmcrm.importer.mapping.evidence import Evidence, Verdict, verdict
from wmcrm.importer.mapping.fields import APPLIED_FROM, NAME_FIELDS, REPEATABLE, GuessSource, SheetField
from wmcrm.importer.mapping.headertext import header_variants
from wmcrm.importer.mapping.terms import exact_hits

if TYPE_CHECKING:
    from wmcrm.importer.mapping.guess import ColumnGuess

# Words for "name" that mean the whole name, the given or the family name by what stands beside them.
_PLAIN_NAMES = frozenset(
    {
        *("name", "names", "nom", "noms", "nombre", "nombres", "nome", "nomi", "nama", "nimi", "naam", "namn"),
        *("navn", "jina", "majina", "isim", "ad", "adi", "imie", "nume", "jmeno", "nev", "ten", "имя", "ім'я"),
        *("імя", "اسم", "نام", "नाम", "নাম", "名前", "名字", "お名前", "ชื่อ", "שם", "adiniz", "isminiz"),
        *("nombre(s", "nom(s", "nome(s"),
    }
)
_FIRST_LAST = {SheetField.FIRST_NAME: SheetField.LAST_NAME, SheetField.LAST_NAME: SheetField.FIRST_NAME}


def _is_plain(guess: ColumnGuess) -> bool:
    whole, parts = header_variants(guess.header)
    return any(key in _PLAIN_NAMES for key in (*whole, *parts))


def _may_be_name(guess: ColumnGuess) -> bool:
    fields = {field for field, _ in guess.suggestions} | ({guess.field} if guess.field else set())
    return bool(fields) and fields <= NAME_FIELDS


def name_the_names(
    guesses: tuple[ColumnGuess, ...], rows: Sequence[tuple[str, ...]], found: Sequence[Evidence]
) -> tuple[ColumnGuess, ...]:
    """Decide what a column headed only "name" holds, by the columns beside it and by its cells.

    "Name, Vorname" is family and given; "Nombre" alone, with two words in most cells, is the whole.
    """
    plain = [
        guess
        for guess in guesses
        if guess.source_of_guess is not GuessSource.KNOWN_SOURCE
        and guess.sensitive is None
        and _is_plain(guess)
        and _may_be_name(guess)
        and _names_allowed(found[guess.column])
    ]
    if not plain:
        return guesses
    certain = {guess.field: guess.column for guess in guesses if guess.field in _FIRST_LAST and guess not in plain}
    decided = dict(_decided(plain, certain, rows, found))
    return tuple(decided.get(guess.column, guess) for guess in guesses)


def _names_allowed(found: Evidence) -> bool:
    return verdict(SheetField.FULL_NAME, found) is not Verdict.VETO


def _decided(
    plain: Sequence[ColumnGuess],
    certain: Mapping[SheetField, int],
    rows: Sequence[tuple[str, ...]],
    found: Sequence[Evidence],
) -> list[tuple[int, ColumnGuess]]:
    first, last = certain.get(SheetField.FIRST_NAME), certain.get(SheetField.LAST_NAME)
    if len(plain) == 2 and first is None and last is None:
        pair = _pair(plain)
        return [(guess.column, _as(guess, field)) for guess, field in pair]
    guess = plain[0]
    if first is not None and last is not None:
        return [(guess.column, _as(guess, SheetField.FULL_NAME))]
    known = first if first is not None else last
    if known is None:
        return [(guess.column, _as(guess, _alone(guess, found[guess.column])))]
    if _holds_the_other(rows, guess.column, known):
        return [(guess.column, _as(guess, SheetField.FULL_NAME))]
    missing = SheetField.LAST_NAME if first is not None else SheetField.FIRST_NAME
    return [(guess.column, _as(guess, missing))]


def _pair(plain: Sequence[ColumnGuess]) -> list[tuple[ColumnGuess, SheetField]]:
    """Two plain words for name side by side: each as its own language says ("Nom", "Prénom")."""
    fields = [guess.field or SheetField.FULL_NAME for guess in plain]
    if fields[0] == fields[1]:
        return [(plain[0], SheetField.FULL_NAME)]
    return list(zip(plain, fields, strict=True))


def _alone(guess: ColumnGuess, found: Evidence) -> SheetField:
    """The only name of the sheet: whole unless the word can only be one part and the cells agree."""
    if found.filled == 0 or found.words >= 1.3:
        return SheetField.FULL_NAME
    whole, _ = header_variants(guess.header)
    meanings = {hit.field for key in whole for hit in exact_hits(key, 1.0)}
    return SheetField.FULL_NAME if SheetField.FULL_NAME in meanings or not guess.field else guess.field


def _holds_the_other(rows: Sequence[tuple[str, ...]], name: int, part: int) -> bool:
    """True when the name column's cells contain the other column's: it is the whole name then."""
    pairs = [
        (row[name].casefold(), row[part].casefold())
        for row in rows
        if max(name, part) < len(row) and row[name].strip() and row[part].strip()
    ]
    return bool(pairs) and sum(1 for whole, one in pairs if one.strip() in whole) > len(pairs) / 2


def _as(guess: ColumnGuess, field: SheetField) -> ColumnGuess:
    score = guess.score if guess.field == field else max(0.9, min(guess.score, 0.95))
    source = GuessSource.SYNONYM if guess.source_of_guess is GuessSource.NONE else guess.source_of_guess
    others = tuple((other, told) for other, told in guess.suggestions if other is not field)
    return replace(guess, field=field, score=score, source_of_guess=source, suggestions=others)


def keep_one_column_per_field(guesses: tuple[ColumnGuess, ...], found: Sequence[Evidence]) -> tuple[ColumnGuess, ...]:
    """Leave a single field to its best column; the others become suggestions for it."""
    kept: dict[SheetField, ColumnGuess] = {}
    order = _preference(found)
    for guess in guesses:
        if guess.field is None or guess.field in REPEATABLE:
            continue
        rival = kept.get(guess.field)
        if rival is None or order(guess) > order(rival):
            kept[guess.field] = guess
    return tuple(
        guess if guess.field is None or guess.field in REPEATABLE or kept[guess.field] is guess else _given_up(guess)
        for guess in guesses
    )


def _preference(found: Sequence[Evidence]) -> Callable[[ColumnGuess], tuple[bool, float, bool, int]]:
    def order(guess: ColumnGuess) -> tuple[bool, float, bool, int]:
        evidence = found[guess.column]
        told = guess.source_of_guess is GuessSource.USER
        return told or evidence.filled > 0, guess.score, evidence.fill_rate > 0.5, -guess.column

    return order


def _given_up(guess: ColumnGuess) -> ColumnGuess:
    assert guess.field is not None
    score = min(guess.score, APPLIED_FROM - 0.05)
    suggestions = ((guess.field, round(score, 3)), *guess.suggestions)
    source = guess.source_of_guess if guess.source_of_guess is GuessSource.KNOWN_SOURCE else GuessSource.NONE
    return replace(guess, field=None, score=round(score, 3), source_of_guess=source, suggestions=suggestions)
