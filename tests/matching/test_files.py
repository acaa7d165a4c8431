"""Files of people with any columns: guessed, compared, grouped."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.errors import BadInputError
from wmcrm.matching.columns import ColumnKind, FileResult, dedupe_table, guess_kind
from wmcrm.matching.columns.compare import CellLevel, unequal_levels
from wmcrm.matching.columns.values import comparable

HEADER = ["rec", "first_name", "surname", "dob", "city", "postcode"]
GIVENS = [
    "anna",
    "boris",
    "clara",
    "dmitri",
    "elena",
    "farid",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "karim",
    "lucia",
    "marta",
    "nadia",
    "oskar",
    "petra",
]
FAMILIES = [
    "adler",
    "brandt",
    "castillo",
    "duarte",
    "eriksen",
    "fischer",
    "gruber",
    "holm",
    "ivanov",
    "jansen",
    "keller",
    "lindt",
    "moreau",
    "novak",
]
CITIES = ["rabat", "lyon", "lagos", "osaka", "quito", "turin", "leeds", "gdansk"]


def _slip(draw: random.Random, text: str) -> str:
    place = draw.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _file(entities: int, seed: int = 5) -> tuple[list[list[str]], set[frozenset[str]]]:
    """Rows in HEADER's columns, two for every second person, and the true pairs."""
    draw = random.Random(seed)
    rows: list[list[str]] = []
    truth: set[frozenset[str]] = set()
    for entity in range(entities):
        day = f"19{draw.randrange(40, 99)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
        row = [
            f"r{entity}",
            draw.choice(GIVENS),
            draw.choice(FAMILIES),
            day,
            draw.choice(CITIES),
            str(draw.randrange(10_000, 99_999)),
        ]
        rows.append(row)
        if entity % 2:
            again = [f"r{entity}b", *row[1:]]
            place = draw.choice([1, 2, 3, 4])
            again[place] = _slip(draw, again[place]) if draw.random() < 0.7 else ""
            rows.append(again)
            truth.add(frozenset((row[0], again[0])))
    return rows, truth


def _sure(result: FileResult, least: float = 0.5) -> set[frozenset[str]]:
    return {frozenset((a, b)) for a, b, probability in result.pairs if probability >= least}


def test_duplicates_in_a_file_of_unknown_columns_are_found() -> None:
    rows, truth = _file(400)
    found = _sure(dedupe_table(HEADER, rows, "rec"))
    assert len(found & truth) / len(truth) > 0.95
    assert len(found & truth) / len(found) > 0.97


def test_a_file_too_long_to_compare_every_pair_is_narrowed_without_loss() -> None:
    rows, truth = _file(2500)
    found = _sure(dedupe_table(HEADER, rows, "rec"))
    assert len(found & truth) / len(truth) > 0.93
    assert len(found & truth) / len(found) > 0.95


def test_every_row_has_a_cluster_and_clusters_follow_sure_pairs() -> None:
    rows, _ = _file(100)
    result = dedupe_table(HEADER, rows, "rec")
    assert set(result.clusters) == {row[0] for row in rows}
    sure = _sure(result, 0.99)
    for one, other in combinations(result.clusters, 2):
        if frozenset((one, other)) not in sure and result.clusters[one] == result.clusters[other]:
            centre = {frozenset((row, mate)) for row in (one, other) for mate in result.clusters}
            assert centre & sure


def test_pairs_are_over_a_hundredth_and_most_certain_first() -> None:
    rows, _ = _file(150)
    probabilities = [probability for _, _, probability in dedupe_table(HEADER, rows, "rec").pairs]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0.01 < probability <= 1 for probability in probabilities)


def test_a_file_of_contacts_is_compared_as_people_are() -> None:
    header = ["id", "Nom complet", "Courriel", "Téléphone", "Pays"]
    rows = [
        ["1", "Aïcha Benali", "aicha.b77@mail.example", "+212612345678", "MA"],
        ["2", "BENALI Aicha", "Aicha.B77@mail.example", "", "MA"],
        ["3", "Omar Benali", "omar@post.example", "+212612345678", "MA"],
        ["4", "Dana Novak", "dana@post.example", "", "CZ"],
    ]
    result = dedupe_table(header, rows, "id")
    assert _sure(result, 0.9) == {frozenset(("1", "2"))}
    assert result.clusters == {"1": "1", "2": "1", "3": "3", "4": "4"}


def test_swapped_columns_are_seen() -> None:
    rows, _ = _file(200)
    rows.append(["x", rows[0][2], rows[0][1], *rows[0][3:]])
    assert frozenset((rows[0][0], "x")) in _sure(dedupe_table(HEADER, rows, "rec"))


def test_what_is_told_counts_and_nonsense_is_refused() -> None:
    rows, _ = _file(30)
    result = dedupe_table(HEADER, rows, "rec", {"city": "text", "postcode": "ignore"})
    assert result.kinds["city"] is ColumnKind.TEXT
    assert result.kinds["postcode"] is ColumnKind.IGNORE
    with pytest.raises(BadInputError, match="no column called"):
        dedupe_table(HEADER, rows, "rec", {"town": "city"})
    with pytest.raises(BadInputError, match="no kind of column"):
        dedupe_table(HEADER, rows, "rec", {"city": "colour"})


def test_ids_are_needed_and_unique() -> None:
    rows, _ = _file(10)
    with pytest.raises(BadInputError):
        dedupe_table(HEADER, rows, "nothing")
    with pytest.raises(BadInputError):
        dedupe_table(HEADER, [rows[0], rows[0]], "rec")
    with pytest.raises(BadInputError):
        dedupe_table(HEADER, [["", *rows[0][1:]]], "rec")
    with pytest.raises(BadInputError):
        dedupe_table(["rec"], [["1"], ["2"]], "rec")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_files_of_next_to_nothing_give_next_to_nothing(count: int) -> None:
    rows, _ = _file(10)
    told = {"first_name": "given", "surname": "family", "dob": "date"}
    result = dedupe_table(HEADER, rows[:count], "rec", told)
    assert set(result.clusters) == {row[0] for row in rows[:count]}


def test_short_rows_and_empty_cells_are_no_trouble() -> None:
    rows, _ = _file(40)
    rows += [["short"], ["empty", "", "", "", "", ""], ["odd", "🙂", "\u200f", "31/02", "?", "n/a"]]
    assert len(dedupe_table(HEADER, rows, "rec").clusters) == len(rows)


@pytest.mark.parametrize(
    ("header", "values", "kind"),
    [
        ("E-mail", ["a@b.example", "c@d.example"], ColumnKind.EMAIL),
        ("Kontakt", ["a@b.example", "c@d.example"], ColumnKind.EMAIL),
        ("date_of_birth", ["19371113", "19801204"], ColumnKind.DATE),
        ("Geburtsdatum", ["13.11.1937", "04.12.1980"], ColumnKind.DATE),
        ("created_at", ["2024-01-01 10:00:00", "2024-02-01 11:00:00"], ColumnKind.IGNORE),
        ("Vorname", ["Anna", "Boris"], ColumnKind.GIVEN),
        ("姓", ["王", "李"], ColumnKind.FAMILY),
        ("postcode_fake", ["tq13 8df", "ex1 1aa"], ColumnKind.POSTCODE),
        ("soc_sec_id", ["5304218", "4066625"], ColumnKind.IDENTIFIER),
        ("birth_place", ["devon", "bristol"], ColumnKind.PLACE),
        ("Handy", ["+49 151 2345678", "+49 152 9876543"], ColumnKind.PHONE),
        ("note", ["same", "same"], ColumnKind.IGNORE),
    ],
)
def test_kinds_are_guessed_from_headers_and_values(header: str, values: list[str], kind: ColumnKind) -> None:
    assert guess_kind(header, values) is kind


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        (ColumnKind.DATE, "1980-02-03", "1980-03-02", CellLevel.NEAR),
        (ColumnKind.DATE, "1980-02-03", "1980-02-04", CellLevel.NEAR),
        (ColumnKind.DATE, "1980-02-03", "1980-11-27", CellLevel.FAR),
        (ColumnKind.DATE, "1980-02-03", "1967-11-27", CellLevel.DIFFERENT),
        (ColumnKind.POSTCODE, "tq13 8df", "tq13 8hu", CellLevel.CLOSE),
        (ColumnKind.POSTCODE, "2000", "2001", CellLevel.NEAR),
        (ColumnKind.POSTCODE, "2000", "9417", CellLevel.DIFFERENT),
        (ColumnKind.IDENTIFIER, "5304218", "5304281", CellLevel.NEAR),
        (ColumnKind.GIVEN, "William", "Bill", CellLevel.NEAR),
        (ColumnKind.GIVEN, "Anna", "Xu", CellLevel.DIFFERENT),
        (ColumnKind.EMAIL, "anna@x.example", "anna@y.example", CellLevel.NEAR),
        (ColumnKind.CITY, "London", "Lonodn", CellLevel.CLOSE),
    ],
)
def test_cells_are_compared_by_their_kind(kind: ColumnKind, one: str, other: str, level: CellLevel) -> None:
    assert unequal_levels(kind, [comparable(kind, one)], [comparable(kind, other)])[0] == level


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(ColumnKind)), st.text(max_size=15), st.text(max_size=15))
def test_any_two_cells_can_be_compared_either_way(kind: ColumnKind, one: str, other: str) -> None:
    a, b = comparable(kind, one), comparable(kind, other)
    if a != b and a and b:
        assert unequal_levels(kind, [a], [b])[0] == unequal_levels(kind, [b], [a])[0]
