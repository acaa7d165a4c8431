from __future__ import annotations

import pytest

from wmcrm.errors import BadInputError
from wmcrm.importer.mapping import (
    GuessSource,
    SheetField,
    apply_user_map,
    mapping_from_json,
    mapping_to_json,
    normalized_header_key,
    suggest_mapping,
)

HEADERS = ["Who", "Email", "Company", "Company", "May we write?"]


def told(*texts: str) -> list[tuple[str | None, str | None, str | None]]:
    mapping = apply_user_map(suggest_mapping(HEADERS, []), texts)
    return [(guess.field, guess.purpose, guess.channel) for guess in mapping]


def test_a_person_names_a_column() -> None:
    assert told("who = full_name")[0] == (SheetField.FULL_NAME, None, None)


def test_the_second_of_two_equal_headers_is_addressed_by_its_place() -> None:
    fields = [field for field, _, _ in told("Company#2=affiliation")]
    assert fields[2:4] == [None, SheetField.AFFILIATION]


def test_a_consent_column_has_its_purpose_and_channel() -> None:
    assert told("May we write?=consent:newsletter/email")[4] == (SheetField.CONSENT_CONTACT, "newsletter", "email")


def test_a_column_can_be_left_out() -> None:
    assert told("Email=-")[1][0] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [("Nom=email", "no column called Nom"), ("Who=colour", "no field called colour"), ("Who", "does not say")],
)
def test_what_cannot_be_told_is_refused_with_what_exists(text: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        told(text)


def test_a_remembered_mapping_finds_its_columns_after_they_moved() -> None:
    mapping = apply_user_map(suggest_mapping(HEADERS, []), ["Who=full_name", "May we write?=consent:newsletter"])
    again = mapping_from_json(mapping_to_json(mapping), ["May we write? *", "Email", "who", "New"])
    assert [(guess.column, guess.field, guess.purpose) for guess in again] == [
        (0, SheetField.CONSENT_CONTACT, "newsletter"),
        (1, SheetField.EMAIL, None),
        (2, SheetField.FULL_NAME, None),
        (3, None, None),
    ]
    assert again[0].source_of_guess is GuessSource.SAVED


def test_text_that_is_no_mapping_is_refused() -> None:
    for text in ("", "[]", '{"columns": [1]}'):
        with pytest.raises(BadInputError):
            mapping_from_json(text, HEADERS)


def test_sheets_with_the_same_headers_in_any_order_share_their_mapping() -> None:
    assert normalized_header_key(["Email *", "Name"]) == normalized_header_key(["name:", "email"])
