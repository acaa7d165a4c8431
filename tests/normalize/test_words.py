from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import is_placeholder, is_total_word, parse_yes_no


@pytest.mark.parametrize(
    "word",
    ["Yes", "YES ", "y", "true", "1", "x", "X", "✓", "✔️", "☑", "oui", "Sí", "si", "نعم", "أوافق", "اوافق", "是", "同意",
     "ya", "हाँ", "ja", "Да", "ndiyo", "はい", "evet", "sì", "হ্যাঁ", "بله", "так", "Yes, I agree", "J’accepte"],
)  # fmt: skip
def test_yes_is_understood_in_the_languages_of_the_sheets(word):
    assert parse_yes_no(word) is True


@pytest.mark.parametrize(
    "word",
    ["No", "n", "FALSE", "0", "non", "não", "لا", "لا أوافق", "否", "不同意", "tidak", "नहीं", "nein", "нет", "hapana",
     "いいえ", "hayır", "না", "خیر", "ні", "I do not agree", "declined", "unsubscribed", "✗", "☐"],
)  # fmt: skip
def test_no_is_understood_in_the_languages_of_the_sheets(word):
    assert parse_yes_no(word) is False


@pytest.mark.parametrize("word", ["maybe", "", "Aïcha", "2024-05-01", "yes and no", "+1", "later", "?", "peut-être"])
def test_an_unknown_word_is_never_taken_for_an_answer(word):
    assert parse_yes_no(word) is None


def test_the_label_of_a_ticked_box_is_a_yes():
    assert parse_yes_no("I consent to be contacted about future events") is True
    assert parse_yes_no("J'accepte de recevoir la lettre d'information") is True


@pytest.mark.parametrize(
    "text",
    ["I agree to be contacted, but not by phone", "I agree only if my name stays out", "I agree to nothing of this, no",
     "J'accepte sauf les photos", "我同意，但不要拍照"],
)  # fmt: skip
def test_a_yes_with_a_condition_is_not_a_yes(text):
    assert parse_yes_no(text) is None


@pytest.mark.parametrize("text", ["I do not agree to be contacted", "Je n'accepte pas", "No acepto recibir correos"])
def test_a_sentence_that_begins_with_a_refusal_is_a_no(text):
    assert parse_yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "--", "—", "n/a", "N/A", "N.A.", "none", "None.", "null", "anonymous", "لا يوجد", "无", "無", "aucun",
     "ninguno", "tidak ada", "нет", "#N/A", "#DIV/0!", "?", "I don't have one", "なし", "yok", "...", "keine"],
)  # fmt: skip
def test_placeholders_stand_for_nothing(text):
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["x", "0", "Aïcha", "NA-1", "Nora", "+33612345678"])
def test_values_are_not_taken_for_placeholders(text):
    assert not is_placeholder(text)


@pytest.mark.parametrize("text", ["Total", "TOTAL:", "Grand total", "المجموع", "合计", "Итого", "Summe", "योग"])
def test_rows_of_totals_are_known_by_their_word(text):
    assert is_total_word(text)


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_words(text):
    assert parse_yes_no(text) in (True, False, None)
    assert is_placeholder(text) in (True, False)
    assert not is_total_word(text + " Aïcha Diallo")
