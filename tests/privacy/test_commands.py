"""The commands of privacy, as a shell sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_person, invite_cast
from tests.cli.runner import refused, run
from tests.privacy.life import add_canary
from wmcrm.cli import COMMANDS
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentMethod,
    Holding,
    Membership,
    Person,
    Position,
    Protection,
    now_utc,
)

LINES = {
    "outreach": ("wmcrm.cli.outreach:outreach", "Whom you may write to, and why not the others."),
    "subject": ("wmcrm.cli.privacy:subject", "Answer people who ask for their data, or to be erased."),
    "purge": ("wmcrm.cli.privacy:purge", "Delete what is past its time."),
}


@pytest.fixture(autouse=True)
def _commands(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    for name, line in LINES.items():
        monkeypatch.setitem(COMMANDS, name, COMMANDS.get(name, line))


@pytest.fixture
def cast(engine: Engine) -> Iterator[Cast]:
    with session_scope(engine, OPERATOR, writing=True) as session:
        made = invite_cast(session)
        add_canary(session, made)
        act = Act(ConsentMethod.FORM, dt.date(2026, 3, 4), notice="v3")
        for person in (made.aicha, made.omar):
            record_decision(
                session, person, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act
            )
    yield made


def test_outreach_prints_who_may_be_written_to_and_counts_the_others(cast: Cast) -> None:
    ran = run("outreach", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert ran.status == 0
    assert [point["value"] for point in ran.json["permitted"]] == ["aicha@example.org", "zq.canary@example.org"]
    assert ran.json["withheld"] == {"no_contact_point": 1, "no_consent": 2}
    assert ran.json["audience"] == 5


def test_outreach_to_whom_the_directory_finds(cast: Cast, engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        for person in (cast.aicha, cast.omar):
            session.add(
                Membership(
                    person_id=person.id,
                    recorded_for_id=person.id,
                    affiliate_id=cast.senegal.id,
                    position=Position.CHAIR,
                )
            )
    told = ("outreach", "--purpose", "newsletter", "--channel", "email", "--affiliate", "WSN", "--role", "chair")
    ran = run(*told, "--country", "SN", "--format", "json")
    assert (len(ran.json["permitted"]), ran.json["withheld"], ran.json["audience"]) == (1, {"no_contact_point": 1}, 2)
    assert refused(run("outreach", "--purpose", "no_such", "--channel", "email"))
    assert refused(run("outreach", "--purpose", "newsletter", "--channel", "email", "--reason", " "))


def test_sealed_people_are_in_no_total(cast: Cast, engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get(Person, cast.aicha.id).protection = Protection.SEALED
        session.get(Person, cast.dana.id).protection = Protection.ELEVATED
    ran = run("outreach", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert (ran.json["audience"], ran.json["withheld"]) == (4, {"no_contact_point": 1, "no_consent": 1, "elevated": 1})


def test_an_account_reaches_the_people_its_affiliate_holds(cast: Cast, engine: Engine) -> None:
    told = ("--password-stdin", "--affiliate", "WSN", "--role")
    assert run("account", "create", "edith", *told, "editor", stdin="correct horse battery").status == 0
    assert run("account", "create", "vera", *told, "viewer", stdin="correct horse battery").status == 0
    with engine.connect() as connection:
        held = connection.exec_driver_sql("SELECT count(DISTINCT person_id) FROM holding WHERE holder_affiliate_id = 1")
        assert held.scalar() == 3
    ran = run("outreach", "--purpose", "newsletter", "--channel", "email", "--as", "edith", "--format", "json")
    assert ran.json["audience"] == 3
    assert Holding.__tablename__ == "holding"
    assert refused(run("outreach", "--purpose", "newsletter", "--channel", "email", "--as", "vera"))
    assert refused(run("subject", "erase", "OmarB", "--as", "edith"))
    assert refused(run("purge", "--as", "edith"))


def test_a_subject_gets_two_files(cast: Cast, tmp_path: Path) -> None:
    ran = run("subject", "export", "ZubaydahQ", "-o", str(tmp_path / "out"), "--format", "json")
    assert ran.status == 0
    assert Path(ran.json["page"]).read_text("utf-8").startswith("<!doctype html>")
    assert '"format": "wmcrm-subject-export/1"' in Path(ran.json["document"]).read_text("utf-8")


def test_a_subject_is_erased_and_gone(cast: Cast) -> None:
    ran = run("subject", "erase", "ZubaydahQ", "--format", "json")
    assert (ran.status, ran.json["erased"], ran.json["file_scrubbed"]) == (0, 1, True)
    assert refused(run("people", "show", "ZubaydahQ"))
    assert refused(run("subject", "erase", "ZubaydahQ"))


def test_copies_of_the_file_that_still_hold_the_person_are_named(cast: Cast, database_url: str) -> None:
    if database_url.startswith("postgresql"):
        return  # a server has no copies beside itself
    file = Path(database_url.removeprefix("sqlite:///"))
    copy = file.with_name(f"{file.name}.before-0011-20260304T120000000000")
    copy.write_bytes(b"an old copy")
    ran = run("subject", "erase", "ZubaydahQ", "--format", "json")
    assert ran.json["copies_left"] == [str(copy)] and "still hold the person: 1." in ran.err


def test_an_ambiguous_name_is_refused_with_the_candidates(cast: Cast, engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        twin = add_person(session, "Other Omar", username="OmarB")
    for command in (("subject", "erase", "OmarB"), ("subject", "export", "OmarB", "-o", str(tmp_path))):
        ran = run(*command)
        assert refused(ran) and twin.public_id in ran.err and cast.omar.public_id in ran.err


def test_a_person_is_sealed_and_unsealed(cast: Cast, tmp_path: Path) -> None:
    assert refused(run("subject", "seal", "ZubaydahQ", "--steward", "rosa"))
    made = run("subject", "steward", "rosa", "--format", "json")
    assert (made.status, made.json["recipient"][:4]) == (0, "age1")
    sealed = run("subject", "seal", "ZubaydahQ", "--steward", "rosa", "--pseudonym", "Baobab", "--format", "json")
    assert (sealed.status, sealed.json["stewards"], sealed.json["file_scrubbed"]) == (0, ["rosa"], True)
    public_id = sealed.json["person"]
    assert refused(run("people", "show", "ZubaydahQ"))
    assert run("subject", "hits", "--format", "json").json == []
    target = tmp_path / "baobab.age"
    told = ("subject", "hand-over", public_id, "--recipient", made.json["recipient"], "-o", str(target))
    assert run(*told).status == 0 and target.exists()
    assert run("subject", "unseal", public_id, "--format", "json").json["unsealed"] > 10
    assert run("people", "show", "ZubaydahQ").status == 0


def test_a_restriction_is_put_and_lifted(cast: Cast) -> None:
    told = ("outreach", "--purpose", "newsletter", "--channel", "email", "--format", "json")
    assert run("subject", "restrict", "ZubaydahQ").status == 0
    assert run(*told).json["withheld"]["restricted"] == 1
    assert run("subject", "restrict", "ZubaydahQ", "--lift").status == 0
    assert "restricted" not in run(*told).json["withheld"]


def test_a_purge_first_says_what_it_would_do(cast: Cast) -> None:
    ran = run("purge", "--dry-run", "--format", "json")
    assert ran.status == 0
    assert {row["rule"] for row in ran.json} >= {"raw_cells", "contact_points", "access_log", "uploads"}
    assert run("purge", "--format", "json").status == 0


def test_a_restored_backup_is_erased_again(
    cast: Cast, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_url.startswith("postgresql"):
        return  # restoring there needs an empty database of its own: the library test covers replaying
    assert run("db", "backup", str(tmp_path / "old.bak")).status == 0
    assert run("subject", "erase", "ZubaydahQ").status == 0
    monkeypatch.setenv("WMCRM_DATABASE_URL", f"sqlite:///{tmp_path / 'restored.sqlite3'}")
    ran = run("db", "restore", str(tmp_path / "old.bak"), "--format", "json")
    assert (ran.status, ran.json["erased_again"]) == (0, 1)
    assert refused(run("people", "show", "ZubaydahQ"))
    assert b"zq.canary" not in (tmp_path / "restored.sqlite3").read_bytes()


def answer(*words: str) -> object:
    """What a command prints as JSON."""
    ran = run(*words, "--format", "json")
    assert ran.status == 0, ran
    return ran.json


def refusal(*words: str) -> str:
    """The one line with which a command refuses."""
    ran = run(*words)
    assert refused(ran), ran
    return ran.err


def test_a_breach_is_counted_and_listed_by_public_ids(cast: Cast) -> None:
    run("outreach", "--purpose", "newsletter", "--channel", "email", "--reason", "Spring")
    days = ("--from", now_utc().date().isoformat(), "--to", now_utc().date().isoformat())
    found = answer("breach", *days)
    assert (found["people"], found["acts"]) == (2, {"outreach": 1})
    listed = {row["person"]: row["actions"] for row in answer("breach", *days, "--people")}
    assert listed[cast.aicha.public_id] == ["outreach"] and len(listed) == 2
    assert "There is no account nobody." in refusal("breach", *days, "--account", "nobody")


def test_rules_of_retention_are_listed_changed_and_foreseen(cast: Cast) -> None:
    def days() -> int:
        return {row["code"]: row["days"] for row in answer("retention")}["raw_cells"]

    assert days() == 30
    answer("retention", "--set", "raw_cells", "--days", "14")
    assert days() == 14
    assert len(answer("retention", "--calendar")) == 12
    assert answer("retention", "--runs") == []
    assert "Name the rule" in refusal("retention", "--days", "3")
    assert "at most 90 days" in refusal("retention", "--set", "raw_cells", "--days", "400")


def test_a_sealed_record_gets_a_new_key_and_a_retired_steward_is_left_out(cast: Cast) -> None:
    for name in ("rosa", "nils"):
        answer("subject", "steward", name)
    answer("subject", "seal", cast.omar.public_id, "--steward", "rosa", "--steward", "nils")
    retired = {row["name"]: row["retired_at"] for row in answer("subject", "stewards", "--retire", "nils")}
    assert retired["nils"] and not retired["rosa"]
    assert answer("subject", "rotate", cast.omar.public_id)["stewards"] == ["rosa"]
    assert "no such record" in refusal("subject", "answer-hit", "99", "other")


def test_the_record_of_processing_is_a_report(cast: Cast) -> None:
    made = answer("report", "processing")
    assert "outreach" in {row["code"] for row in made["rows"]} and made["figures"]["raw_cells"] == "30 days"
