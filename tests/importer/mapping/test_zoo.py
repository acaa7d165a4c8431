"""Header rows of the forms, shops and lists that people really export, with what each column is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wmcrm.importer.mapping import ColumnGuess, suggest_mapping

ZOO = json.loads(Path(__file__).with_name("zoo.json").read_text("utf-8"))


def judged(guess: ColumnGuess) -> str:
    if guess.sensitive:
        return "s"
    return guess.field.value if guess.field else "-"


@pytest.mark.parametrize("case", ZOO, ids=[case["name"] for case in ZOO])
def test_no_column_is_taken_for_something_it_is_not(case: dict[str, list[str]]) -> None:
    guesses = suggest_mapping(case["headers"], case["rows"])
    wrong = [
        (guess.header, judged(guess), answer)
        for guess, answer in zip(guesses, case["answers"], strict=True)
        if judged(guess) not in {"-", "s", *answer.split("|")}
    ]
    assert wrong == []


def test_nearly_every_column_is_found_and_sensitive_ones_are_never_mapped() -> None:
    wanted = found = 0
    for case in ZOO:
        guesses = suggest_mapping(case["headers"], case["rows"])
        for guess, answer in zip(guesses, case["answers"], strict=True):
            answers = answer.split("|")
            if "-" not in answers:
                wanted += 1
                found += judged(guess) in answers
            if answers == ["s"]:
                assert guess.sensitive, (case["name"], guess.header)
                assert guess.field is None
    assert found / wanted > 0.97
