from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.importer.mapping import KnownSource, SheetField, recognise_source, suggest_mapping


def fields(headers: list[str], *rows: list[str]) -> list[str | None]:
    return [guess.field and guess.field.value for guess in suggest_mapping(headers, rows)]


@pytest.mark.parametrize(
    "header",
    [
        "Email *",
        "3、您的邮箱",
        "E-MAIL ADDRESS:",
        "Adresse e-mail",
        "Email (البريد)",
        " email\n(required) ",
        "Q2: What is your email?",
        "Correo electronico",
        "E-posta",
        "Email — we only use it for the link",
    ],
)
def test_a_header_is_known_under_its_decorations(header: str) -> None:
    assert fields([header], ["a@example.org"]) == ["email"]


def test_an_email_column_without_addresses_is_none() -> None:
    assert fields(["Name", "Email"], ["Ana", "yes"], ["Bo", "no"]) == ["full_name", None]


def test_a_column_of_addresses_is_email_under_any_header() -> None:
    assert fields(["Name", "Reach me"], ["Ana", "a@example.org"], ["Bo", "b@example.org"]) == ["full_name", "email"]


def test_somebody_elses_address_is_asked_about_not_taken() -> None:
    (guess,) = suggest_mapping(["Parent's email address"], [["a@example.org"], ["b@example.org"]])
    assert guess.field is None
    assert guess.is_question
    assert guess.suggestions[0][0] is SheetField.EMAIL


@pytest.mark.parametrize(
    ("headers", "meant"),
    [
        (["Nom", "Prénom"], ["last_name", "first_name"]),
        (["Name", "Vorname"], ["last_name", "first_name"]),
        (["Nombre", "Apellidos"], ["first_name", "last_name"]),
        (["Surname", "Name"], ["last_name", "first_name"]),
        (["Nome", "Cognome"], ["first_name", "last_name"]),
        (["name", "first_name", "last_name"], ["full_name", "first_name", "last_name"]),
        (["Фамилия", "Имя"], ["last_name", "first_name"]),
    ],
)
def test_the_word_for_name_is_read_by_the_columns_beside_it(headers: list[str], meant: list[str]) -> None:
    assert fields(headers) == meant


def test_a_name_column_that_holds_whole_names_is_the_whole_name_in_any_language() -> None:
    assert fields(["Nombre", "Correo"], ["Ana Ruiz Gil", "a@example.org"], ["Bo Li", "b@example.org"])[0] == "full_name"


def test_a_word_of_two_languages_is_read_in_that_of_the_sheet() -> None:
    assert fields(["Vorname", "Nachname", "Firma"])[2] == "affiliation"
    assert fields(["Nombres", "Apellidos", "Correo electrónico", "Firma"])[3] == "attended"


def test_a_column_of_two_things_is_a_question() -> None:
    (guess,) = suggest_mapping(["Name / Email"], [])
    assert guess.field is None
    assert guess.is_question


@pytest.mark.parametrize(
    "header",
    [
        "Dietary requirements",
        "Régime alimentaire",
        "الديانة",
        "身份证号",
        "Gender identity",
        "Do you have a disability?",
        "Possui alguma alergia?",
        "Partai politik",
        "Sexuelle Orientierung",
        "Wiek",
        "国籍",
    ],
)
def test_a_sensitive_column_is_marked_and_left_out(header: str) -> None:
    (guess,) = suggest_mapping([header], [["x"]])
    assert guess.sensitive
    assert guess.field is None
    assert not guess.is_question


def test_reading_a_policy_is_not_consent_to_contact() -> None:
    assert fields(["I have read and accept the privacy policy"], ["Yes"], ["Yes"]) == [None]
    assert fields(["J'accepte la politique de confidentialité"], ["Oui"], ["Oui"]) == [None]


def test_a_single_field_is_told_by_its_better_column_only() -> None:
    guesses = suggest_mapping(["Username", "Wikipedia username"], [["", "AnaD"], ["", "BoL"]])
    assert [guess.field for guess in guesses] == [None, "username"]


def test_columns_are_told_by_position_so_repeated_headers_live() -> None:
    guesses = suggest_mapping(["Email", "Email"], [["a@example.org", "b@example.org"]])
    assert [(guess.column, guess.field) for guess in guesses] == [(0, "email"), (1, "email")]


def test_the_buyer_is_not_the_attendee() -> None:
    headers = ["Order #", "Email", "Attendee Status", "Buyer Email"]
    row = ["1", "a@example.org", "Attending", "boss@example.org"]
    assert recognise_source(headers) is KnownSource.EVENTBRITE
    assert fields(headers, row) == ["external_id", "email", "registration_status", None]


def test_microsoft_forms_own_address_column_is_left_when_all_are_anonymous() -> None:
    headers = ["ID", "Start time", "Completion time", "Email", "Name", "Your e-mail"]
    assert fields(headers, ["1", "1/2/26", "1/2/26", "anonymous", "", "a@example.org"])[3:] == [None, None, "email"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text(max_size=30), max_size=6),
    st.lists(st.lists(st.text(max_size=20), max_size=7), max_size=5),
)
def test_no_text_in_headers_or_cells_is_too_odd(headers: list[str], rows: list[list[str]]) -> None:
    guesses = suggest_mapping(headers, rows)
    assert [guess.column for guess in guesses] == list(range(len(headers)))
    assert all(guess.field is None or guess.score >= 0.8 for guess in guesses)
