"""Compact stores of a sheet's memory: they answer as a dictionary would, whatever was packed meanwhile."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.importer.answers import Key
from wmcrm.importer.known import KnownPresence, SheetMemory, SheetPerson
from wmcrm.importer.packed import FEW, RefTable
from wmcrm.importer.signups import KeyKind


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 5), st.integers(1, 10**6))))
def test_a_table_of_refs_answers_as_a_dictionary_of_lists(pairs: list[tuple[int, int]]) -> None:
    table, expected = RefTable(), defaultdict(tuple)
    for number, ref in pairs:
        table.add(number, -ref)
        expected[number] = (*expected[number], -ref)
    assert all(table.get(number) == refs for number, refs in expected.items())
    assert table.get(77) == expected[77]


def test_a_table_of_refs_grows_and_forgets_nothing() -> None:
    table = RefTable()
    for number in range(5000):
        table.add(number << 20, -number - 1)
    assert [table.get(number << 20) for number in range(5000)] == [(-number - 1,) for number in range(5000)]


def test_people_named_long_ago_come_back_as_they_were() -> None:
    memory = SheetMemory()
    presence = KnownPresence("participant", "registered", None, None, from_sheet=True)
    for row in range(1, 6 * FEW):
        memory.people[-row] = SheetPerson(-row, row, languages=("fr",), presences=(presence,))
        memory.remember(-row, [Key(KeyKind.EMAIL, f"{row}@example.org")])
        memory.people[-row].names = (f"Amina {row}",) if row % 7 else (f"Amina {row}", "\ud800")
    for row in (1, 7, FEW, 3 * FEW):
        person = memory.people[-row]
        names = (f"Amina {row}",) if row % 7 else (f"Amina {row}", "\ud800")
        assert person == SheetPerson(
            -row, row, frozenset({KeyKind.EMAIL}), names, languages=("fr",), presences=(presence,)
        )
        assert memory.carriers(Key(KeyKind.EMAIL, f"{row}@example.org")) == (-row,)
    assert len(memory.people) == 6 * FEW - 1 == len(set(memory.people))
    assert -6 * FEW not in memory.people


def test_what_changes_later_in_the_sheet_is_kept() -> None:
    memory = SheetMemory()
    memory.people[9] = SheetPerson(9, 40, names=("Omar",))
    memory.people[-41] = SheetPerson(-41, 41)
    for row in range(50, 50 + 3 * FEW):
        memory.people[-row] = SheetPerson(-row, row)
    memory.people[9].city = "Dakar"
    memory.people[-41].candidates = (9,)
    for row in range(50 + 3 * FEW, 50 + 6 * FEW):
        memory.people[-row] = SheetPerson(-row, row)
    assert memory.people[9] == SheetPerson(9, 40, names=("Omar",), city="Dakar")
    assert memory.people[-41] == SheetPerson(-41, 41, candidates=(9,))
