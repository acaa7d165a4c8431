"""One name in two scripts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.matching.namepairs import NamePairs
from wmcrm.matching.names import NameLevel, name_level
from wmcrm.matching.nametable import NameTable
from wmcrm.matching.scripts import romanise, skeleton


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("محمد القاسم", "Mohamed El Kasem"),
        ("فاطمة الهاشمي", "Fatma Al-Hashimi"),
        ("יעקב לוי", "Yaakov Levi"),
        ("חיים פרידמן", "Chaim Friedman"),
        ("Юлия Щербакова", "Yulia Shcherbakova"),
        ("Μπάμπης Γεωργίου", "Babis Georgiou"),
        ("राजेश श्रीवास्तव", "Rajesh Srivastava"),
        ("রহমান দাস", "Rahman Das"),
        ("박지훈", "Jihoon Park"),
        ("윤 영희", "Young-hee Yoon"),
        ("赵 强", "Chao Chiang"),
        ("佐々木 美咲", "Misaki Sasaki"),
    ],
)
def test_a_name_is_known_in_latin_letters(native: str, latin: str) -> None:
    assert name_level(native, latin) >= NameLevel.ACROSS


@pytest.mark.parametrize(
    ("native", "latin"),
    [
        ("محمد القاسم", "Omar Al-Qasim"),
        ("Юлия Иванова", "Pimen Ivanova"),
        ("박지훈", "Minjun Kim"),
        ("加藤 浩", "Mai Kato"),
    ],
)
def test_another_name_in_another_script_stays_another(native: str, latin: str) -> None:
    assert name_level(native, latin) < NameLevel.PART


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=20))
def test_anything_is_romanised_to_plain_letters(text: str) -> None:
    latin = romanise(text)
    assert latin == latin.casefold() or not latin.isascii()
    assert set(skeleton(latin)) <= set("bdghklmnrst")


SPELLINGS = [
    "Aïcha Benali", "Benali Aicha", "Aicha Benaly", "A Benali", "Omar Benali", "Muller Jan", "Jan Müller", "Jan Mueller",
    "Bill Gates", "William Gates", "Mario Rossi", "Maria Rossi", "Иван Петров", "Ivan Petrov", "加藤 浩", "Hiroshi Kato",
    "NayanD52", "", "Anna", "Anna Maria Lopez", "Lopez Anna", "Seyithan Yüksel", "Seyithan Yuksel", "Aisha Ben Ali", "李伟", "李薇", "張 偉", "张伟", "Zhang Wei",
    "Aicha Mansouri", "Aïcha Maria Mansouri",
]  # fmt: skip


def test_many_names_at_once_agree_as_each_pair_alone() -> None:
    names = [name for name in SPELLINGS if name]
    table = NameTable()
    assert table.numbered(["", *names]) == [-1, *range(len(names))]
    pairs = NamePairs(table.frozen())
    size = len(names)
    one, other = (part.astype(np.int32) for part in np.nonzero(~np.eye(size, dtype=bool)))
    found = pairs.levels(one, other)
    for a, b, level in zip(one.tolist(), other.tolist(), found.tolist(), strict=True):
        assert NameLevel(level) is name_level(names[a], names[b]), (names[a], names[b])
