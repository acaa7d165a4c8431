"""``wmcrm dedupe`` as acceptance runs it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.cast import add_affiliate, add_person, invite_cast
from tests.cli.runner import refused, run
from wmcrm.db import OPERATOR, session_scope

PEOPLE = [
    ("r1", "Aïcha Diop", "aicha@example.org", "SN"),
    ("r2", "Diop Aïcha", "aicha@example.org", "SN"),
    ("r3", "Omar Ba", "omar@example.org", "SN"),
    ("r4", "Dana Rojas", "dana@example.org", "CL"),
]
HEADER = ("key", "name", "email", "country")


@pytest.fixture
def ids(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        again = add_person(session, "Aïcha Diop", country="SN", email="aicha@example.org")
        again.source, again.external_id = "file", "77"
        return {"aicha": cast.aicha.public_id, "omar": cast.omar.public_id, "again": again.public_id}


def sheet(folder: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> str:
    path = folder / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return str(path)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_duplicates_are_found_merged_and_taken_back(ids: dict[str, str]) -> None:
    scanned = run("dedupe", "scan", "--format", "json")
    assert (scanned.json["people"], scanned.json["waiting"]) == (5, 1)
    (pair,) = run("dedupe", "pairs", "--format", "json").json
    assert {pair["person_a"], pair["person_b"]} == {ids["aicha"], ids["again"]}
    assert {pair["external_a"], pair["external_b"]} == {None, "77"}
    assert "The e-mail address is the same" in pair["reasons"]
    assert run("dedupe", "pairs", "--min-probability", "1", "--format", "json").json == []
    merged = run("dedupe", "merge", ids["aicha"], "external:77", "--format", "json")
    assert merged.json["survivor"] == ids["aicha"]
    assert run("people", "show", ids["again"], "--format", "json").json["person"] == ids["aicha"]
    back = run("dedupe", "unmerge", str(merged.json["merge"]), "--format", "json")
    assert (back.json["restored"], back.json["stays"]) == (ids["again"], [])


def test_a_scan_tells_the_steward_of_one_affiliate_of_its_own_people_only(ids: dict[str, str]) -> None:
    run("account", "create", "Stella", "--role", "steward", "--affiliate", "WSN")
    scanned = run("dedupe", "scan", "--as", "Stella", "--format", "json")
    assert scanned.json == {"people": 2, "waiting": 0, "model": scanned.json["model"]}
    assert run("dedupe", "scan", "--format", "json").json["waiting"] == 1


def test_a_scan_tells_its_progress_beside_its_answer(ids: dict[str, str]) -> None:
    first = run("dedupe", "scan", "--format", "json")
    assert first.json["compared"] == 5
    assert first.err.splitlines()[-1] == "Storing pairs: 100 %"
    again = run("dedupe", "scan", "--format", "json")
    assert (again.json["compared"], again.json["waiting"], again.err) == (0, 1, "")


def test_a_verdict_is_remembered(ids: dict[str, str]) -> None:
    run("dedupe", "scan")
    assert run("dedupe", "decide", ids["aicha"], ids["again"], "same", "--format", "json").status == 0
    rows = run("dedupe", "clusters", "--format", "json").json
    assert {(row["person"], row["cluster"]) for row in rows} == {
        (ids["aicha"], ids["aicha"]),
        (ids["again"], ids["aicha"]),
    }
    assert run("dedupe", "decide", ids["aicha"], ids["again"], "different").status == 0
    assert run("dedupe", "clusters", "--format", "json").json == []
    assert run("dedupe", "pairs", "--format", "json").json == []
    assert refused(run("dedupe", "merge", ids["aicha"], ids["again"]))


def test_what_cannot_be_done_is_refused_in_one_line(ids: dict[str, str]) -> None:
    for arguments in (
        ("decide", ids["aicha"], ids["again"], "perhaps"),
        ("decide", ids["aicha"], ids["aicha"], "same"),
        ("decide", ids["aicha"], "p_nobody", "same"),
        ("merge", ids["aicha"], ids["aicha"]),
        ("merge", ids["aicha"], ids["again"], "--keep", "residence"),
        ("merge", ids["aicha"], ids["again"], "--keep", "protection=survivor"),
        ("unmerge", "12345"),
        ("unmerge", "first"),
        ("pairs", "--min-probability", "2"),
    ):
        assert refused(run("dedupe", *arguments)), arguments


def test_a_file_needs_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WMCRM_DATABASE_URL", raising=False)
    out, pairs = tmp_path / "out.csv", tmp_path / "pairs.csv"
    ran = run("dedupe", "file", sheet(tmp_path, *PEOPLE), "--id", "key", "-o", str(out), "--pairs", str(pairs))
    assert (ran.status, ran.err) == (0, "")
    assert [row["id"] for row in read(out)] == ["r1", "r2", "r3", "r4"]
    assert len({row["cluster"] for row in read(out)}) == 3
    (first, *_) = read(pairs)
    assert {first["id_a"], first["id_b"]} == {"r1", "r2"}
    assert float(first["probability"]) > 0.99


def test_columns_may_be_told(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    told = ("--compare", "country=ignore", "--compare", "name=name")
    ran = run("dedupe", "file", sheet(tmp_path, *PEOPLE), "--id", "key", "-o", str(out), *told, "--format", "json")
    assert ran.json["columns"]["country"] == "ignore"


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        (PEOPLE, ("--id", "number")),
        ([*PEOPLE, PEOPLE[0]], ("--id", "key")),
        ([*PEOPLE, ("", "Zoé", "z@example.org", "FR")], ("--id", "key")),
        ([], ("--id", "key")),
        (PEOPLE, ("--id", "key", "--compare", "age=date")),
        (PEOPLE, ("--id", "key", "--compare", "name=smell")),
        (PEOPLE, ("--id", "key", "--compare", "name")),
        (PEOPLE, ("--id", "key", "--sheet", "Other")),
        (PEOPLE, ("--id", "key", "--pairs", "nowhere/pairs.csv")),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    tmp_path: Path, rows: list[tuple[str, ...]], options: tuple[str, ...]
) -> None:
    out = tmp_path / "out.csv"
    assert refused(run("dedupe", "file", sheet(tmp_path, *rows), "-o", str(out), *options))
    assert not out.exists()


def test_an_empty_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    for path in (empty, tmp_path / "missing.csv", tmp_path):
        assert refused(run("dedupe", "file", str(path), "--id", "key", "-o", str(tmp_path / "out.csv")))


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = sheet(tmp_path, *PEOPLE, header=("key", "name", "name", "country"))
    assert refused(run("dedupe", "file", path, "--id", "key", "-o", str(tmp_path / "out.csv")))


def test_a_file_that_comes_again_after_a_merge_adds_to_the_record_it_names(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    header = ("id", "display_name", "email", "country")
    rows = [("1", "Aïcha Diop", "aicha@example.org", "SN"), ("2", "A. Diop", "", "SN")]
    run("import", "people", sheet(tmp_path, *rows, header=header))
    made = run("dedupe", "merge", "external:1", "external:2", "--format", "json").json
    again = run("import", "people", sheet(tmp_path, *rows, header=header), "--format", "json").json
    assert again["new"] == again["updated"] == 0
    rows[1] = ("2", "A. Diop", "diop@example.org", "SN")
    run("import", "people", sheet(tmp_path, *rows, header=header))
    assert len(run("people", "show", "external:1", "--format", "json").json["contact_points"]) == 2
    back = run("dedupe", "unmerge", str(made["merge"]), "--format", "json").json
    assert back["stays"] == []
    assert len(run("people", "show", "external:2", "--format", "json").json["contact_points"]) == 1


def test_the_strict_batch_is_merged_and_taken_back(ids: dict[str, str]) -> None:
    run("dedupe", "scan")
    (pair,) = run("dedupe", "strict", "--format", "json").json
    assert {pair["person_a"], pair["person_b"]} == {ids["aicha"], ids["again"]}
    done = run("dedupe", "strict", "--merge", "--format", "json").json
    assert len(done["merges"]) == 1
    assert run("dedupe", "unmerge-batch", done["batch"], "--format", "json").json["restored"] == [ids["again"]]
    assert refused(run("dedupe", "unmerge-batch", done["batch"]))


def test_only_stewards_merge_and_scan(ids: dict[str, str]) -> None:
    run("account", "create", "Vera", "--role", "viewer", "--password-stdin", stdin="a long enough password")
    run("account", "create", "Stella", "--role", "steward", "--password-stdin", stdin="a long enough password")
    for arguments in (
        ("scan",),
        ("merge", ids["aicha"], ids["again"]),
        ("decide", ids["aicha"], ids["again"], "same"),
        ("strict", "--merge"),
    ):
        assert refused(run("dedupe", *arguments, "--as", "Vera")), arguments
    assert run("dedupe", "merge", ids["aicha"], ids["again"], "--as", "Stella").status == 0


def test_organizations_are_suggested_and_linked(ids: dict[str, str], engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        add_affiliate(session, "WMSN", "Wikimedia Senegal", "SN")
    (found,) = run("dedupe", "affiliates", "--format", "json").json
    assert (found["current_name"], found["reasons"]) == ("Wikimedia Senegal", ["same_name"])
    assert refused(run("dedupe", "link-affiliates", "WSN", "WMSN", "--since", "soon"))
    made = run("dedupe", "link-affiliates", "WSN", "WMSN", "--since", "2025-07-01", "--format", "json").json
    assert run("dedupe", "affiliates", "--format", "json").json == []
    (link,) = run("dedupe", "affiliate-links", "--format", "json").json
    assert (link["link"], link["former"], link["since"]) == (made["link"], made["former"], "2025-07-01")
    undone = run("dedupe", "unlink-affiliates", str(made["link"]), "--format", "json").json
    assert (undone["restored"], undone["stays"]) == (made["former"], [])
    assert refused(run("dedupe", "unlink-affiliates", str(made["link"])))


def test_organizations_are_told_apart_until_it_is_taken_back(ids: dict[str, str], engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        add_affiliate(session, "WMSN", "Wikimedia Senegal", "SN")
    said = run("dedupe", "tell-affiliates-apart", "WSN", "WMSN", "--format", "json").json
    assert run("dedupe", "affiliates", "--format", "json").json == []
    assert refused(run("dedupe", "link-affiliates", "WSN", "WMSN", "--since", "2025-07-01"))
    (listed,) = run("dedupe", "affiliates-apart", "--format", "json").json
    assert (listed["judgement"], listed["name_b"]) == (said["judgement"], "Wikimedia Senegal")
    assert run("dedupe", "affiliates-apart", "--take-back", str(said["judgement"]), "--format", "json").json == []
    assert len(run("dedupe", "affiliates", "--format", "json").json) == 1
