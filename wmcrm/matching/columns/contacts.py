"""A file of contacts: compared as people are in the directory, with the shipped model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wmcrm.matching.columns.kinds import ColumnKind
from wmcrm.matching.model import shipped_model
from wmcrm.matching.profile import Profile
from wmcrm.matching.scan import scan
from wmcrm.normalize import canonical_username

_NAMES = frozenset({ColumnKind.NAME, ColumnKind.GIVEN, ColumnKind.FAMILY})
_CONTACTS = frozenset({ColumnKind.EMAIL, ColumnKind.PHONE, ColumnKind.USERNAME})
_MORE = frozenset({ColumnKind.DATE, ColumnKind.POSTCODE, ColumnKind.IDENTIFIER, ColumnKind.PLACE})


def is_contact_file(kinds: Sequence[ColumnKind]) -> bool:
    """True when the columns are those of a person in the directory and no other tells more."""
    present = set(kinds)
    return bool(present & _NAMES) and bool(present & _CONTACTS) and not present & _MORE


def _several(cell: str) -> list[str]:
    return [part.strip() for part in cell.replace("|", ";").split(";") if part.strip()]


def _profile(key: str, row: Sequence[str], kinds: Sequence[ColumnKind]) -> Profile:
    found: dict[ColumnKind, list[str]] = {kind: [] for kind in ColumnKind}
    for kind, cell in zip(kinds, row, strict=False):
        if cell.strip():
            found[kind].append(cell.strip())
    given, family = " ".join(found[ColumnKind.GIVEN]), " ".join(found[ColumnKind.FAMILY])
    several = {kind: [v for cell in found[kind] for v in _several(cell)] for kind in (*_CONTACTS, ColumnKind.LANGUAGE)}
    return Profile(
        key,
        names=tuple(found[ColumnKind.NAME]),
        given=given,
        family=family,
        usernames=tuple(filter(None, map(canonical_username, several[ColumnKind.USERNAME]))),
        emails=tuple(several[ColumnKind.EMAIL]),
        phones=tuple(several[ColumnKind.PHONE]),
        country=next(iter(found[ColumnKind.COUNTRY]), ""),
        city=next(iter(found[ColumnKind.CITY]), ""),
        affiliations=tuple(found[ColumnKind.AFFILIATION]),
        languages=tuple(several[ColumnKind.LANGUAGE]),
    )


def _profiles(ids: Sequence[str], rows: Sequence[Sequence[str]], kinds: Sequence[ColumnKind]) -> Iterator[Profile]:
    for key, row in zip(ids, rows, strict=True):
        yield _profile(key, row, kinds)


def scan_contacts(
    ids: Sequence[str], rows: Sequence[Sequence[str]], kinds: Sequence[ColumnKind]
) -> list[tuple[str, str, float]]:
    """Pairs of rows that may be one person, the surest first."""
    pairs = scan(_profiles(ids, rows, kinds), shipped_model())
    return [
        (str(a), str(b), p)
        for a, b, p in zip(pairs.id_a.tolist(), pairs.id_b.tolist(), pairs.probability.tolist(), strict=True)
    ]
