"""The path model's numbers: every published version, immutable, as data.

A threshold is never edited. A new reading of the path is a new version beside the old ones, so that a
frozen report can always be computed again as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from types import MappingProxyType

from wmcrm.errors import BadInputError


class Stage(IntEnum):
    """What a person has done; the number orders the stages, ``code`` names them outside."""

    CONTACT = 0
    PARTICIPANT = 1
    RETURNING = 2
    HELPER = 3
    CO_ORGANIZER = 4
    ORGANIZER = 5
    SUSTAINED = 6
    MULTIPLIER = 7

    @property
    def code(self) -> str:
        """Return the stage's word in files, reports and addresses."""
        return self.name.lower()


class Family(StrEnum):
    """The role families: one person, one event, one family is one occasion."""

    PARTICIPANT = "participant"
    HELPING = "helping"
    CO_ORGANIZING = "co_organizing"
    ORGANIZED = "organized"
    OTHER = "other"


class Activity(StrEnum):
    """How long ago the last occasion or held position was; stepped back is declared by the person."""

    ACTIVE = "active"
    QUIET = "quiet"
    DORMANT = "dormant"
    NONE = "none"
    STEPPED_BACK = "stepped_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathModel:
    """One published version of the path model: role families and thresholds, no logic."""

    version: int
    published_on: dt.date
    participant_roles: frozenset[str]
    helping_roles: frozenset[str]
    co_organizing_roles: frozenset[str]
    organized_roles: frozenset[str]
    training_roles: frozenset[str]
    paid_capacities: frozenset[str]
    returning_within_months: int
    working_kinds: frozenset[str]
    working_months: int
    leading_kinds: frozenset[str]
    organizer_positions: frozenset[str]
    sustained_occasions: int
    sustained_least_days: int
    sustained_within_months: int
    mentored_stage: Stage
    multiplier_positions: frozenset[str]
    multiplier_position_months: int
    multiplier_affiliates: int
    multiplier_countries: int
    trained_people: int
    trained_within_months: int
    current_months: int
    active_months: int
    quiet_months: int
    load_days: int
    load_events: int
    ready_stages: frozenset[Stage]
    signal_months: int

    def family_of(self, role: str) -> Family:
        """Return the family of an event role; roles of no family (staff, sponsor contact) are OTHER."""
        if role in self.participant_roles:
            return Family.PARTICIPANT
        if role in self.helping_roles:
            return Family.HELPING
        if role in self.co_organizing_roles:
            return Family.CO_ORGANIZING
        return Family.ORGANIZED if role in self.organized_roles else Family.OTHER

    def definitions(self) -> Mapping[str, str | int | list[str]]:
        """Return every threshold by name, as JSON can hold it: what is printed under a report."""
        return MappingProxyType({field.name: _plain(getattr(self, field.name)) for field in fields(self)})


def _plain(value: object) -> str | int | list[str]:
    if isinstance(value, frozenset):
        return sorted(str(_plain(one)) for one in value)
    if isinstance(value, Stage):
        return value.code
    return value if isinstance(value, int) else str(value)


VERSION_1 = PathModel(
    version=1,
    published_on=dt.date(2026, 11, 21),
    participant_roles=frozenset({"participant"}),
    helping_roles=frozenset(
        {
            "helper",
            "translator",
            "interpreter",
            "jury",
            "photographer",
            "speaker",
            "online_volunteer",
            "campus_volunteer",
        }
    ),
    co_organizing_roles=frozenset({"trainer", "facilitator", "co_organizer", "committee", "coordinator"}),
    organized_roles=frozenset({"organizer", "creator", "lead"}),
    training_roles=frozenset({"trainer"}),
    paid_capacities=frozenset({"staff", "interpreter"}),
    returning_within_months=24,
    working_kinds=frozenset({"working"}),
    working_months=3,
    leading_kinds=frozenset({"leading"}),
    organizer_positions=frozenset({"programme_lead"}),
    sustained_occasions=3,
    sustained_least_days=180,
    sustained_within_months=24,
    mentored_stage=Stage.CO_ORGANIZER,
    multiplier_positions=frozenset({"group_contact_1", "group_contact_2", "board_member", "chair", "treasurer"}),
    multiplier_position_months=6,
    multiplier_affiliates=2,
    multiplier_countries=2,
    trained_people=2,
    trained_within_months=24,
    current_months=24,
    active_months=12,
    quiet_months=24,
    load_days=90,
    load_events=5,
    ready_stages=frozenset({Stage.RETURNING, Stage.HELPER}),
    signal_months=12,
)

MODELS: Mapping[int, PathModel] = MappingProxyType({1: VERSION_1})
LATEST = VERSION_1


def path_model(version: int | None = None) -> PathModel:
    """Return the published model of that version, or the latest."""
    if version is None:
        return LATEST
    if version not in MODELS:
        known = ", ".join(str(number) for number in sorted(MODELS))
        raise BadInputError(
            "No path model has the version {version}; published are: {known}.", version=version, known=known
        )
    return MODELS[version]
