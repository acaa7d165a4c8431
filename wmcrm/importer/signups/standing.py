"""Registration, attendance and consent from the words of a row."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from wmcrm.importer.mapping import ColumnGuess, Registration, SheetField, Standing, parse_status
from wmcrm.importer.signups import issues as wrong
from wmcrm.importer.signups.columns import Columns
from wmcrm.importer.signups.issues import Issue
from wmcrm.importer.signups.signup import ConsentClaim, RowsMean
from wmcrm.normalize import DateOrder, fold, is_placeholder, parse_moment, parse_yes_no

CellReader = Callable[[ColumnGuess], str]

_WITHDRAWN = frozenset(map(fold, ("unsubscribed", "bouncing", "previous bounce", "spam complaint", "opted out")))
_PHOTO_PURPOSE = "photo_recording"


@lru_cache(maxsize=1024)
def _is_withdrawn(text: str) -> bool:
    return fold(text) in _WITHDRAWN


def standing_of(number: int, cell: CellReader, columns: Columns, rows_mean: RowsMean, found: list[Issue]) -> Standing:
    """Where the person stands: what the columns say, else what a row of this sheet means."""
    registration: Registration | None = None
    attended: bool | None = None
    for guess in columns.of(SheetField.REGISTRATION_STATUS):
        said = _status(number, cell(guess), guess, found)
        registration, attended = said.registration, said.attended
    for guess in columns.of(SheetField.ATTENDED):
        said = _attendance(number, cell(guess), guess, columns.orders.get(guess.column), found)
        attended = _either(attended, said.attended)
        registration = registration or said.registration
    gone = registration in (Registration.CANCELLED, Registration.WAITLISTED)
    if attended is None and rows_mean is RowsMean.ATTENDED and not gone:
        attended = True
    return Standing(registration or Registration.REGISTERED, attended)


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Came to one session or to the other; did not come where only that is said."""
    if one is None or other is None:
        return other if one is None else one
    return one or other


def _status(number: int, text: str, guess: ColumnGuess, found: list[Issue]) -> Standing:
    if not text:
        return Standing()
    known = parse_status(text)
    if known is not None:
        return known
    answer = parse_yes_no(text)
    if answer is not None:
        return Standing(Registration.REGISTERED if answer else Registration.CANCELLED)
    if not is_placeholder(text):
        found.append(wrong.status_unknown(number, guess.header, text))
    return Standing()


def _attendance(number: int, text: str, guess: ColumnGuess, order: DateOrder | None, found: list[Issue]) -> Standing:
    if not text:
        return Standing()
    answer = parse_yes_no(text)
    if answer is not None:
        return Standing(attended=answer)
    known = parse_status(text)
    if known is not None:
        return known
    if is_placeholder(text):
        return Standing()
    moment = parse_moment(text, order)
    if moment.values or any(problem.code == "date_ambiguous" for problem in moment.problems):
        return Standing(attended=True)  # a time of checking in, whichever day it was
    found.append(wrong.attendance_unknown(number, guess.header, text))
    return Standing()


def consents_of(number: int, cell: CellReader, columns: Columns, found: list[Issue]) -> tuple[ConsentClaim, ...]:
    """What the row says of consents: words for yes and no only; one no stands against every yes."""
    claims: list[ConsentClaim] = []
    for guess in columns.of(SheetField.CONSENT_CONTACT):
        claims.extend(_claim(number, cell(guess), guess, guess.purpose, found))
    for guess in columns.of(SheetField.CONSENT_PHOTO):
        claims.extend(_claim(number, cell(guess), guess, guess.purpose or _PHOTO_PURPOSE, found))
    if any(_is_withdrawn(cell(guess)) for guess in columns.of(SheetField.REGISTRATION_STATUS)):
        claims = [claim for claim in claims if not claim.said or claim.purpose == _PHOTO_PURPOSE]
    if len(claims) < 2:
        return tuple(claims)
    refused = {(claim.purpose, claim.channel) for claim in claims if not claim.said}
    return tuple(claim for claim in claims if not claim.said or not _is_refused(claim, refused))


def _is_refused(claim: ConsentClaim, refused: set[tuple[str | None, str | None]]) -> bool:
    return (claim.purpose, claim.channel) in refused or (claim.purpose, None) in refused


def _claim(number: int, text: str, guess: ColumnGuess, purpose: str | None, found: list[Issue]) -> list[ConsentClaim]:
    if not text:
        return []
    said = False if _is_withdrawn(text) else parse_yes_no(text)
    if said is not None:
        return [ConsentClaim(purpose, guess.channel, said, text)]
    if not is_placeholder(text):
        found.append(wrong.consent_unknown(number, guess.header, text))
    return []
