"""What a person says of the columns, and mappings remembered for the same set of headers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from wmcrm.errors import BadInputError
from wmcrm.importer.mapping.fields import IDENTIFYING, REPEATABLE, GuessSource, SheetField
from wmcrm.importer.mapping.guess import ColumnGuess, ColumnMapping, KeptAnswers
from wmcrm.importer.mapping.headertext import header_key
from wmcrm.importer.mapping.terms import sensitive_kind

_IGNORE = frozenset({"", "-", "ignore", "none", "skip"})
_CONSENT = "consent"
_ANSWER = "answer"


class NoIdentifyingColumnError(BadInputError):
    """No column of the sheet tells who the people are."""


def require_identifying(mapping: ColumnMapping) -> None:
    """Refuse a mapping without any column of names, e-mails, phones or usernames.

    Raises NoIdentifyingColumnError, which names the headers and how to map one.
    """
    if not any(guess.field in IDENTIFYING for guess in mapping):
        raise NoIdentifyingColumnError(
            "No column tells who the people are (a name, an e-mail, a phone or a username). The columns are: "
            '{headers}. Map one, for example --map "{example}=full_name".',
            headers=_headers(mapping),
            example=next((guess.header for guess in mapping if guess.header.strip()), "Name"),
        )


def apply_user_map(guesses: ColumnMapping, told: Sequence[str]) -> ColumnMapping:
    """Replace guesses by what ``Header=field`` texts say, in their order.

    ``Header#2=field`` is the second column of that header; ``Header=consent:PURPOSE[/CHANNEL]`` a
    consent column of its own purpose; ``Header=answer:PURPOSE/DAY`` a column whose answers are kept until a day;
    ``Header=-`` leaves the column out. Raises BadInputError for a header that the sheet does not have, for an
    unknown field, for a text without "=", and for answers about health, diet, belief, origin and the like.
    """
    mapping = list(guesses)
    told_columns: set[int] = set()
    for text in told:
        header, separator, target = text.rpartition("=")
        if not separator or not header.strip():
            raise BadInputError('"{text}" does not say which column is what; write "Header=field".', text=text)
        column = _column(guesses, header)
        told_columns.add(column)
        mapping[column] = _told(mapping[column], target.strip())
    return _yielding(mapping, told_columns)


def _column(guesses: ColumnMapping, header: str) -> int:
    exact = [guess.column for guess in guesses if guess.header.strip() == header.strip()]
    if exact:
        return exact[0]
    key = header_key(header)
    found = [guess.column for guess in guesses if header_key(guess.header) == key]
    if found:
        return found[0]
    name, _, ordinal = header.rpartition("#")
    if name.strip() and ordinal.strip().isdecimal():
        key, place = header_key(name), int(ordinal)
        repeated = [guess.column for guess in guesses if header_key(guess.header) == key]
        if 0 < place <= len(repeated):
            return repeated[place - 1]
    raise BadInputError(
        "The sheet has no column called {header}; its columns are: {headers}.",
        header=header,
        headers=_headers(guesses),
    )


def _headers(guesses: Iterable[ColumnGuess]) -> str:
    return ", ".join(f'"{guess.header}"' for guess in guesses if guess.header.strip()) or "(none)"


def _told(guess: ColumnGuess, target: str) -> ColumnGuess:
    settled = replace(guess, score=1.0, source_of_guess=GuessSource.USER, suggestions=(), purpose=None, channel=None)
    settled = replace(settled, answers=None)
    if target.casefold() in _IGNORE:
        return replace(settled, field=None)
    kind, colon, narrowed = target.partition(":")
    if kind.strip().casefold() == _ANSWER:
        return replace(settled, field=None, answers=_answers(guess.header, narrowed))
    if kind.strip().casefold() == _CONSENT and colon:
        purpose, _, channel = narrowed.partition("/")
        if purpose.strip():
            return replace(
                settled,
                field=SheetField.CONSENT_CONTACT,
                purpose=purpose.strip().casefold(),
                channel=channel.strip().casefold() or None,
            )
    try:
        return replace(settled, field=SheetField(target.casefold()))
    except ValueError:
        raise BadInputError(
            "There is no field called {field}; the fields are: {fields}, consent:PURPOSE or "
            "consent:PURPOSE/CHANNEL for a consent, and answer:PURPOSE/DAY for answers to keep.",
            field=target,
            fields=", ".join(SheetField),
        ) from None


def _answers(header: str, told: str) -> KeptAnswers:
    matter = sensitive_kind(header_key(header))
    if matter is not None:
        raise BadInputError("This column asks about {matter}: such answers are not kept.", matter=matter)
    purpose, _, day = told.partition("/")
    try:
        until = date.fromisoformat(day.strip())
    except ValueError:
        until = None
    if not purpose.strip() or until is None:
        raise BadInputError(
            'Say what the answers in "{header}" are for and until which day they are kept: answer:PURPOSE/2026-12-31.',
            header=header,
        )
    return KeptAnswers(purpose.strip().casefold(), until)


def _yielding(mapping: list[ColumnGuess], told: set[int]) -> ColumnMapping:
    """A guessed column gives its single field up to the column that a person named for it."""
    taken = {mapping[column].field for column in told} - REPEATABLE - {None}
    return tuple(
        replace(guess, field=None, suggestions=(), source_of_guess=GuessSource.NONE)
        if guess.field in taken and guess.column not in told and guess.purpose is None
        else guess
        for guess in mapping
    )


def normalized_header_key(headers: Sequence[str]) -> str:
    """The text under which a mapping for these headers, in any order, is remembered."""
    return "\n".join(sorted(header_key(header) for header in headers if header.strip()))


def mapping_to_json(mapping: ColumnMapping) -> str:
    """A mapping as text that ``mapping_from_json`` reads back for the same set of headers."""
    columns = [
        {
            "header": guess.header,
            "field": guess.field,
            "purpose": guess.purpose,
            "channel": guess.channel,
            "sensitive": guess.sensitive,
        }
        for guess in mapping
    ]
    return json.dumps({"version": 1, "columns": columns}, ensure_ascii=False)


def mapping_from_json(text: str, headers: Sequence[str]) -> ColumnMapping:
    """A remembered mapping laid over a sheet's headers; headers it does not know stay unmapped.

    Columns may have moved: they are found by header, and repeated headers by their order. Raises
    BadInputError for text that ``mapping_to_json`` did not write.
    """
    remembered = _remembered(text)
    laid = []
    for column, header in enumerate(headers):
        waiting = remembered.get(header_key(header), [])
        known = waiting.pop(0) if waiting else None
        laid.append(
            replace(known, column=column, header=header) if known else ColumnGuess(column=column, header=header)
        )
    return tuple(laid)


def _remembered(text: str) -> dict[str, list[ColumnGuess]]:
    found: dict[str, list[ColumnGuess]] = {}
    try:
        for place, entry in enumerate(json.loads(text)["columns"]):
            guess = ColumnGuess(
                column=place,
                header=entry["header"],
                field=SheetField(entry["field"]) if entry["field"] else None,
                score=1.0,
                source_of_guess=GuessSource.SAVED,
                sensitive=entry["sensitive"],
                purpose=entry["purpose"],
                channel=entry["channel"],
            )
            found.setdefault(header_key(guess.header), []).append(guess)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInputError("This is not a remembered mapping of columns.") from None
    return found
