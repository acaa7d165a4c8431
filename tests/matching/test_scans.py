"""Whole data sets: what a scan finds, what it costs, and what it groups."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching.cast import AICHA, CHEN, DANA, OMAR, again, crowd
from wmcrm.matching import Index, Pairs, Profile, clusters, scan, scan_against, score, shipped_model
from wmcrm.matching.clusters import stars

MODEL = shipped_model()
WORLD = [AICHA, OMAR, CHEN, DANA, again(AICHA, 11, phones=()), again(DANA, 14, names=("Novak Dana",)), *crowd(200)]


def _found(pairs: Pairs, least: float = 0.5) -> set[frozenset[object]]:
    sure = pairs.at_least(least)
    return {frozenset(pair) for pair in zip(sure.id_a.tolist(), sure.id_b.tolist(), strict=True)}


def test_a_scan_finds_the_duplicates_and_nothing_else() -> None:
    assert _found(scan(WORLD, MODEL), 0.9) == {frozenset((1, 11)), frozenset((4, 14))}


def test_a_scan_finds_what_a_score_says() -> None:
    pairs = scan(WORLD, MODEL)
    people = {person.key: person for person in WORLD}
    for k in range(len(pairs)):
        alone = score(people[pairs.id_a[k].item()], people[pairs.id_b[k].item()], pairs.model)
        assert alone.bits == pytest.approx(pairs.bits[k], abs=1e-4)
        assert alone.reasons == pairs.reasons(k)


def test_pairs_come_most_certain_first() -> None:
    assert (np.diff(scan(WORLD, MODEL).probability) <= 0).all()


def test_progress_reaches_the_end() -> None:
    seen: list[float] = []
    scan(WORLD, MODEL, progress=seen.append)
    assert seen[-1] == 1.0


def test_new_records_are_compared_with_old_ones_and_each_other() -> None:
    index = Index(WORLD[:4])
    pairs = scan_against(WORLD[4:], index, MODEL)
    assert _found(pairs, 0.9) == {frozenset((1, 11)), frozenset((4, 14))}
    assert len(index) == len(WORLD)
    assert len(scan_against([], index, MODEL)) == 0


def test_keys_may_be_texts() -> None:
    pairs = scan([again(AICHA, "p_1"), again(AICHA, "p_2"), DANA], MODEL)
    assert {pairs.id_a[0], pairs.id_b[0]} == {"p_1", "p_2"}


@pytest.mark.parametrize("people", [[], [AICHA], [Profile(1), Profile(2)], [Profile(1, ("X",)), Profile(2, ("Y",))]])
def test_next_to_nothing_is_scanned_without_a_find(people: list[Profile]) -> None:
    assert len(scan(people, MODEL)) == 0


def test_an_address_that_everybody_shares_makes_nobody_one_person() -> None:
    people = [again(person, person.key, emails=("info@chapter.example",)) for person in crowd(1000)]
    pairs = scan(people, MODEL)
    assert not _found(pairs)


def test_a_thousand_people_of_one_name_are_compared_in_reasonable_time() -> None:
    people = [again(person, person.key, names=("Maria Silva",)) for person in crowd(1000)]
    start = time.perf_counter()
    pairs = scan(people, MODEL)
    assert time.perf_counter() - start < 10
    assert not _found(pairs, 0.99)


def test_a_veto_takes_a_pair_away() -> None:
    pairs = scan(WORLD, MODEL)
    assert frozenset((1, 11)) not in _found(pairs.without({frozenset((1, 11))}))


def test_clusters_hold_the_sure_pairs() -> None:
    groups = clusters(scan(WORLD, MODEL))
    assert frozenset((1, 11)) in groups


def test_a_veto_keeps_two_records_out_of_one_cluster() -> None:
    edges = [(1, 2, 0.999), (1, 3, 0.998), (2, 3, 0.995)]
    groups = stars(edges, {frozenset((2, 3))})
    assert groups == [frozenset((1, 2))] or groups == [frozenset((1, 3))]


def test_a_decided_pair_is_a_cluster_and_a_veto_is_stronger() -> None:
    nothing = scan([AICHA, DANA], MODEL)
    assert clusters(nothing, decided={frozenset((1, 4))}) == [frozenset((1, 4))]
    assert clusters(nothing, vetoes={frozenset((1, 4))}, decided={frozenset((1, 4))}) == []


EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.floats(0.99, 1)), max_size=40)
VETOES = st.sets(st.frozensets(st.integers(0, 12), min_size=2, max_size=2), max_size=10)


@settings(max_examples=100, deadline=None)
@given(EDGES, VETOES)
def test_clusters_are_disjoint_stars_without_a_vetoed_pair(
    edges: list[tuple[int, int, float]], vetoes: set[frozenset[int]]
) -> None:
    groups = stars(edges, vetoes)
    known = {frozenset(edge[:2]) for edge in edges}
    members = [member for group in groups for member in group]
    assert len(members) == len(set(members))
    for group in groups:
        assert any(all(frozenset((centre, other)) in known for other in group - {centre}) for centre in group)
        assert not {frozenset(pair) for pair in combinations(group, 2)} & vetoes
