"""Sealing: people at risk are nowhere to be read, and come back whole for their stewards."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_person, invite_cast
from tests.privacy.life import SECRETS, add_canary
from tests.privacy.test_erasing import everything_in, found_in
from wmcrm.db import OPERATOR, Actor, Session, session_scope
from wmcrm.db.search import matching_people
from wmcrm.dedupe import merge
from wmcrm.errors import ConflictError, DatabaseStateError, NotAllowedError, NotFoundError, SettingsError
from wmcrm.history import changes_of
from wmcrm.models import (
    AccessLogEntry,
    Change,
    Channel,
    ContactPoint,
    MatchKey,
    Participation,
    Person,
    PersonName,
    Protection,
    SealedHit,
    SealedValue,
    metadata,
)
from wmcrm.models.people import PLACE
from wmcrm.outreach import Keyring, outreach, use_keyring
from wmcrm.privacy import (
    add_steward,
    erase_person,
    export_subject,
    hand_over,
    identifiers_of_row,
    make_steward_key,
    note_sealed_hits,
    open_hits,
    open_sealed,
    rotate_key,
    scrub,
    seal_person,
    sealed_hits,
    stewards_of,
    suppressed_identifiers,
    tell_apart,
    unseal,
)
from wmcrm.privacy.cipher import associated_data, key_id_of, new_data_key, open_value, seal_value
from wmcrm.privacy.inventory import KEYS, Sealed


@pytest.fixture
def cast(session: Session) -> Cast:
    make_steward_key(session, "rosa")
    return invite_cast(session)


def facts(session: Session, tables: tuple[str, ...]) -> dict[str, list[dict[str, object]]]:
    session.flush()
    return {
        name: [
            {key: value for key, value in row.items() if key != "version"}
            for row in session.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for name, table in ((name, metadata.tables[name]) for name in tables)
    }


def test_not_one_byte_of_a_sealed_person_stays(engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        make_steward_key(session, "rosa")
        person = add_canary(session, invite_cast(session))
    with session_scope(engine, OPERATOR, writing=True) as session:
        seal_person(session, session.get(Person, person.id), ["rosa"])
    assert scrub(engine)
    assert found_in(everything_in(engine, tmp_path)) == []
    with session_scope(engine, OPERATOR, writing=True) as session:
        assert unseal(session, session.get(Person, person.id)) > 10
    assert found_in(everything_in(engine, tmp_path), SECRETS[:4]) == list(SECRETS[:4])


def test_unsealing_brings_every_row_back_as_it_was(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    session.commit()
    tables = tuple({table for table, _ in KEYS if "id" in metadata.tables[table].c})
    tables += ("residence", "change", "access_log_entry")
    before = facts(session, tables)
    last = before["change"][-1]["id"]
    seal_person(session, person, ["rosa"])
    assert facts(session, ("participation",))["participation"] == []
    unseal(session, person)
    after = facts(session, tables)
    after["change"] = [row for row in after["change"] if row["id"] <= last]
    after["access_log_entry"] = []
    for rows in (before, after):  # rows of nobody that named her are emptied for good
        rows["imported_row"] = [row for row in rows["imported_row"] if row["person_id"] == person.id]
    for row in after["person"]:
        row["protection"] = before["person"][0]["protection"]
    assert after == before
    assert session.get(Person, person.id).protection is Protection.ELEVATED


def test_a_sealed_person_is_in_no_search_key_list_or_count(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    session.commit()
    done = seal_person(session, person, ["rosa"])
    session.commit()
    assert (done.records, done.stewards) == (1, ("rosa",))
    assert matching_people(session, ["zubaydah"]) == []
    assert session.scalars(sa.select(MatchKey).where(MatchKey.person_id == person.id)).all() == []
    for table in (ContactPoint, Participation, PersonName):
        assert session.scalars(sa.select(table).where(table.person_id == person.id)).all() == []
    sealed = session.get(Person, person.id)
    assert (sealed.display_name, sealed.community_region) == (f"Sealed {person.public_id[-4:]}", "sub_saharan_africa")
    result = outreach(session, [person.id], purpose="newsletter", channel=Channel.EMAIL, reason="Spring")
    assert dict(result.withheld) == {"sealed": 1}
    assert [change.operations for change in changes_of(session, "person", person.id) if change.operations] == []


def test_without_a_steward_s_key_the_record_stays_locked(
    session: Session, cast: Cast, keyring: Keyring, tmp_path: Path
) -> None:
    person = add_canary(session, cast)
    seal_person(session, person, ["rosa"])
    file = keyring.folder / "stewards" / "rosa.age-key"
    assert file.stat().st_mode & 0o777 == 0o600
    elsewhere = file.rename(tmp_path / "carried.txt")
    for attempt in (lambda: open_sealed(session, person, reason="Call her"), lambda: unseal(session, person)):
        with pytest.raises(NotAllowedError, match="locked"):
            attempt()
    with pytest.raises(NotAllowedError, match="locked"):
        export_subject(session, person, tmp_path)
    record = open_sealed(session, person, reason="Call her", identities=[elsewhere])
    assert [row["normalized"] for row in record.tables["contact_point"]] == ["zq.canary@example.org", "+221770001122"]
    assert "canary" not in repr(record)
    log = session.scalars(sa.select(AccessLogEntry).where(AccessLogEntry.action == "sealed_opened")).one()
    assert (log.person_id, log.reason) == (person.id, "Call her")


def test_a_sheet_finds_a_sealed_person_for_the_stewards_only(session: Session, cast: Cast) -> None:
    seal_person(session, add_canary(session, cast), ["rosa"])
    row = identifiers_of_row(names=["Zubaydah Q."], emails=["Zq.Canary@example.org"], usernames=["Somebody"])
    (found,) = sealed_hits(session, row)
    assert found.kind == "email"
    assert suppressed_identifiers(session, row) == set()
    newcomer = add_person(session, "Zubaydah Q.", email="zq.canary@example.org")
    for _ in range(2):
        assert note_sealed_hits(session, {newcomer.id: row, cast.omar.id: identifiers_of_row()}) is None
    (hit,) = open_hits(session)
    assert hit.found == newcomer.public_id
    tell_apart(session, hit.id)
    assert open_hits(session) == []


def test_a_sheet_of_another_affiliate_finds_a_sealed_person_for_the_stewards(session: Session, cast: Cast) -> None:
    seal_person(session, add_canary(session, cast), ["rosa"])
    newcomer = add_person(session, "Zubaydah Q.", holder=cast.chile, email="zq.canary@example.org")
    stewards = session.info["actor"]
    session.info["actor"] = Actor(name="Dana", affiliate_ids=frozenset({cast.chile.id}))
    note_sealed_hits(session, {newcomer.id: identifiers_of_row(emails=["zq.canary@example.org"])})
    assert session.scalars(sa.select(SealedHit)).all() == []
    session.info["actor"] = stewards
    assert [hit.found for hit in open_hits(session)] == [newcomer.public_id]


def test_keys_are_rotated_and_who_is_left_out_opens_nothing(session: Session, cast: Cast, tmp_path: Path) -> None:
    make_steward_key(session, "sam")
    person = add_canary(session, cast)
    seal_person(session, person, ["rosa", "sam"])
    before = {key_id_of(value.record) for value in session.scalars(sa.select(SealedValue))}
    rotate_key(session, person)
    assert stewards_of(session, person.id) == ["rosa", "sam"]
    rotate_key(session, person, stewards=["sam"])
    after = {key_id_of(value.record) for value in session.scalars(sa.select(SealedValue))}
    assert (len(before), len(after), before & after) == (1, 1, set())
    assert stewards_of(session, person.id) == ["sam"]
    use_keyring(session, Keyring(tmp_path / "rosas"))
    (tmp_path / "rosas" / "stewards").mkdir(parents=True)
    (tmp_path / "data" / "stewards" / "rosa.age-key").rename(tmp_path / "rosas" / "stewards" / "rosa.age-key")
    with pytest.raises(NotAllowedError, match="locked"):
        unseal(session, person)
    use_keyring(session, Keyring(tmp_path / "data"))
    assert unseal(session, person)


def test_custody_is_handed_over_as_a_file_only_the_other_side_opens(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    person = add_canary(session, cast)
    seal_person(session, person, ["rosa"], pseudonym="Baobab")
    other = pyrage.x25519.Identity.generate()
    target = tmp_path / "baobab.age"
    hand_over(session, person, str(other.to_public()), target)
    assert b"canary" not in target.read_bytes() and target.stat().st_mode & 0o777 == 0o600
    document = json.loads(pyrage.decrypt(target.read_bytes(), [other]))
    assert document["tables"]["wiki_account"][0]["username"] == "ZubaydahQ"
    with pytest.raises(ConflictError):
        hand_over(session, person, str(other.to_public()), target)


def test_a_sealed_person_is_erased_without_a_key_and_stays_away(session: Session, cast: Cast, keyring: Keyring) -> None:
    person = add_canary(session, cast)
    seal_person(session, person, ["rosa"])
    (keyring.folder / "stewards" / "rosa.age-key").unlink()
    erase_person(session, person, by=OPERATOR)
    assert session.scalars(sa.select(SealedValue)).all() == []
    row = identifiers_of_row(usernames=["ZubaydahQ"])
    assert suppressed_identifiers(session, row) == row


def test_a_sealed_person_gets_their_data_from_a_steward(session: Session, cast: Cast, tmp_path: Path) -> None:
    person = add_canary(session, cast)
    seal_person(session, person, ["rosa"])
    text = export_subject(session, person, tmp_path).document.read_text("utf-8")
    assert [secret for secret in SECRETS if secret not in text] == []


def test_merged_records_are_sealed_together(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    other = add_person(session, "Z. Qarmatian", email="other@example.org")
    merge(session, person, other)
    assert seal_person(session, other, ["rosa"]).records == 2
    assert {session.get(Person, one.id).protection for one in (person, other)} == {Protection.SEALED}
    assert session.get(Person, other.id).display_name.startswith("Sealed")
    texts = " ".join(str(change.operations) for change in session.scalars(sa.select(Change)))
    assert "Qarmatian" not in texts
    unseal(session, person)
    assert session.get(Person, other.id).merged_into_id == person.id
    assert session.get(Person, other.id).display_name == "Z. Qarmatian"


def test_a_row_whose_number_was_taken_meanwhile_comes_back_under_another(session: Session, cast: Cast) -> None:
    person = add_canary(session, cast)
    session.commit()
    taken = max(session.scalars(sa.select(ContactPoint.id)))
    seal_person(session, person, ["rosa"])
    session.execute(
        sa.insert(metadata.tables["contact_point"]).values(
            id=taken,
            person_id=cast.omar.id,
            recorded_for_id=cast.omar.id,
            kind="email",
            value="o@example.org",
            normalized="o@example.org",
            preferred=False,
            visibility="holder",
            recorded_at=session.get(Person, cast.omar.id).recorded_at,
        )
    )
    unseal(session, person)
    mine = session.scalars(sa.select(ContactPoint.id).where(ContactPoint.person_id == person.id)).all()
    assert taken not in mine and len(mine) == 2
    told = [one for change in changes_of(session, "person", person.id) for one in change.operations]
    assert {one[1] for one in told if one[0] == "contact_point"} == set(mine)
    assert {(row_id, after["id"]) for table, row_id, _, after in told if table == "contact_point" and after} == {
        (one, one) for one in mine
    }


def test_nobody_seals_for_nobody_or_twice_or_beside_the_database(session: Session, cast: Cast, tmp_path: Path) -> None:
    from wmcrm.errors import BadInputError

    with pytest.raises(BadInputError):
        seal_person(session, cast.omar, [])
    with pytest.raises(NotFoundError):
        seal_person(session, cast.omar, ["nobody"])
    with pytest.raises(BadInputError):
        add_steward(session, "bad", "age1nonsense")
    seal_person(session, cast.omar, ["rosa"])
    with pytest.raises(ConflictError):
        seal_person(session, cast.omar, ["rosa"])
    with pytest.raises(ConflictError):
        open_sealed(session, cast.aicha, reason="x")
    if session.get_bind().dialect.name == "sqlite":
        (tmp_path / "nested").mkdir()
        beside = Path(str(session.get_bind().engine.url.database)).parent
        (tmp_path / "nested" / "stewards").symlink_to(beside)
        use_keyring(session, Keyring(tmp_path / "nested"))
        with pytest.raises(SettingsError, match="must not lie"):
            seal_person(session, cast.aicha, ["rosa"])


def test_somebody_only_marked_as_sealed_is_still_encrypted(session: Session, cast: Cast) -> None:
    cast.omar.protection = Protection.SEALED
    session.flush()
    assert seal_person(session, cast.omar, ["rosa"]).values > 3
    assert session.scalars(sa.select(PersonName).where(PersonName.person_id == cast.omar.id)).all() == []


def test_what_is_moved_or_encrypted_covers_every_key() -> None:
    from wmcrm.privacy.sealed_rows import BLANKS, dropped_keys, moved_tables

    for (table, column), key in KEYS.items():
        match key.sealed:
            case Sealed.MOVED:
                assert table in moved_tables()
            case Sealed.ENCRYPTED:
                assert table in BLANKS or (table == "residence" and set(PLACE) <= BLANKS["person"].keys())
            case Sealed.DELETED:
                assert (table, column) in dropped_keys()
            case Sealed.STAYS:
                assert key.why


@given(plain=st.binary(max_size=400), row=st.integers(0, 9), person=st.integers(0, 9))
def test_a_sealed_value_opens_in_its_own_place_only(plain: bytes, row: int, person: int) -> None:
    key, name = new_data_key()
    bound = associated_data("person_name", "*", row, person)
    record = seal_value(key, name, plain, bound)
    assert open_value(key, record, bound) == plain
    assert key_id_of(record) == name
    other, _ = new_data_key()
    for wrong_key, place in (
        (key, associated_data("person_name", "*", row + 1, person)),
        (key, associated_data("person_name", "*", row, person + 1)),
        (key, associated_data("wiki_account", "*", row, person)),
        (other, bound),
    ):
        with pytest.raises(NotAllowedError):
            open_value(wrong_key, record, place)
    with pytest.raises(DatabaseStateError):
        open_value(key, record[:20], bound)
