"""The fields of two person rows that become one: what is proposed, what was kept, and what it was before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from wmcrm.history import stored
from wmcrm.models import EntryRoute, Person, Protection
from wmcrm.models.records import record_columns
from wmcrm.models.tracking import plain
from wmcrm.normalize import fold

Values = tuple[object, ...]
PERSON = record_columns("person")
PROTECTION_ORDER = (Protection.NORMAL, Protection.ELEVATED, Protection.SEALED)


class Side(StrEnum):
    """Whose value is kept."""

    SURVIVOR = "survivor"
    ABSORBED = "absorbed"


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field of a person as one chooses it: its columns, and whether the second value is the better one.

    ``by_rule`` fields are not chosen: the rule protects the person.
    """

    name: str
    columns: tuple[str, ...]
    prefers_second: Callable[[Values, Values], bool]
    by_rule: bool = False

    def read(self, person: Person) -> Values:
        """The values of a person."""
        return tuple(getattr(person, column) for column in self.columns)

    def write(self, person: Person, values: Values) -> None:
        """Give a person these values; columns that have theirs already are not touched."""
        for column, value in zip(self.columns, values, strict=True):
            if getattr(person, column) != value:
                setattr(person, column, value)


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """One choice as a merge keeps it: both values, which side, the result, and whether a person chose."""

    survivor: Values
    absorbed: Values
    kept: Side
    asked: bool = False

    @property
    def value(self) -> Values:
        """What the survivor got."""
        return self.survivor if self.kept is Side.SURVIVOR else self.absorbed


def _filled(values: Values) -> int:
    return sum(value is not None and value != "" for value in values)


def _fuller(first: Values, second: Values) -> bool:
    return _filled(second) > _filled(first)


def _better_place(first: Values, second: Values) -> bool:
    """A country says more than a city of which the country is unknown."""
    return (_filled(second[:1]), _filled(second)) > (_filled(first[:1]), _filled(first))


def _fuller_name(first: Values, second: Values) -> bool:
    def size(values: Values) -> tuple[int, int]:
        folded = fold(str(values[0] or ""))
        has_digit = any(character.isdigit() for character in folded)
        return (0 if has_digit else len(folded.split()), len(folded) if folded else 0)

    return size(second) > size(first)


def _known_route(first: Values, second: Values) -> bool:
    return first[0] is EntryRoute.UNKNOWN and second[0] is not EntryRoute.UNKNOWN


def _earlier(first: Values, second: Values) -> bool:
    return second[0] is not None and (first[0] is None or bool(second[0] < first[0]))  # type: ignore[operator]


def _later(first: Values, second: Values) -> bool:
    return second[0] is not None and (first[0] is None or bool(second[0] > first[0]))  # type: ignore[operator]


def _stricter(first: Values, second: Values) -> bool:
    return PROTECTION_ORDER.index(Protection(str(second[0]))) > PROTECTION_ORDER.index(Protection(str(first[0])))


# Country and city are one choice: half of each would be a place where nobody lives.
MERGE_FIELDS: Sequence[MergeField] = (
    MergeField("display_name", ("display_name", "sort_name"), _fuller_name),
    MergeField("residence", ("residence_country", "residence_city"), _better_place),
    MergeField("community_region", ("community_region",), _fuller),
    MergeField("entry_route", ("entry_route",), _known_route),
    MergeField("since_year", ("since_year",), _earlier),
    MergeField("pronouns", ("pronouns",), _fuller),
    MergeField("alias", ("alias",), _fuller),
    MergeField("last_verified_on", ("last_verified_on",), _later),
    MergeField("protection", ("protection",), _stricter, by_rule=True),
    MergeField("stepped_back_on", ("stepped_back_on",), _earlier, by_rule=True),
)
FIELDS_BY_NAME: Mapping[str, MergeField] = {field.name: field for field in MERGE_FIELDS}


def propose(field: MergeField, survivor: Values, absorbed: Values) -> Side:
    """The fuller value's side; the survivor's where neither is fuller."""
    return Side.ABSORBED if field.prefers_second(survivor, absorbed) else Side.SURVIVOR


def to_json(records: Mapping[str, FieldRecord]) -> dict[str, object]:
    """The choices of a merge as its row keeps them."""
    return {
        name: {
            "survivor": [plain(value) for value in record.survivor],
            "absorbed": [plain(value) for value in record.absorbed],
            "kept": record.kept.value,
            "asked": record.asked,
        }
        for name, record in records.items()
    }


def from_json(document: object) -> dict[str, FieldRecord]:
    """The inverse of :func:`to_json`; fields that this version does not know are left out."""
    assert isinstance(document, dict)
    return {
        name: FieldRecord(
            _values(FIELDS_BY_NAME[name], raw["survivor"]),
            _values(FIELDS_BY_NAME[name], raw["absorbed"]),
            Side(raw["kept"]),
            bool(raw["asked"]),
        )
        for name, raw in document.items()
        if name in FIELDS_BY_NAME
    }


def _values(field: MergeField, raw: Sequence[object]) -> Values:
    return tuple(stored(PERSON[column], value) for column, value in zip(field.columns, raw, strict=True))


def without(field: MergeField, records: Sequence[FieldRecord], left_out: int) -> tuple[list[FieldRecord], Values]:
    """The survivor's story of a field, told again without one of its merges: the other records, the value now.

    ``records`` are those of the merges that stand, in order. Where somebody edited the field between two
    merges, the story goes on from the edited value. A choice that a person made stays; a proposal is
    proposed again.
    """
    value = records[0].survivor
    told_before = value
    kept: list[FieldRecord] = []
    for number, record in enumerate(records):
        if record.survivor != told_before:
            value = record.survivor
        told_before = record.value
        if number == left_out:
            continue
        side = record.kept if record.asked else propose(field, value, record.absorbed)
        again = replace(record, survivor=value, kept=side)
        kept.append(again)
        value = again.value
    return kept, value
