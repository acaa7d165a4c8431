"""The countries of the world as the movement sees them: code, region, protection.

Sources: ISO 3166-1 codes (with XK for Kosovo, as CLDR has it); the eight regions the Wikimedia
Foundation reports by; the movement's country protection list together with the countries whose data
the Foundation does not publish. Operators may protect more countries, never fewer, by their settings.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType


class Region(StrEnum):
    """A region in which the movement counts; the value is the stored code."""

    CENTRAL_EASTERN_EUROPE_CENTRAL_ASIA = "central_eastern_europe_central_asia"
    EAST_SOUTHEAST_ASIA_PACIFIC = "east_southeast_asia_pacific"
    LATIN_AMERICA_CARIBBEAN = "latin_america_caribbean"
    MIDDLE_EAST_NORTH_AFRICA = "middle_east_north_africa"
    NORTH_AMERICA = "north_america"
    NORTHERN_WESTERN_EUROPE = "northern_western_europe"
    SOUTH_ASIA = "south_asia"
    SUB_SAHARAN_AFRICA = "sub_saharan_africa"


REGIONS: Mapping[Region, str] = MappingProxyType(
    {
        Region.CENTRAL_EASTERN_EUROPE_CENTRAL_ASIA: "Central & Eastern Europe & Central Asia",
        Region.EAST_SOUTHEAST_ASIA_PACIFIC: "East, Southeast Asia, & Pacific",
        Region.LATIN_AMERICA_CARIBBEAN: "Latin America & Caribbean",
        Region.MIDDLE_EAST_NORTH_AFRICA: "Middle East & North Africa",
        Region.NORTH_AMERICA: "North America",
        Region.NORTHERN_WESTERN_EUROPE: "Northern & Western Europe",
        Region.SOUTH_ASIA: "South Asia",
        Region.SUB_SAHARAN_AFRICA: "Sub-Saharan Africa",
    }
)


@dataclass(frozen=True, slots=True)
class Country:
    """One country: ISO 3166-1 codes, its region (None for Antarctica), whether people there are protected."""

    code: str
    alpha3: str
    region: Region | None
    protected: bool


def _read() -> dict[str, Country]:
    lines = files("wmcrm.normalize").joinpath("data/countries.tsv").read_text("utf-8").splitlines()
    return {
        row["code"]: Country(
            row["code"],
            row["alpha3"],
            Region(row["region"]) if row["region"] else None,
            row["protected"] == "yes",
        )
        for row in csv.DictReader(lines, delimiter="\t")
    }


COUNTRIES: Mapping[str, Country] = MappingProxyType(_read())


def exportable(country: str | None) -> str | None:
    """Return a country of residence as it may leave: None where living there can put people at risk."""
    known = COUNTRIES.get(country) if country else None
    return known.code if known and not known.protected else None


def region_of(country: str | None) -> str | None:
    """Return the code of the movement's region of an ISO 3166-1 alpha-2 code, None where there is none."""
    known = COUNTRIES.get(country) if country else None
    return known.region.value if known and known.region else None
