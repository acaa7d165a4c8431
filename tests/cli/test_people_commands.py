"""Commands about people, consents and accounts, as acceptance runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.cast import add_person, invite_cast
from tests.cli.runner import refused, run
from wmcrm.db import OPERATOR, session_scope


@pytest.fixture(autouse=True)
def people(engine: Engine) -> dict[str, str]:
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        add_person(session, "A. Diop", username="Twin")
        add_person(session, "Another", username="Twin")
        return {"aicha": cast.aicha.public_id, "omar": cast.omar.public_id}


def test_people_are_found_and_shown_without_contact_values(people: dict[str, str]) -> None:
    found = run("people", "find", "diop aicha", "--format", "json")
    assert [row["person"] for row in found.json] == [people["aicha"]]
    shown = run("people", "show", "Aicha D", "--format", "json")
    assert shown.json["display_name"] == "Aïcha Diop"
    assert shown.json["contact_points"][0]["kind"] == "email"
    assert "aicha@" not in shown.out


def test_csv_and_tables_exist_wherever_rows_come_out(people: dict[str, str]) -> None:
    assert run("people", "find", "omar", "--format", "csv").out.splitlines()[0].startswith("person,external_id")
    assert people["omar"] in run("people", "find", "omar", "--format", "table").out


def test_a_consent_is_recorded_shown_and_withdrawn(people: dict[str, str]) -> None:
    words = (
        "--purpose",
        "newsletter",
        "--channel",
        "email",
        "--notice",
        "v1",
        "--method",
        "form",
        "--on",
        "2026-03-04",
    )
    given = run("consent", "record", people["aicha"], *words, "--format", "json")
    assert [(row["standing"], row["valid_until"]) for row in given.json] == [("given", "2028-03-04")]
    withdrawn = run("consent", "withdraw", people["aicha"], "--purpose", "newsletter", "--format", "json")
    assert {row["standing"] for row in withdrawn.json} == {"withdrawn"}
    assert run("consent", "show", people["aicha"], "--format", "json").json == withdrawn.json


def test_history_tells_and_takes_back(people: dict[str, str]) -> None:
    rows = run("history", people["omar"], "--format", "json").json
    assert rows[-1]["operations"][0][0] == "person"
    reverted = run("history", people["omar"], "--revert", str(rows[0]["change"]), "--format", "json")
    assert reverted.json[0]["reverts"] == rows[0]["change"]
    assert refused(run("history", people["omar"], "--revert", str(rows[0]["change"])))


@pytest.mark.parametrize(
    "words",
    [
        ("people", "show", "Twin"),
        ("people", "show", "nobody"),
        ("people", "show", ""),
        ("people", "find"),
        ("people", "nonsense"),
        ("history", "Aicha D", "--revert", "999999"),
        ("history", "Aicha D", "--revert", "x"),
        ("consent", "show", "\x00"),
        ("consent", "record", "Aicha D"),
        ("consent", "withdraw", "Aicha D", "--purpose", "nonsense"),
        ("consent", "withdraw", "Aicha D", "--purpose", "newsletter", "--channel", "pigeon"),
        ("consent", "withdraw", "Aicha D", "--purpose", "newsletter", "--on", "31/02/2024"),
        ("consent", "withdraw", "Aicha D", "--purpose", "newsletter", "--on", "2999-01-01"),
        ("account", "create", "x", "--role", "king"),
        ("account", "create", " ", "--role", "editor"),
        ("account", "create", "x", "--role", "editor", "--affiliate", "nowhere"),
        ("people", "find", "x", "--as", "nobody"),
        ("notice", "add", "v1", "--purpose", "newsletter", "--language", "en", "--text", "no-such-file"),
        ("db", "restore", "no-such-file"),
        ("db", "backup", "no/such/folder/file"),
        ("nonsense",),
        ("people", "find", "x", "--format", "yaml"),
    ],
)
def test_nonsense_is_refused_in_one_line(words: tuple[str, ...]) -> None:
    assert refused(run(*words))


def test_an_ambiguous_person_is_refused_with_the_candidates() -> None:
    assert run("people", "show", "Twin").err.count("p_") == 2


def test_accounts_are_invited_with_a_password_or_one_that_is_made() -> None:
    made = run("account", "create", "amina", "--role", "editor", "--affiliate", "WSN", "--format", "json").json
    assert len(made["password"]) >= 12
    told = run(
        "account",
        "create",
        "chen",
        "--role",
        "programme",
        "--password-stdin",
        "--format",
        "json",
        stdin="long enough 1\n",
    )
    assert told.json["password"] is None
    assert refused(run("account", "create", "amina", "--role", "editor"))
    assert refused(run("account", "create", "short", "--role", "editor", "--password-stdin", stdin="short\n"))
    assert run("people", "find", "diop", "--as", "amina", "--format", "json").status == 0


def test_a_notice_gets_its_wording_once(tmp_path: Path) -> None:
    wording = tmp_path / "notice.txt"
    wording.write_text("We write to you about events.", encoding="utf-8")
    words = ("--purpose", "newsletter", "--language", "en", "--text", str(wording), "--format", "json")
    assert run("notice", "add", "v1", *words).json["purposes"] == ["newsletter"]
    assert run("notice", "add", "v1", *words).status == 0
    wording.write_text("Something else.", encoding="utf-8")
    assert refused(run("notice", "add", "v1", *words))


def test_doctor_and_check_find_a_well_database_well() -> None:
    for words in (("doctor",), ("db", "check")):
        ran = run(*words, "--format", "json")
        assert (ran.status, json.loads(ran.out) is not None) == (0, True), ran.out
