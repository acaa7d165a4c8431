"""Two engines, one model: Splink on DuckDB gives the scores that our own matcher gives."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.missing import lacking
from wmcrm.dedupe.splink_settings import blocking_keys, splink_scores, splink_settings
from wmcrm.matching import Profile, scan, shipped_model
from wmcrm.matching.coded import code

GIVEN = [
    "Aïcha",
    "Omar",
    "Dana",
    "Chen",
    "Fatou",
    "Moussa",
    "Awa",
    "Ibrahima",
    "Khady",
    "Penda",
    "José",
    "María",
    "João",
    "Олена",
    "محمد",
    "אסתר",
]
FAMILY = ["Diop", "Ba", "Rojas", "Ndiaye", "Fall", "Sow", "Sarr", "Silva", "García", "Шевченко", "الحسن", "כהן"]


def people(count: int) -> list[Profile]:
    """Invented people, a quarter of them a second record of another with slips."""
    draw = random.Random(7)
    made: list[Profile] = []
    for key in range(count):
        if made and draw.random() < 0.25:
            one = draw.choice(made)
            name = one.names[0] if draw.random() < 0.5 else " ".join(reversed(one.names[0].split()))
            emails = one.emails if draw.random() < 0.6 else ()
            made.append(Profile(key, (name,), usernames=one.usernames, emails=emails, country=one.country))
            continue
        given, family = draw.choice(GIVEN), draw.choice(FAMILY)
        made.append(
            Profile(
                key,
                (f"{given} {family}",),
                usernames=(f"{given}{key}",) if draw.random() < 0.6 else (),
                emails=(f"p{draw.randrange(count)}@example.org",) if draw.random() < 0.7 else (),
                phones=(f"+22177{draw.randrange(10**7):07}",) if draw.random() < 0.4 else (),
                country=draw.choice(["SN", "CL", "UA", ""]),
                city=draw.choice(["Dakar", ""]),
                languages=("fr",),
            )
        )
    return made


def test_the_settings_hold_every_field_of_the_model() -> None:
    settings = splink_settings(shipped_model())
    names = [comparison["output_column_name"] for comparison in settings["comparisons"]]
    assert names[:8] == ["name", "username", "email", "phone", "country", "city", "affiliation", "language"]


def test_a_key_of_a_crowd_is_narrowed_by_country() -> None:
    crowd = [Profile(key, ("Maria Silva",), country="BR" if key < 150 else "PT") for key in range(200)]
    keys = blocking_keys(code(crowd))
    assert not set(keys[0]) & set(keys[199])
    assert set(keys[160]) & set(keys[199])


@pytest.mark.long
def test_both_engines_give_the_same_scores() -> None:
    pytest.importorskip("splink", reason="the extra wmcrm[splink] is not installed")
    pytest.importorskip("duckdb", reason="the extra wmcrm[splink] is not installed")
    records = people(1500)
    ours = scan(records, shipped_model())
    own = {
        frozenset((a, b)): probability
        for a, b, probability in zip(ours.id_a.tolist(), ours.id_b.tolist(), ours.probability.tolist(), strict=True)
    }
    theirs = {frozenset((a, b)): probability for a, b, probability in splink_scores(records, shipped_model())}
    assert len(own) > 200
    assert own.keys() - theirs.keys() <= {pair for pair, probability in own.items() if probability < 0.011}
    assert max(abs(theirs[pair] - own[pair]) for pair in own.keys() & theirs.keys()) < 0.005
    assert [pair for pair in theirs.keys() - own.keys() if theirs[pair] > 0.5] == []


@pytest.mark.long
def test_spark_gives_the_pairs_and_scores_of_one_machine(tmp_path: Path) -> None:
    for extra in ("splink", "duckdb", "pyspark"):
        pytest.importorskip(extra, reason="the extras wmcrm[splink,spark] are not installed")
    if shutil.which("java") is None:
        lacking("Java, which runs Spark, is not installed")
    from wmcrm.dedupe.splink_spark import open_spark, splink_scores_on_spark

    records = people(300)
    here = {frozenset((a, b)): probability for a, b, probability in splink_scores(records, shipped_model())}
    spark = open_spark(tmp_path, master="local[2]", partitions=2)
    try:
        found = splink_scores_on_spark(records, shipped_model(), spark)
    finally:
        spark.stop()
    there = {frozenset((a, b)): probability for a, b, probability in found}
    assert len(here) > 100
    assert there.keys() == here.keys()
    assert max(abs(there[pair] - here[pair]) for pair in here) < 1e-9
