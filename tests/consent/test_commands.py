"""Commands of consent, lists and renewals, as acceptance runs them; and the worked case of the specification."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import invite_cast
from tests.cli.runner import refused, run
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import ExportedList, now_utc

WORDS = ("--purpose", "newsletter", "--channel", "email")
ACT = ("--notice", "v1", "--method", "form")


@pytest.fixture(autouse=True)
def people(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        return {"aicha": cast.aicha.public_id, "dana": cast.dana.public_id}


def agree(person: str, on: str = "2026-03-04") -> None:
    assert run("consent", "record", person, *WORDS, *ACT, "--on", on, "--collector", "Omar").status == 0


def prepare() -> dict[str, object]:
    made = run("lists", "prepare", *WORDS, "--reason", "Spring letter", "--format", "json")
    assert made.status == 0, made.err
    assert "@" not in made.out
    return made.json  # type: ignore[return-value]


def test_another_ground_is_recorded_where_the_register_names_it(people: dict[str, str]) -> None:
    interest = ("--channel", "email", *ACT, "--on", "2026-03-04", "--basis", "legitimate_interest")
    given = run("consent", "record", people["aicha"], "--purpose", "programme_evaluation", *interest)
    assert given.status == 0
    assert refused(run("consent", "record", people["aicha"], "--purpose", "newsletter", *interest))
    objection = ("--purpose", "programme_evaluation", "--objection", "--format", "json")
    told = run("consent", "withdraw", people["aicha"], *objection).json
    assert {row["standing"] for row in told} == {"objected"}
    again = run("consent", "record", people["aicha"], "--purpose", "programme_evaluation", *interest)
    assert refused(again)
    assert "said no" in again.err


def test_a_list_is_prepared_shown_and_opened_into_files(people: dict[str, str], tmp_path: Path) -> None:
    agree(people["aicha"])
    agree(people["dana"])
    made = prepare()
    assert (made["people"], made["use_by"]) == (2, (now_utc().date() + dt.timedelta(days=30)).isoformat())
    assert [row["list"] for row in run("lists", "show", "--format", "json").json] == [made["list"]]
    opened = run("lists", "open", str(made["list"]), "--format", "json").json
    assert [point["value"] for point in opened["permitted"]] == ["aicha@example.org", "dana@example.org"]
    assert run("consent", "withdraw", people["aicha"], "--purpose", "newsletter").status == 0
    for name in ("list.csv", "list.xlsx"):
        told = run("lists", "open", str(made["list"]), "-o", str(tmp_path / name), "--format", "json").json
        assert (told["permitted"], told["withheld"], told["audience"]) == (1, {"withdrawn": 1}, 2)
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert "aicha@" not in (tmp_path / "list.csv").read_text("utf-8")
    assert run("lists", "show", "--format", "csv").out.splitlines()[1].split(",")[5] == "3"


def test_a_list_that_expired_is_refused_with_its_day(people: dict[str, str], engine: Engine) -> None:
    agree(people["aicha"])
    made = prepare()
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.execute(sa.update(ExportedList).values(use_by=dt.date(2026, 1, 31)))
    told = run("lists", "open", str(made["list"]))
    assert refused(told)
    assert "2026-01-31" in told.err


@pytest.mark.parametrize(
    "words",
    [
        ("lists", "open", "l_nothing"),
        ("lists", "open", "l_nothing", "-o", "list.pdf"),
        ("lists", "prepare", *WORDS),
        ("lists", "prepare", *WORDS, "--reason", "Nobody agreed"),
        ("lists", "prepare", "--purpose", "nonsense", "--channel", "email", "--reason", "x"),
        ("consent", "renewals", "--within", "0"),
        ("consent", "record", "Aicha D", *WORDS, *ACT, "--on", "2026-03-04", "--basis", "whim"),
    ],
)
def test_nonsense_is_refused_in_one_line(words: tuple[str, ...]) -> None:
    assert refused(run(*words))


def test_who_may_not_write_prepares_no_list(people: dict[str, str]) -> None:
    agree(people["aicha"])
    run("account", "create", "omar", "--role", "viewer", "--affiliate", "WSN")
    assert refused(run("lists", "prepare", *WORDS, "--reason", "Letter", "--as", "omar"))
    run("account", "create", "edith", "--role", "editor", "--affiliate", "WCL")
    assert refused(run("lists", "prepare", *WORDS, "--reason", "Letter", "--as", "edith"))


def test_consents_that_end_soon_are_listed(people: dict[str, str]) -> None:
    soon = now_utc().date() - dt.timedelta(days=710)
    agree(people["dana"], soon.isoformat())
    agree(people["aicha"])
    (row,) = run("consent", "renewals", "--format", "json").json
    assert (row["person"], row["purpose"], row["channel"]) == (people["dana"], "newsletter", "email")
    assert 0 < row["days_left"] <= 60
    assert run("consent", "renewals", "--within", "5", "--format", "json").json == []


def test_notices_are_listed_with_what_rests_on_them(people: dict[str, str]) -> None:
    agree(people["aicha"])
    (row,) = run("notice", "list", "--format", "json").json
    assert (row["version"], row["has_wording"], row["decisions"]) == ("v1", False, 1)


@pytest.mark.parametrize(
    ("typed", "kept"), [("fr", "fr"), ("French", "fr"), ("pt-BR", "pt-br"), ("xx", None), ("", None)]
)
def test_the_language_of_a_notice_is_one_that_exists(
    people: dict[str, str], tmp_path: Path, typed: str, kept: str | None
) -> None:
    text = tmp_path / "notice.txt"
    text.write_text("Nous vous écrivons.", "utf-8")
    added = ("notice", "add", "v7", "--purpose", "newsletter", "--language", typed, "--text", str(text))
    told = run(*added, "--format", "json")
    assert refused(told) if kept is None else told.json["language"] == kept


def test_a_list_of_1000_for_logistics_gives_nobody_for_strategy(tmp_path: Path) -> None:
    """The worked case: 1,000 people imported with consent to event logistics only."""
    people, consents = tmp_path / "people.csv", tmp_path / "consents.csv"
    header, agreed = "id,username,display_name,email\n", "id,person_id,purpose,channel,state,given_on,notice,source\n"
    numbers = range(1, 1001)
    people.write_text(header + "".join(f"{n},User {n},Person {n},user{n}@example.org\n" for n in numbers), "utf-8")
    lines = (f"{n},{n},event_logistics,email,granted,2026-03-04,v3,web form\n" for n in numbers)
    consents.write_text(agreed + "".join(lines), "utf-8")
    assert run("import", "people", str(people)).status in {0, 1}
    assert run("import", "consents", str(consents)).status in {0, 1}
    asked = ("--channel", "email", "--reason", "Forum", "--format", "json")
    before = run("outreach", "--purpose", "strategy_outreach", *asked).json
    assert before["permitted"] == []
    assert before["audience"] == 1004  # with the cast
    assert before["withheld"] == {"no_consent": 1004}
    logistics = run("outreach", "--purpose", "event_logistics", *asked).json
    assert len(logistics["permitted"]) + sum(logistics["withheld"].values()) == logistics["audience"] == 1004
    assert logistics["withheld"].get("no_consent") == 4
