from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import is_placeholder, language_name, parse_languages
from wmcrm.normalize.languages import _own_names
from wmcrm.normalize.locales import SHEET_LOCALES


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("fr", ("fr",)),
        ("zh-hans", ("zh-hans",)),
        ("zh_Hant", ("zh-hant",)),
        ("be-tarask", ("be-tarask",)),
        ("sr-Cyrl", ("sr-cyrl",)),
        ("simple", ("simple",)),
        ("arz", ("arz",)),
        ("pt-BR", ("pt-br",)),
        ("en-GB", ("en-gb",)),
        ("zh-yue", ("yue",)),
        ("French", ("fr",)),
        ("français", ("fr",)),
        ("Francais", ("fr",)),
        ("الفرنسية", ("fr",)),
        ("法语", ("fr",)),
        ("Bahasa Indonesia", ("id",)),
        ("Yorùbá", ("yo",)),
        ("हिन्दी, English", ("hi", "en")),
        ("Português; English", ("pt", "en")),
        ("français et anglais", ("fr", "en")),
        ("English and French", ("en", "fr")),
        ("español y catalán", ("es", "ca")),
        ("العربية والإنجليزية", ("ar", "en")),
        ("العربية و English", ("ar", "en")),
        ("Arabic / French & English", ("ar", "fr", "en")),
        ("中文、英语", ("zh", "en")),
        ("日本語と英語", ("ja", "en")),
        ("русский и английский", ("ru", "en")),
        ("English (native)", ("en",)),
        ("English (native, fluent), French (basic)", ("en", "fr")),
        ("Spanish - native", ("es",)),
        ("German B2", ("de",)),
        ("fr-3", ("fr",)),
        ("User fr-N", ("fr",)),
        ("fr-N, en-3, ar-1", ("fr", "en", "ar")),
        ("en fr es", ("en", "fr", "es")),
        ("Haitian Creole", ("ht",)),
        ("Moroccan Arabic", ("ary",)),
        ("English; english; EN", ("en",)),
        ("English\nFrench", ("en", "fr")),
        ("Kiswahili", ("sw",)),
        ("Swahili", ("sw",)),
        ("Farsi", ("fa",)),
        ("Mandarin", ("zh",)),
    ],
)
def test_languages_are_known_by_code_by_name_and_by_their_own_name(typed, codes):
    assert parse_languages(typed).values == codes
    assert parse_languages(typed).problems == ()


def test_an_unknown_language_is_said_and_the_others_kept():
    parsed = parse_languages("Englsh, French, Qwertyish")
    assert parsed.values == ("fr",)
    assert [(p.code, p.suggestion) for p in parsed.problems] == [
        ("language_unknown", "English"),
        ("language_unknown", None),
    ]


@pytest.mark.parametrize("typed", ["", "-", "n/a", "none", "无"])
def test_a_placeholder_is_no_language(typed):
    assert parse_languages(typed) == parse_languages("")


def test_every_wikis_own_name_is_read_back():
    unread = [
        (code, name)
        for code, names in _own_names().items()
        for name in names
        if not parse_languages(name).values and "/" not in name
    ]
    assert unread == []


def test_names_are_given_in_the_readers_language():
    assert language_name("sw", "fr") == "swahili"
    assert language_name("ar") == "Arabic"
    assert language_name("zh-hant") == "Traditional Chinese"
    assert language_name("pt-br") == "Brazilian Portuguese"
    assert language_name("simple") == "Simple English"
    assert language_name("x-nothing") == "x-nothing"


@pytest.mark.parametrize("tag", SHEET_LOCALES)
def test_the_languages_of_the_sheets_are_known_by_each_others_names(tag):
    unread = [
        code
        for code in (
            "en",
            "fr",
            "es",
            "pt",
            "ar",
            "zh",
            "id",
            "hi",
            "de",
            "ru",
            "sw",
            "ja",
            "tr",
            "it",
            "bn",
            "fa",
            "uk",
        )
        if parse_languages(language_name(code, tag)).values != (code,)
    ]
    assert unread == []


@given(st.text(alphabet=st.sampled_from("enfrsw-, ;/()3Nو和and\n"), max_size=25) | st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_parser_and_codes_are_read_as_themselves(text):
    parsed = parse_languages(text)
    for code in parsed.values:
        assert len(code) <= 35
        # Nauruan's code is also what people write for "not applicable", and that reading wins.
        assert parse_languages(code).values == (code,) or is_placeholder(code)
    assert all(problem.message for problem in parsed.problems)
