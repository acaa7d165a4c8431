"""Erasure: the person goes, counts stay, nobody comes back, no byte remains."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import add_person, invite_cast
from tests.missing import lacking
from tests.privacy.life import SECRETS, add_canary
from wmcrm.db import OPERATOR, Session, open_engine, open_session, session_scope
from wmcrm.db.backup import back_up
from wmcrm.dedupe import merge, unmerge
from wmcrm.errors import ConflictError, DatabaseStateError, NotFoundError
from wmcrm.history import revert_change
from wmcrm.models import (
    AccessLogEntry,
    Change,
    Channel,
    ContactPoint,
    MatchKey,
    Mentorship,
    Merge,
    Participation,
    Person,
    PersonStatus,
    StoredFile,
    Suppression,
    metadata,
)
from wmcrm.outreach import Keyring, outreach
from wmcrm.privacy import (
    allow_again,
    erase_person,
    identifiers_of_row,
    make_export,
    replay_erasures,
    scrub,
    suppressed_identifiers,
)
from wmcrm.references import find_person


def everything_in(engine: Engine, folder: Path) -> bytes:
    """All bytes by which the database could tell something: its files and a backup, or a plain dump."""
    if engine.dialect.name == "sqlite":
        backup = folder / "backup.sqlite3"
        backup.unlink(missing_ok=True)
        back_up(engine, backup)
        file = Path(str(engine.url.database))
        wal = Path(f"{file}-wal")
        return file.read_bytes() + (wal.read_bytes() if wal.exists() else b"") + backup.read_bytes()
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    if shutil.which("pg_dump") is None:
        lacking("no pg_dump: install PostgreSQL's client programs")
    return subprocess.run(["pg_dump", "--inserts", address], capture_output=True, check=True).stdout


def found_in(content: bytes, secrets: tuple[str, ...] = SECRETS) -> list[str]:
    return [secret for secret in secrets if secret.encode() in content or secret.lower().encode() in content]


def test_not_one_byte_of_an_erased_person_stays(engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        person = add_canary(session, invite_cast(session))
    assert found_in(everything_in(engine, tmp_path)) == list(SECRETS)
    with session_scope(engine, OPERATOR, writing=True) as session:
        erase_person(session, session.get(Person, person.id), by=OPERATOR)
    assert scrub(engine)
    assert found_in(everything_in(engine, tmp_path)) == []
    with engine.connect() as connection:
        aicha = sa.select(Person.display_name).where(Person.display_name.like("A%"))
        assert connection.execute(aicha).scalars().all() == ["Aïcha Diop"]


@pytest.mark.postgres
def test_postgresql_holds_no_byte_in_its_files_once_the_tables_are_written_anew(engine: Engine) -> None:
    """A vacuum alone frees the space and leaves the bytes: the docs say so."""
    if engine.dialect.name == "sqlite":
        return
    erase_canary(engine)
    while not scrub(engine, rewrite=True):  # other tests write into other databases of the same server
        time.sleep(0.2)
    assert found_in(relation_files(engine)) == []


def test_who_reads_meanwhile_keeps_the_bytes_and_scrubbing_says_so(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return
    with engine.connect() as reading:
        reading.execution_options(isolation_level="REPEATABLE READ").execute(sa.select(1))
        erase_canary(engine)
        assert not scrub(engine, rewrite=True)


@pytest.mark.postgres
def test_who_writes_into_another_database_of_the_server_keeps_them_too_and_it_is_said(
    engine: Engine, shared_postgres: Engine
) -> None:
    """A snapshot reaches back to the oldest writing transaction of all databases, that of the vacuum too."""
    if engine.dialect.name == "sqlite":
        return
    with shared_postgres.connect() as writing:
        writing.execute(sa.text("SELECT txid_current()"))
        erase_canary(engine)
        assert not scrub(engine, rewrite=True)
        assert found_in(relation_files(engine)) == list(SECRETS)


def erase_canary(engine: Engine) -> None:
    """A person in every column, and erased."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        person = add_canary(session, invite_cast(session))
    with session_scope(engine, OPERATOR, writing=True) as session:
        erase_person(session, session.get(Person, person.id), by=OPERATOR)


def relation_files(engine: Engine) -> bytes:
    """The files of all tables and indexes, as the server reads them from its disk; nothing for who may not."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not connection.scalar(sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
            return b""
        connection.execute(sa.text("CHECKPOINT"))
        read = sa.text(
            "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class "
            "WHERE relkind IN ('r', 'i', 't') AND pg_relation_filepath(oid) IS NOT NULL"
        )
        return b"".join(bytes(content) for content in connection.execute(read).scalars())


def test_the_event_still_counts_an_erased_person(session: Session) -> None:
    cast = invite_cast(session)
    person = add_canary(session, cast)
    done = erase_person(session, person, by=OPERATOR)
    came = session.scalars(sa.select(Participation).where(Participation.event_id == cast.meetup.id)).one()
    ghost = session.get(Person, came.person_id)
    assert (ghost.status, ghost.display_name, came.attended) == (PersonStatus.ERASED, "", "yes")
    assert (done.records, done.participations_kept, done.uploads_deleted) == (1, 1, 2)
    assert session.scalars(sa.select(StoredFile)).all() == []
    entry = session.scalars(sa.select(AccessLogEntry).where(AccessLogEntry.action == "erase")).one()
    assert (entry.actor, entry.reason) == ("operator", None)


def test_an_erased_person_is_not_found_by_anything_known_before(session: Session) -> None:
    person = add_canary(session, invite_cast(session))
    public_id, number = person.public_id, person.id
    erase_person(session, person, by=OPERATOR)
    session.commit()
    for reference in (public_id, "ZubaydahQ", "external:zq-ext-77"):
        with pytest.raises(NotFoundError):
            find_person(session, reference)
    assert session.scalars(sa.select(MatchKey).where(MatchKey.person_id == number)).all() == []


def test_a_merged_person_is_erased_with_everything_they_were_made_of(session: Session) -> None:
    cast = invite_cast(session)
    person = add_canary(session, cast)
    other = add_person(session, "Z. Qarmatian", email="other@example.org")
    merge(session, person, other)
    done = erase_person(session, other, by=OPERATOR)
    assert done.records == 2
    for number in (person.id, other.id):
        gone = session.get(Person, number)
        assert (gone.status, gone.merged_into_id, gone.display_name) == (PersonStatus.ERASED, None, "")
    assert session.scalar(sa.select(sa.func.count()).select_from(metadata.tables["merge"])) == 0
    row = identifiers_of_row(emails=["other@example.org"])
    assert suppressed_identifiers(session, row) == row


def test_who_was_merged_by_mistake_leaves_the_other_record_too(session: Session) -> None:
    person, other = add_person(session, "Aïcha Canary", username="Canary A"), add_person(session, "Aïcha Diop")
    made = merge(session, other, person)
    first = session.scalars(sa.select(sa.func.min(Change.id)).where(Change.merge_id == made.id)).one()
    with pytest.raises(ConflictError):
        revert_change(session, first)
    unmerge(session, made)
    assert "Canary" not in make_export(session, other).document
    erase_person(session, person, by=OPERATOR)
    told = " ".join(str(operations) for operations in session.scalars(sa.select(Change.operations)))
    assert "Canary" not in told and "Diop" in told


def test_what_a_mentor_taught_somebody_erased_is_in_no_history(session: Session) -> None:
    cast = invite_cast(session)
    mine = {"person_id": cast.omar.id, "recorded_for_id": cast.omar.id}
    for mentee, topic in ((cast.aicha, "Canary"), (cast.chen, "Wikidata")):
        session.add(Mentorship(**mine, mentee_id=mentee.id, mentee_recorded_for_id=mentee.id, topic=topic))
    session.flush()
    erase_person(session, cast.aicha, by=OPERATOR)
    told = " ".join(str(operations) for operations in session.scalars(sa.select(Change.operations)))
    assert "Canary" not in told and "Wikidata" in told
    assert set(session.scalars(sa.select(Mentorship.topic))) == {None, "Wikidata"}


def test_a_later_sheet_is_told_that_the_row_was_erased(session: Session) -> None:
    erase_person(session, add_canary(session, invite_cast(session)), by=OPERATOR)
    for row in (
        identifiers_of_row(usernames=["zubaydahQ"]),
        identifiers_of_row(usernames=["OldZubaydah"]),
        identifiers_of_row(emails=["ZQ.Canary+wiki@Example.org"]),
        identifiers_of_row(phones=["+221770001122"]),
        identifiers_of_row(external="file:zq-ext-77"),
    ):
        assert suppressed_identifiers(session, row) == row
    assert suppressed_identifiers(session, identifiers_of_row(usernames=["OmarB"])) == set()
    stored = " ".join(session.scalars(sa.select(Suppression.identifier_hash)))
    assert "canary" not in stored


def test_a_mailbox_that_others_share_stays_theirs(session: Session) -> None:
    cast = invite_cast(session)
    person = add_canary(session, cast)
    session.add(
        ContactPoint(
            person_id=cast.omar.id,
            recorded_for_id=cast.omar.id,
            kind="email",
            value="zq.canary@example.org",
            normalized="zq.canary@example.org",
        )
    )
    erase_person(session, person, by=OPERATOR)
    of_omar = identifiers_of_row(names=["Omar Ba"], emails=["zq.canary@example.org"])
    assert suppressed_identifiers(session, of_omar) == set()
    of_her = identifiers_of_row(names=["Qarmatian, Zubaydah"], emails=["zq.canary@example.org"])
    assert len(suppressed_identifiers(session, of_her)) == 1


@pytest.mark.parametrize("kind", ["whatsapp", "signal"])
def test_a_number_of_a_messenger_is_the_same_number_on_a_sheet(session: Session, kind: str) -> None:
    number = "+221770001122"
    person = add_person(session, "Awa Fall")
    mine = {"person_id": person.id, "recorded_for_id": person.id}
    session.add(ContactPoint(**mine, kind=kind, value=number, normalized=number))
    erase_person(session, person, by=OPERATOR)
    assert suppressed_identifiers(session, identifiers_of_row(phones=[number])) != set()


def test_a_mailbox_that_others_write_in_another_way_stays_theirs(session: Session) -> None:
    person = add_person(session, "Awa Fall", email="office+awa@example.org")
    add_person(session, "Omar Sy", email="office+omar@example.org")
    erase_person(session, person, by=OPERATOR)
    of_omar = identifiers_of_row(names=["Omar Sy"], emails=["office+omar@example.org"])
    assert suppressed_identifiers(session, of_omar) == set()
    of_her = identifiers_of_row(names=["Awa Fall"], emails=["office@example.org"])
    assert len(suppressed_identifiers(session, of_her)) == 1


def test_an_erased_person_is_withheld_from_outreach(session: Session) -> None:
    person = add_canary(session, invite_cast(session))
    number = person.id
    erase_person(session, person, by=OPERATOR)
    day = dt.date(2026, 4, 1)
    result = outreach(session, [number], purpose="newsletter", channel=Channel.EMAIL, reason="Spring", on=day)
    assert (list(result.permitted), dict(result.withheld)) == ([], {"erased": 1})


def test_an_old_backup_is_erased_again_from_the_ledger(sqlite_template: Path, tmp_path: Path, keyring: Keyring) -> None:
    shutil.copy(sqlite_template, tmp_path / "now.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'now.sqlite3'}")
    with session_scope(engine, OPERATOR, writing=True) as session:
        person = add_canary(session, invite_cast(session))
    back_up(engine, tmp_path / "old.sqlite3")
    with session_scope(engine, OPERATOR, writing=True) as session:
        erase_person(session, session.get(Person, person.id), by=OPERATOR)
    engine.dispose()
    ledger = (keyring.folder / "erasures.ledger").read_text("utf-8")
    assert "canary" not in ledger and ledger.count("\n") == 1
    again = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with session_scope(again, OPERATOR, writing=True) as session:
        assert find_person(session, "ZubaydahQ").id == person.id
        assert replay_erasures(session) == 1
    scrub(again)
    assert found_in(everything_in(again, tmp_path)) == []
    with session_scope(again, OPERATOR, writing=True) as session:
        assert replay_erasures(session) == 0
        row = identifiers_of_row(usernames=["ZubaydahQ"])
        assert suppressed_identifiers(session, row) == row
    again.dispose()


def test_an_old_backup_that_holds_two_for_one_erases_the_one_only(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "now.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'now.sqlite3'}")
    with session_scope(engine, OPERATOR, writing=True) as session:
        ids = [add_person(session, "Awa Fall", email=f"{name}@example.org").id for name in ("awa", "fall", "third")]
        people = [session.get_one(Person, number) for number in ids]
        made = merge(session, people[0], people[1])
        merge(session, people[2], people[0])
    back_up(engine, tmp_path / "old.sqlite3")
    with session_scope(engine, OPERATOR, writing=True) as session:
        for merged in session.scalars(sa.select(Merge).order_by(Merge.id.desc())).all():
            unmerge(session, merged)
        erase_person(session, session.get_one(Person, ids[1]), by=OPERATOR)
    engine.dispose()
    again = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with session_scope(again, OPERATOR, writing=True) as session:
        assert session.get_one(Merge, made.id).undone_at is None
        assert replay_erasures(session, take_apart=unmerge) == 1
        standing = [session.get_one(Person, number).status for number in ids]
        assert standing == [PersonStatus.ACTIVE, PersonStatus.ERASED, PersonStatus.ACTIVE]
        row = identifiers_of_row(emails=["awa@example.org", "third@example.org"])
        assert suppressed_identifiers(session, row) == set()
    again.dispose()


def test_an_erasure_that_was_rolled_back_is_not_in_the_ledger(engine: Engine, keyring: Keyring) -> None:
    with open_session(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        session.commit()
        erase_person(session, cast.omar, by=OPERATOR)
        session.rollback()
        nested = session.begin_nested()
        erase_person(session, session.get(Person, cast.aicha.id), by=OPERATOR)
        nested.rollback()
        session.commit()
        assert session.get(Person, cast.aicha.id).status is PersonStatus.ACTIVE
    assert not (keyring.folder / "erasures.ledger").exists()


def test_somebody_who_comes_back_by_an_act_of_their_own_is_let_in(session: Session) -> None:
    erase_person(session, add_canary(session, invite_cast(session)), by=OPERATOR)
    session.commit()
    row = identifiers_of_row(usernames=["ZubaydahQ"], emails=["zq.canary@example.org"])
    assert allow_again(session, row) == 2
    session.commit()
    assert suppressed_identifiers(session, row) == set()
    replay_erasures(session)
    assert suppressed_identifiers(session, row) == set()
    assert suppressed_identifiers(session, identifiers_of_row(phones=["+221770001122"])) != set()


def test_a_damaged_ledger_is_refused_with_its_line(session: Session, keyring: Keyring) -> None:
    erase_person(session, invite_cast(session).omar, by=OPERATOR)
    session.commit()
    ledger = keyring.folder / "erasures.ledger"
    ledger.write_text(ledger.read_text("utf-8") + '{"act": "erased"', "utf-8")
    with pytest.raises(DatabaseStateError, match="Line 2"):
        replay_erasures(session)


def test_the_key_is_private_and_a_lost_or_foreign_one_is_refused(session: Session, keyring: Keyring) -> None:
    cast = invite_cast(session)
    erase_person(session, cast.omar, by=OPERATOR)
    file = keyring.folder / "identifiers.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"x" * 32)
    with pytest.raises(DatabaseStateError, match="not the key"):
        suppressed_identifiers(session, identifiers_of_row(usernames=["OmarB"]))
    file.unlink()
    with pytest.raises(DatabaseStateError, match="missing"):
        suppressed_identifiers(session, identifiers_of_row(usernames=["OmarB"]))
    assert not file.exists()
