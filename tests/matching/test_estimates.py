"""The model moves to the data and to what reviewers decide, within bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.matching.cast import AICHA, OMAR, again, crowd
from wmcrm.matching import Verdict, adjust, estimate, score, shipped_model

MODEL = shipped_model()


def test_a_small_data_set_gives_its_frequencies_only() -> None:
    tuned = estimate(crowd(50), MODEL)
    assert tuned.frequencies.size == 50
    assert np.array_equal(tuned.weights, MODEL.weights)


def test_a_large_data_set_moves_weights_by_at_most_two_bits() -> None:
    people = crowd(5000)
    people += [replace(person, key=person.key + 50_000, emails=()) for person in people[:600]]
    tuned = estimate(people, MODEL)
    assert tuned.version != MODEL.version
    assert not np.array_equal(tuned.weights, MODEL.weights)
    assert np.abs(tuned.weights - MODEL.weights).max() <= 2.0 + 1e-9


def _verdicts(same: bool, count: int = 60) -> list[Verdict]:
    pairs = [
        (again(AICHA, n, usernames=()), again(OMAR if not same else AICHA, n + 500, usernames=(), emails=()))
        for n in range(count)
    ]
    return [Verdict(a, b, same) for a, b in pairs]


def test_verdicts_move_the_scores_of_pairs_like_theirs() -> None:
    verdicts = [replace(v, same=False) for v in _verdicts(same=True)]
    adjusted = adjust(MODEL, verdicts)
    sample = verdicts[0]
    assert score(sample.a, sample.b, adjusted.model).bits < score(sample.a, sample.b, MODEL).bits


def test_a_tenth_of_the_verdicts_is_kept_apart_in_any_order() -> None:
    verdicts = _verdicts(same=True, count=400)
    held = [verdict for verdict in verdicts if verdict.held_apart()]
    assert 15 <= len(held) <= 75
    assert all(Verdict(v.b, v.a, v.same).held_apart() for v in held)


def test_precision_is_measured_on_verdicts_kept_apart() -> None:
    adjusted = adjust(MODEL, _verdicts(same=True, count=200))
    assert adjusted.held > 0
    assert adjusted.precision == 1.0


def test_without_verdicts_nothing_moves() -> None:
    adjusted = adjust(MODEL, [])
    assert adjusted.model is MODEL
    assert adjusted.precision is None
