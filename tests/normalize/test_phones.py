from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import COUNTRIES, parse_phones


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("+33 6 12 34 56 78", None, "+33612345678"),
        ("0033612345678", None, "+33612345678"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("612345678.0", "FR", "+33612345678"),
        ("612345678", "FR", "+33612345678"),
        ("6.12345678E8", "FR", "+33612345678"),
        ("4915168122264.0", None, "+4915168122264"),
        ("4915168122264.0", "DE", "+4915168122264"),
        ("62800391904.0", "ID", "+62800391904"),
        ("918321091523.0", "IN", "+918321091523"),
        ("+33612345678 (WhatsApp)", None, "+33612345678"),
        ("WhatsApp: +33612345678", "SN", "+33612345678"),
        ("tel:+33612345678", None, "+33612345678"),
        ("+52 1 222 103 4611", None, "+522221034611"),
        ("+52 222 103 4611", None, "+522221034611"),
        ("+62 827-377-301", "ID", "+62827377301"),
        ("8 (912) 383-56-11", "RU", "+79123835611"),
        ("011 41207416", "EG", "+201141207416"),
        ("٠٦١٨٧٨٦٦٨٥", "MA", "+212618786685"),
        ("०९८१२३४५६७८", "IN", "+919812345678"),
        ("＋３３６１２３４５６７８", None, "+33612345678"),
        ("123453123.0", "CI", "+2250123453123"),
        ("+44 (0)20 7946 0958", None, "+442079460958"),
        ("+1 202 555 0100 ext. 12", None, "+12025550100"),
        ("030/1234567", "DE", "+49301234567"),
        ("+33 6 12 34 56 78", "US", "+33612345678"),
        ("011 33 6 12 34 56 78", "US", "+33612345678"),
        ("\u202a+33\u00a0612345678\u202c", None, "+33612345678"),
    ],
)
def test_a_number_is_read_as_it_would_be_dialled(typed, country, stored):
    assert parse_phones(typed, country=country).values == (stored,)
    assert parse_phones(typed, country=country).problems == ()


@pytest.mark.parametrize("between", [" / ", "; ", ", ", "\n", " or ", " ou ", " أو ", "/", " & ", "、", " "])
def test_several_numbers_are_parted_and_the_first_is_preferred(between):
    parsed = parse_phones(f"+33612345678{between}+33698765432", country=None)
    assert parsed.values == ("+33612345678", "+33698765432")


@pytest.mark.parametrize("typed", ["2.12612E+11", "2,12612E+11", "6.1E8", "9.19876543E+11", "2.126E+11"])
def test_digits_a_spreadsheet_lost_are_never_guessed(typed):
    parsed = parse_phones(typed, country="MA")
    assert parsed.values == ()
    assert [problem.code for problem in parsed.problems] == ["phone_digits_lost"]


def test_a_national_number_without_a_country_asks_for_one():
    parsed = parse_phones("06 12 34 56 78", country=None)
    assert parsed.values == ()
    assert [problem.code for problem in parsed.problems] == ["phone_needs_country"]


@pytest.mark.parametrize(
    ("typed", "country", "words"),
    [
        ("12", "FR", "too short"),
        ("+336123456781234567", None, "too long"),
        ("+999 123 456 789", None, "no country's code"),
        ("call me", "FR", "not a phone number"),
    ],
)
def test_an_impossible_number_is_an_error_that_says_why(typed, country, words):
    parsed = parse_phones(typed, country=country)
    assert parsed.values == ()
    assert parsed.problems[0].code == "phone_invalid"
    assert parsed.problems[0].severity == "error"
    assert words in parsed.problems[0].message


@pytest.mark.parametrize("typed", ["", "-", "n/a", "لا يوجد", "无", "0", "00000", "--"])
def test_a_placeholder_gives_no_number_and_no_complaint(typed):
    assert parse_phones(typed, country="FR") == parse_phones("", country=None)


def test_one_good_number_beside_a_bad_one_is_kept():
    parsed = parse_phones("+33612345678; 12", country="FR")
    assert parsed.values == ("+33612345678",)
    assert [problem.code for problem in parsed.problems] == ["phone_invalid"]


def _mobiles() -> list[tuple[str, phonenumbers.PhoneNumber]]:
    kind = phonenumbers.PhoneNumberType.MOBILE
    examples = ((code, phonenumbers.example_number_for_type(code, kind)) for code in COUNTRIES)
    return [(code, number) for code, number in examples if number is not None]


def test_every_countrys_mobile_numbers_are_read_in_each_way_of_writing_them():
    for country, number in _mobiles():
        stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for form in (
            phonenumbers.PhoneNumberFormat.E164,
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            phonenumbers.PhoneNumberFormat.NATIONAL,
        ):
            written = phonenumbers.format_number(number, form)
            assert parse_phones(written, country=country).values == (stored,), (country, written)
        assert parse_phones(stored.lstrip("+") + ".0", country=country).values == (stored,), country


@given(st.text(alphabet=st.sampled_from("0123456789+-/ ().;,eExn\n٠９ab"), max_size=30) | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_parser_and_a_stored_number_is_stored_the_same_again(text):
    for country in ("FR", "MX", None):
        parsed = parse_phones(text, country=country)
        for value in parsed.values:
            assert parse_phones(value, country=None).values == (value,)
        for problem in parsed.problems:
            assert problem.message
