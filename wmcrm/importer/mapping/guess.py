"""Headers and sample cells -> what each column means, with a score and the other candidates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from wmcrm.importer.mapping.evidence import Evidence, Verdict, gather, verdict
from wmcrm.importer.mapping.fields import (
    APPLIED_FROM,
    SENSITIVE_FIELDS,
    SUGGESTED_FROM,
    GuessSource,
    SheetField,
)
from wmcrm.importer.mapping.headertext import header_key, header_variants
from wmcrm.importer.mapping.sources import KnownSource, facts_of, recognise_source
from wmcrm.importer.mapping.terms import TermHit, hits_for, phrases_in, qualifier_of, sensitive_kind, term_table
from wmcrm.importer.mapping.unique import keep_one_column_per_field, name_the_names


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """A column asks something of the people, and what they answered is kept for a purpose until a day."""

    purpose: str
    until: date


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column means: ``field`` is applied; ``suggestions`` are what it may mean otherwise.

    ``sensitive`` names the matter (diet, health, ...) of a column that is left out unless somebody
    maps it. ``purpose`` and ``channel`` narrow a consent column and are told only by a person, as is ``answers``.
    """

    column: int
    header: str
    field: SheetField | None = None
    score: float = 0.0
    source_of_guess: GuessSource = GuessSource.NONE
    suggestions: tuple[tuple[SheetField, float], ...] = ()
    sensitive: str | None = None
    purpose: str | None = None
    channel: str | None = None
    answers: KeptAnswers | None = None

    @property
    def is_question(self) -> bool:
        """True for a column left unmapped that may well mean something: a person should say."""
        if self.field is not None or self.sensitive or self.source_of_guess in _SETTLED:
            return False
        return any(score >= SUGGESTED_FROM for _, score in self.suggestions)


_SETTLED = frozenset({GuessSource.KNOWN_SOURCE, GuessSource.USER, GuessSource.SAVED})

ColumnMapping = tuple[ColumnGuess, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: SheetField
    score: float
    source: GuessSource
    languages: frozenset[str] = frozenset()


def suggest_mapping(
    headers: Sequence[str], sample_rows: Sequence[Sequence[str]], *, source: KnownSource | None = None
) -> ColumnMapping:
    """What each column means, one guess a column in the order of the sheet.

    From .8 a meaning is applied, from .55 it is suggested. Headers are looked up in the project's own
    table (exact, then the longest term contained, then nearly spelled); cells confirm or veto.
    """
    source = source or recognise_source(headers)
    found = [
        gather([row[column] if column < len(row) else "" for row in sample_rows]) for column in range(len(headers))
    ]
    ranked = [_candidates(header, evidence) for header, evidence in zip(headers, found, strict=True)]
    ranked = _in_the_language_of_the_sheet(ranked)
    guesses = [
        _guess(column, header, candidates, evidence)
        for column, (header, candidates, evidence) in enumerate(zip(headers, ranked, found, strict=True))
    ]
    if source is not None:
        guesses = _as_the_source_means(guesses, source, found)
    samples = [tuple(row) for row in sample_rows]
    return keep_one_column_per_field(name_the_names(tuple(guesses), samples, found), found)


def _candidates(header: str, found: Evidence) -> tuple[_Candidate, ...]:
    """The meanings of one column, the surest first."""
    qualifier = qualifier_of(header)
    known = {
        hit.field: _weighed(hit, found, qualifier) for hit in hits_for(header) if hit.field not in SENSITIVE_FIELDS
    }
    for candidate in _by_values(header, found, qualifier):
        if candidate.field not in known or known[candidate.field].score < candidate.score:
            known[candidate.field] = candidate
    return _sorted(known.values())


_CONSENTS = frozenset({SheetField.CONSENT_CONTACT, SheetField.CONSENT_PHOTO})
# Words such as "event" or "price" make a name or a moment somebody else's, not a consent or a remark.
_QUALIFIED = frozenset(SheetField) - {
    *_CONSENTS,
    SheetField.NOTES,
    SheetField.TAGS,
    SheetField.EXPERIENCE,
    SheetField.REGISTRATION_STATUS,
    SheetField.TICKET_TYPE,
    SheetField.EXTERNAL_ID,
    SheetField.ROW_NO,
}
_UNSURE = 0.7


def _weighed(hit: TermHit, found: Evidence, qualifier: str | None) -> _Candidate:
    """A header's meaning after the cells and the qualifying words have been heard."""
    score = hit.score
    said = verdict(hit.field, found)
    if said is Verdict.VETO:
        score = min(score, 0.4)
    elif said is Verdict.CONFIRM and hit.source is not GuessSource.SYNONYM:
        score = min(0.97, score + 0.12)
    elif found.filled and said is Verdict.SILENT and hit.source is GuessSource.CONTAINED:
        score -= 0.02
    if _is_held_back(hit, qualifier):
        score = min(score, _UNSURE)
    return _Candidate(hit.field, score, hit.source, hit.languages)


def _is_held_back(hit: TermHit, qualifier: str | None) -> bool:
    if qualifier is None or hit.score >= 0.98:
        return False
    if qualifier == "acknowledgement":
        return hit.field in _CONSENTS
    return hit.field in _QUALIFIED


def _by_values(header: str, found: Evidence, qualifier: str | None) -> Iterable[_Candidate]:
    """What the cells alone say, whatever the header."""
    sure = 0.6 if qualifier not in (None, "acknowledgement") else 0.9
    if found.email >= 0.7:
        yield _Candidate(SheetField.EMAIL, sure, GuessSource.VALUES)
    if found.user_link >= 0.7 and found.email < 0.3:
        yield _Candidate(SheetField.USERNAME, min(sure, 0.85), GuessSource.VALUES)
    place = any(hit.field in _PLACES for hit in hits_for(header))
    if found.country >= 0.8 and found.distinct >= 3:
        yield _Candidate(SheetField.COUNTRY, min(sure, 0.85) if place else 0.6, GuessSource.VALUES)
    if found.yes_no >= 0.7 and found.filled >= 2 and qualifier is None and _speaks_of_consent(header):
        yield _Candidate(SheetField.CONSENT_CONTACT, _UNSURE, GuessSource.VALUES)
    if found.phone >= 0.8 and found.moment < 0.2 and found.integer < 0.5:
        yield _Candidate(SheetField.PHONE, 0.6, GuessSource.VALUES)


def _speaks_of_consent(header: str) -> bool:
    whole, _ = header_variants(header)
    terms = term_table()
    return any(
        SheetField.CONSENT_CONTACT in terms.terms.get(terms.phrases.get(phrase, ""), ())
        for key in whole
        for phrase in phrases_in(key)
    )


_PLACES = frozenset({SheetField.CITY, SheetField.REGION, SheetField.COUNTRY})


def _in_the_language_of_the_sheet(ranked: Sequence[tuple[_Candidate, ...]]) -> list[tuple[_Candidate, ...]]:
    """Words that mean several things ("nome", "firma") are read in the language of the other headers."""
    votes: dict[str, float] = {}
    for candidates in ranked:
        sure = [candidate for candidate in candidates if candidate.score >= 0.95]
        if len(sure) == 1:
            for language in sure[0].languages:
                votes[language] = votes.get(language, 0.0) + 1 / len(sure[0].languages)
    return [_settled(candidates, votes) for candidates in ranked]


def _settled(candidates: tuple[_Candidate, ...], votes: Mapping[str, float]) -> tuple[_Candidate, ...]:
    rivals = [candidate for candidate in candidates if candidate.score >= candidates[0].score - 0.04]
    if len(rivals) < 2 or candidates[0].score < SUGGESTED_FROM or candidates[0].source is GuessSource.VALUES:
        return candidates
    support = {c.field: max((votes.get(language, 0.0) for language in c.languages), default=0.0) for c in rivals}
    best = max(support.values())
    winners = [candidate for candidate in rivals if support[candidate.field] == best]
    if len(winners) > 1 or best == 0:
        return _sorted(replace(c, score=min(c.score, _UNSURE)) if c in rivals else c for c in candidates)
    losers = tuple(replace(c, score=min(c.score, _UNSURE)) for c in candidates if c is not winners[0])
    return (winners[0], *_sorted(losers))


def _sorted(candidates: Iterable[_Candidate]) -> tuple[_Candidate, ...]:
    return tuple(sorted(candidates, key=lambda candidate: -candidate.score))


def _guess(column: int, header: str, candidates: tuple[_Candidate, ...], found: Evidence) -> ColumnGuess:
    sensitive = _sensitive(header, candidates)
    suggestions = tuple(
        (candidate.field, round(candidate.score, 3)) for candidate in candidates if candidate.score >= SUGGESTED_FROM
    )
    if sensitive is not None:
        return ColumnGuess(column, header, suggestions=suggestions, sensitive=sensitive)
    best = candidates[0] if candidates else None
    if best is None or best.score < APPLIED_FROM or (not header.strip() and not found.filled):
        score = round(best.score, 3) if best else 0.0
        return ColumnGuess(column, header, score=score, suggestions=suggestions)
    return ColumnGuess(column, header, best.field, round(best.score, 3), best.source, suggestions[1:])


def _sensitive(header: str, candidates: tuple[_Candidate, ...]) -> str | None:
    """The sensitive matter of a header, unless the header is plainly the name of a field."""
    if any(candidate.score >= 0.98 and candidate.source is GuessSource.SYNONYM for candidate in candidates):
        return None
    if any(candidate.field is SheetField.EMAIL and candidate.score >= 0.9 for candidate in candidates):
        return None
    whole, _ = header_variants(header)
    return sensitive_kind(whole[-1]) if whole else None


def _as_the_source_means(
    guesses: Sequence[ColumnGuess], source: KnownSource, found: Sequence[Evidence]
) -> list[ColumnGuess]:
    """Replace the guesses for the columns that the program always writes."""
    facts = facts_of(source)
    filled = {header_key(guess.header) for guess, evidence in zip(guesses, found, strict=True) if evidence.filled}
    beside = {buyer for attendee, buyer in facts.yields.items() if attendee in filled}
    seen: set[str] = set()
    settled: list[ColumnGuess] = []
    for guess, evidence in zip(guesses, found, strict=True):
        key = header_key(guess.header)
        given_up = (key in seen and key in facts.first_only) or key in beside
        given_up = given_up or (source is KnownSource.MICROSOFT_FORMS and not evidence.filled and len(filled) > 0)
        seen.add(key)
        if key in facts.columns and guess.sensitive is None:
            meant = None if given_up else facts.columns[key]
            settled.append(_known(guess, meant, evidence))
        else:
            settled.append(guess)
    return settled


def _known(guess: ColumnGuess, field: SheetField | None, found: Evidence) -> ColumnGuess:
    if field is not None and verdict(field, found) is Verdict.VETO and field in _CHECKED:
        return ColumnGuess(guess.column, guess.header, None, 1.0, GuessSource.KNOWN_SOURCE)
    return ColumnGuess(guess.column, guess.header, field, 1.0, GuessSource.KNOWN_SOURCE)


# Microsoft Forms writes "anonymous" into its own Email and Name columns.
_CHECKED = frozenset({SheetField.EMAIL, SheetField.FULL_NAME})
