"""From where a phone number without a country code may be: a hint for reading it, never a residence."""

from __future__ import annotations

from functools import cache, lru_cache

from wmcrm.normalize import fold


@cache
def _cities() -> dict[str, str | None]:
    """The cities that name time zones, with their country; None where two countries share a name.

    Source: the zone names of the IANA time zone database and CLDR's territories of zones.
    """
    from babel.core import get_global

    cities: dict[str, str | None] = {}
    for zone, country in get_global("zone_territories").items():
        if "/" in zone and country != "001":
            city = fold(zone.rpartition("/")[2].replace("_", " "))
            cities[city] = country if cities.get(city, country) == country else None
    return cities


@lru_cache(maxsize=4096)
def country_of_city(city: str) -> str | None:
    """The country (ISO 3166 alpha-2) of a city that names a time zone, None for every other text."""
    return _cities().get(fold(city)) if city else None
