"""Backups and restores through the command."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest
from sqlalchemy.engine import Engine

from tests.cast import invite_cast
from tests.cli.runner import refused, run
from wmcrm.db import OPERATOR, open_engine, schema, session_scope


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Another, empty database of the same kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    other = open_engine(database_url)
    name = f"{other.url.database}_elsewhere"
    administer = other.execution_options(isolation_level="AUTOCOMMIT")
    with administer.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    url = other.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def drop() -> None:
        with administer.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        other.dispose()

    request.addfinalizer(drop)
    return url


def fill(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        invite_cast(session)


def test_a_backup_brings_everybody_back(
    engine: Engine, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    backup = tmp_path / "backup"
    assert run("db", "backup", str(backup)).status == 0
    assert backup.stat().st_mode & 0o077 == 0
    assert refused(run("db", "backup", str(backup)))
    assert refused(run("db", "restore", str(backup)))
    monkeypatch.setenv("WMCRM_DATABASE_URL", elsewhere)
    assert run("db", "restore", str(backup)).status == 0
    assert len(run("people", "find", "diop", "--format", "json").json) == 1


def test_an_encrypted_backup_opens_with_its_key_only(
    engine: Engine, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    backup, right, wrong = tmp_path / "backup.age", tmp_path / "right", tmp_path / "wrong"
    identity = pyrage.x25519.Identity.generate()
    right.write_text(str(identity))
    wrong.write_text(str(pyrage.x25519.Identity.generate()))
    assert run("db", "backup", str(backup), "--recipient", str(identity.to_public())).status == 0
    assert b"aicha" not in backup.read_bytes()
    monkeypatch.setenv("WMCRM_DATABASE_URL", elsewhere)
    assert refused(run("db", "restore", str(backup)))
    assert refused(run("db", "restore", str(backup), "--identity", str(wrong)))
    assert run("db", "restore", str(backup), "--identity", str(right)).status == 0
    assert len(run("people", "find", "diop", "--format", "json").json) == 1


def test_rubbish_is_no_backup_and_no_recipient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: str) -> None:
    assert refused(run("db", "backup", str(tmp_path / "b"), "--recipient", "age1nonsense"))
    assert not (tmp_path / "b").exists()
    monkeypatch.setenv("WMCRM_DATABASE_URL", elsewhere)
    for content in (
        b"",
        b"rubbish",
        b"SQLite format 3\x00 and then nothing",
        b"PGDMP nothing",
        b"age-encryption.org/v1\n",
    ):
        (tmp_path / "rubbish").write_bytes(content)
        assert refused(run("db", "restore", str(tmp_path / "rubbish")))


def test_a_schema_that_is_behind_is_refused_and_upgraded(engine: Engine) -> None:
    schema.downgrade(engine, "0008")
    ran = run("people", "find", "x")
    assert refused(ran)
    assert "wmcrm db upgrade" in ran.err
    assert run("db", "check").status == 1
    assert run("db", "upgrade", "--format", "json").json["now"] == schema.head_revision()
    assert run("people", "find", "x").status == 0


def test_a_read_only_database_says_so(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{engine.url.database}" SET default_transaction_read_only = on')
    else:
        read_only = database_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
        monkeypatch.setenv("WMCRM_DATABASE_URL", read_only)
    ran = run("account", "create", "x", "--role", "editor")
    assert refused(ran), ran
    assert "read-only" in ran.err
