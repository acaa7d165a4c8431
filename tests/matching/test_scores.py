"""What a pair is worth, and what guards against wrong merges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching.cast import AICHA, CHEN, DANA, OMAR, again, crowd
from wmcrm.errors import BadInputError
from wmcrm.matching import Frequencies, Profile, model_from_json, model_to_json, score, score_many, shipped_model
from wmcrm.matching.reasons import all_words
from wmcrm.matching.scoring import probability

MODEL = shipped_model()


def test_the_same_username_and_name_are_one_person() -> None:
    found = score(AICHA, again(AICHA, 9, emails=(), phones=()), MODEL)
    assert found.probability > 0.99
    assert {reason.field for reason in found.reasons} >= {"name", "username"}


def test_a_family_that_shares_phone_and_address_is_not_merged() -> None:
    family = replace(OMAR, emails=AICHA.emails)
    found = score(AICHA, family, MODEL)
    assert found.probability < 0.5
    assert any(reason.field == "guard" for reason in found.reasons)


@pytest.mark.parametrize("initials", ["A. B.", "A B", "B. A.", "A.", "A. M. B."])
def test_initials_that_fit_are_asked_about_where_the_address_is_the_same(initials: str) -> None:
    short = Profile(9, (initials,), emails=AICHA.emails)
    assert 0.5 < score(AICHA, short, MODEL).probability < 0.95
    assert score(AICHA, replace(short, emails=(), country="MA", city="Rabat"), MODEL).probability < 0.1


@pytest.mark.parametrize("initials", ["C. D.", "A. N.", "N."])
def test_initials_that_contradict_the_name_say_that_they_are_two(initials: str) -> None:
    assert score(AICHA, Profile(9, (initials,), emails=AICHA.emails), MODEL).probability < 0.05


def test_strangers_score_next_to_nothing() -> None:
    assert score(CHEN, DANA, MODEL).probability < 0.001


def test_a_mailbox_of_several_names_is_worth_at_most_two_bits() -> None:
    board = [
        again(person, key, emails=("board@chapter.example",)) for key, person in enumerate([AICHA, OMAR, CHEN, DANA])
    ]
    shared = MODEL.with_frequencies(Frequencies.of(board))
    reasons = score(board[0], board[1], shared).reasons
    assert next(r for r in reasons if r.field == "email").bits <= 2


def test_no_disagreement_is_worth_less_than_minus_six_bits() -> None:
    for pair in ((AICHA, OMAR), (CHEN, DANA), (AICHA, CHEN)):
        assert all(r.bits >= -6 for r in score(*pair, MODEL).reasons if r.field != "guard")


def test_the_reasons_add_up_to_the_bits() -> None:
    found = score(AICHA, OMAR, MODEL)
    assert found.bits == pytest.approx(sum(reason.bits for reason in found.reasons), abs=0.1)
    assert all(reason.words in all_words() for reason in found.reasons)


def test_records_without_anything_to_compare_score_low_and_give_no_reason() -> None:
    found = score(Profile(1), Profile(2), MODEL)
    assert found.reasons == ()
    assert found.probability < 0.05


def test_a_rare_name_says_more_than_a_common_one() -> None:
    people = [again(DANA, n, names=("Maria Silva",), emails=(), phones=()) for n in range(30)] + crowd(300)
    tuned = MODEL.with_frequencies(Frequencies.of(people))
    common = score(people[0], people[1], tuned)
    rare = score(again(DANA, 1, emails=(), phones=()), again(DANA, 2, emails=(), phones=()), tuned)
    assert rare.probability > common.probability


def test_swapped_given_and_family_name_still_agree() -> None:
    turned = again(DANA, 9, names=("Novak Dana",))
    name = next(r for r in score(DANA, turned, MODEL).reasons if r.field == "name")
    assert name.level == "order"


def test_a_new_family_name_at_the_same_address_is_asked_about() -> None:
    married = again(AICHA, 9, names=("Aïcha Mansouri",), usernames=(), phones=())
    found = score(AICHA, married, MODEL)
    assert next(r for r in found.reasons if r.field == "name").level == "family_changed"
    assert 0.5 < found.probability < 0.99
    sister = again(AICHA, 9, names=("Salma Benali",), usernames=(), phones=())
    assert score(AICHA, sister, MODEL).probability < 0.5


def test_usernames_in_each_others_place_of_the_name_are_seen() -> None:
    shy = Profile(8, ("Zephyrlotus6459",), country="MA")
    open_ = Profile(9, ("Aïcha Benali",), usernames=("Zephyrlotus6459",), country="MA")
    assert next(r for r in score(shy, open_, MODEL).reasons if r.field == "username").level == "equal"


TEXT = st.one_of(
    st.just(""),
    st.sampled_from(["Aïcha Benali", "Omar Benali", "陈 伟", "A.", "Ng", "🙂", "AichaB77"]),
    st.text(max_size=12),
)
PROFILES = st.builds(
    lambda key, name, user, email, phone, country, city: Profile(
        key,
        (name,) if name else (),
        "",
        "",
        (user,) if user else (),
        (email,) if email else (),
        (phone,) if phone else (),
        country,
        city,
    ),
    st.integers(0, 9),
    TEXT,
    TEXT,
    st.sampled_from(["", "a.b@gmail.com", "ab+x@gmail.com", "info@x.example", "@"]),
    st.sampled_from(["", "+33612345678", "0612345678", "12"]),
    st.sampled_from(["", "FR", "MA"]),
    st.sampled_from(["", "Rabat", "Paris"]),
)


@settings(max_examples=100, deadline=None)
@given(PROFILES, PROFILES)
def test_a_score_is_symmetric_and_a_probability(one: Profile, other: Profile) -> None:
    there, back = score(one, other, MODEL), score(other, one, MODEL)
    assert there.bits == pytest.approx(back.bits, abs=1e-4)
    assert 0 <= there.probability <= 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-80, 80), min_size=2, max_size=20))
def test_more_bits_never_mean_less_probability(bits: list[float]) -> None:
    sure = probability(np.sort(np.array(bits)), MODEL)
    assert (np.diff(sure) >= 0).all()


def test_one_record_against_many_scores_as_each_pair_alone() -> None:
    others = [OMAR, CHEN, DANA, again(AICHA, 9, phones=())]
    together = [found.bits for found in score_many(AICHA, others, MODEL)]
    assert together == pytest.approx([score(AICHA, other, MODEL).bits for other in others], abs=1e-4)
    assert score_many(AICHA, [], MODEL) == []


def test_a_model_survives_its_file() -> None:
    read = model_from_json(model_to_json(MODEL))
    assert read.version == MODEL.version
    assert np.allclose(read.weights, MODEL.weights, atol=1e-3)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"weights": {"NAME": {"WORSE": 1}}}'])
def test_a_broken_model_file_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        model_from_json(text)
