from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import COUNTRIES, REGIONS, Region, country_name, parse_country, region_of
from wmcrm.normalize.locales import SHEET_LOCALES


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NA", "NA"),
        ("na", "NA"),
        ("Namibia", "NA"),
        ("SN", "SN"),
        ("sen", "SN"),
        ("NO", "NO"),
        ("Sénégal", "SN"),
        ("السنغال", "SN"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("EE. UU.", "US"),
        ("États-Unis", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Palestine", "PS"),
        ("فلسطين", "PS"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Ivory Coast", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Cote d Ivoire", "CI"),
        ("DRC", "CD"),
        ("RDC", "CD"),
        ("Congo (Kinshasa)", "CD"),
        ("Burma", "MM"),
        ("Viet Nam", "VN"),
        ("Russia", "RU"),
        ("Российская Федерация", "RU"),
        ("South Korea", "KR"),
        ("Korea", "KR"),
        ("الأردن", "JO"),
        ("الاردن", "JO"),
        ("الإمارات", "AE"),
        ("Holland", "NL"),
        ("Czech Republic", "CZ"),
        ("Swaziland", "SZ"),
        ("Macedonia", "MK"),
        ("Cape Verde", "CV"),
        ("The Gambia", "GM"),
        ("Saint Kitts & Nevis", "KN"),
        ("St. Kitts and Nevis", "KN"),
        ("🇸🇳", "SN"),
        ("🇺🇸 United States", "US"),
        ("Brazil (Brasil)", "BR"),
        ("Senegal / Sénégal", "SN"),
        ("中国", "CN"),
        ("台灣", "TW"),
        ("日本", "JP"),
        ("भारत", "IN"),
        ("বাংলাদেশ", "BD"),
        ("Deutschland", "DE"),
        ("GERMANY", "DE"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("Guinea-Bissau", "GW"),
        ("Georgia", "GE"),
    ],
)
def test_a_country_is_known_by_code_name_or_flag(typed, code):
    assert parse_country(typed).values == (code,)


def test_every_countrys_name_in_every_language_of_the_sheets_is_read_back():
    unread = [
        (tag, code)
        for tag in SHEET_LOCALES
        for code in COUNTRIES
        if parse_country(country_name(code, tag)).first != code
    ]
    assert unread == []


def test_a_misspelt_country_is_suggested_and_not_corrected():
    parsed = parse_country("Germny")
    assert parsed.values == ()
    assert [(p.code, p.suggestion) for p in parsed.problems] == [("country_unknown", "Germany")]


@pytest.mark.parametrize("typed", ["Atlantis", "XY", "no", "Europe", "Senegal or Mali"])
def test_an_unknown_country_is_an_error(typed):
    parsed = parse_country(typed)
    assert parsed.values == ()
    assert [p.code for p in parsed.problems] == ["country_unknown"]


@pytest.mark.parametrize("typed", ["", "-", "N/A", "n/a", "none", "لا يوجد"])
def test_a_placeholder_is_no_country(typed):
    assert parse_country(typed) == parse_country("")


def test_names_are_given_in_the_readers_language():
    assert country_name("SN", "fr") == "Sénégal"
    assert country_name("DE", "ar") == "ألمانيا"
    assert country_name("DE", "xx") == "Germany"
    assert country_name("ZZZ") == "ZZZ"


def test_every_country_but_antarctica_has_one_of_the_eight_regions():
    assert len(COUNTRIES) == 250
    assert [code for code, country in COUNTRIES.items() if country.region is None] == ["AQ"]
    assert Counter(country.region for country in COUNTRIES.values()) == {
        None: 1,
        Region.NORTH_AMERICA: 2,
        Region.SOUTH_ASIA: 8,
        Region.MIDDLE_EAST_NORTH_AFRICA: 19,
        Region.CENTRAL_EASTERN_EUROPE_CENTRAL_ASIA: 32,
        Region.NORTHERN_WESTERN_EUROPE: 33,
        Region.EAST_SOUTHEAST_ASIA_PACIFIC: 48,
        Region.LATIN_AMERICA_CARIBBEAN: 53,
        Region.SUB_SAHARAN_AFRICA: 54,
    }
    assert set(REGIONS) == set(Region)


def test_the_region_of_a_country_is_a_code():
    assert region_of("SN") == "sub_saharan_africa"
    assert region_of("AQ") is None
    assert region_of(None) is None
    assert region_of("nowhere") is None


def test_people_in_countries_on_the_protection_list_are_protected():
    protected = {code for code, country in COUNTRIES.items() if country.protected}
    assert len(protected) == 37
    assert {"BY", "CN", "HK", "IR", "MM", "RU", "SA", "VE", "VN"} <= protected
    assert not {"SN", "FR", "US", "BR", "IN"} & protected


def test_codes_are_unique():
    assert len({country.alpha3 for country in COUNTRIES.values()}) == len(COUNTRIES)


@given(st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_parser(text):
    parsed = parse_country(text)
    assert all(code in COUNTRIES for code in parsed.values)
    assert all(problem.message for problem in parsed.problems)
