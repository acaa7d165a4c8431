"""Under which keys a record is stored and found."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching.cast import AICHA, CHEN, again
from wmcrm.matching import KeyKind, Profile, profile_keys
from wmcrm.matching.coded import KINDS, code
from wmcrm.matching.keys import hash64, raw_keys


def _shared(one: Profile, other: Profile) -> set[KeyKind]:
    return {key.kind for key in set(profile_keys(one)) & set(profile_keys(other))}


def test_a_record_without_values_has_no_key() -> None:
    assert profile_keys(Profile(1)) == ()
    assert profile_keys(Profile(1, ("🙂",), country="FR")) == ()


def test_keys_are_signed_64_bit_numbers() -> None:
    assert all(-(2**63) <= key.hash64 < 2**63 for key in profile_keys(AICHA))


def test_keys_are_the_same_in_every_process() -> None:
    program = "from wmcrm.matching.keys import hash64; print(hash64('name', 'aicha benali'))"
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        )
        assert int(found.stdout) == hash64("name", "aicha benali")


def test_case_tag_and_dots_of_an_address_do_not_hide_it() -> None:
    one = Profile(1, emails=("A.Benali+wiki@gmail.com",))
    assert KeyKind.EMAIL in _shared(one, Profile(2, emails=("abenali@googlemail.com",)))
    assert KeyKind.EMAIL not in _shared(Profile(1, emails=("a.b@x.example",)), Profile(2, emails=("ab@x.example",)))


def test_a_phone_is_found_with_and_without_its_country_code() -> None:
    assert KeyKind.PHONE in _shared(AICHA, Profile(9, phones=("0612345678",)))


def test_a_name_is_found_in_another_order_and_another_script() -> None:
    assert KeyKind.NAME in _shared(AICHA, Profile(9, ("benali aicha",)))
    assert KeyKind.BONES in _shared(Profile(1, ("Khaled Naggar",)), Profile(2, ("خالد نجار",)))
    assert KeyKind.BONES in _shared(Profile(1, ("Hiroshi Kato",)), Profile(2, ("加藤 浩",)))
    assert KeyKind.BONES in _shared(Profile(1, ("Kim Min-jun",)), Profile(2, ("김민준",)))


def test_an_initial_is_found_by_family_name_and_place() -> None:
    assert KeyKind.PLACE in _shared(AICHA, Profile(9, ("A. Benali",), country="MA"))


def test_an_address_made_of_the_username_leads_to_it() -> None:
    assert KeyKind.USERNAME in _shared(
        again(CHEN, 1, usernames=("Zephyrlotus6459",)), Profile(9, emails=("zephyrlotus6459@x.example",))
    )


NAMES = [
    "Aïcha Benali", "benali aicha", "Aicha El Benali", "Kim Min-jun", "김민준", "Min Jun Kim", "加藤 浩", "Hiroshi Kato",
    "加藤浩", "José Ortega y Gasset", "Dr. Li", "NayanD52", "Nayan Datt", "خالد النجار", "Khaled Naggar", "12345", "",
    "O'Brien, Ann", "🙂", "de", "Ali Ali", "A. Benali",
]  # fmt: skip
RECORDS = st.builds(
    Profile,
    st.integers(),
    st.lists(st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), max_size=2).map(tuple),
    usernames=st.lists(st.sampled_from(["NayanD52", "Aicha B", "aichabenali", "..."]), max_size=2).map(tuple),
    emails=st.lists(
        st.sampled_from(["aichabenali@x.example", "Nayan.D52@gmail.com", "@", "a@b@c.example", ".......@x", "k@x"]),
        max_size=2,
    ).map(tuple),
    phones=st.lists(st.sampled_from(["+212612345678", "0612345678", "12"]), max_size=2).map(tuple),
    country=st.sampled_from(["", "MA", "JP"]),
    city=st.sampled_from(["", "Rabat", "ma"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS, min_size=2, max_size=6))
def test_records_in_bulk_share_the_keys_that_they_share_one_by_one(records: list[Profile]) -> None:
    coded = code(records)
    rows = zip(coded.key_record.tolist(), coded.key_kind.tolist(), coded.key_hash.tolist(), strict=True)
    bulk: list[list[tuple[int, int]]] = [[] for _ in records]
    for record, kind, key in rows:
        bulk[record].append((kind, key))
    for a, b in combinations(range(len(records)), 2):
        alone = set(raw_keys(records[a])) & set(raw_keys(records[b]))
        shared = set(bulk[a]) & set(bulk[b])
        assert sorted(KINDS[kind] for kind, _ in shared) == sorted(kind for kind, _ in alone)
    assert [len(keys) for keys in bulk] == [len(raw_keys(record)) for record in records]
