"""A person's rights on the screens: data handed out, use restricted, protection, erasure that says what it did."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN, add_shared_holding
from tests.admin.conftest import Desk
from tests.admin.sheets import sign_ups
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import AccessLogEntry, Person, PersonStatus, Protection, Restriction, StoredFile


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys and the ledger of each test lie in a folder of its own."""
    monkeypatch.setenv("WMCRM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def actions(desk: Desk) -> list[str]:
    with session_scope(desk.engine, OPERATOR) as session:
        return list(session.scalars(sa.select(AccessLogEntry.action).order_by(AccessLogEntry.id)))


def person(desk: Desk, key: str) -> Person:
    with session_scope(desk.engine, OPERATOR) as session:
        found = session.scalars(sa.select(Person).where(Person.public_id == key)).one()
        session.expunge(found)
        return found


def test_a_steward_hands_out_everything_as_a_zip_and_the_log_knows(either: Desk) -> None:
    sami, key = either.visit("Sami"), either.cast.fatou
    answer = sami.post(f"/people/{key}/rights/export", {"language": "ar"})
    assert answer.headers["Content-Type"] == "application/zip"
    assert f'filename="{key}.zip"' in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert sorted(archive.namelist()) == [f"{key}.html", f"{key}.json"]
        document = json.loads(archive.read(f"{key}.json"))
        page = archive.read(f"{key}.html").decode()
    assert HIDDEN in str(document["sections"]["contact_point"]) and 'dir="rtl"' in page
    assert actions(either) == ["subject_export"]
    assert sami.post(f"/people/{key}/rights/export", {"language": "xx"}).status_code == 400


def test_others_than_stewards_and_strangers_to_the_record_get_nothing(desk: Desk) -> None:
    key, foreign = desk.cast.fatou, desk.cast.foreign
    for name in ("Aïcha", "Omar", "Chen", "Dana"):
        for act in ("export", "restrict", "lift", "protect", "unprotect", "erase"):
            assert desk.visit(name).post(f"/people/{key}/rights/{act}").status_code == 403, (name, act)
        assert "Rights of the person" not in desk.visit(name).get(f"/people/{key}").text
    for act in ("export", "restrict", "lift", "protect", "unprotect", "erase"):
        form = {"understood": "yes", "ground": "requested"}
        for hidden in (foreign, desk.cast.sealed):
            assert desk.visit("Sami").post(f"/people/{hidden}/rights/{act}", form).status_code == 404, act


def test_a_person_of_two_affiliates_is_answered_for_by_a_steward_of_all(either: Desk) -> None:
    add_shared_holding(either.engine, either.cast.fatou, "fjord")
    sami, place = either.visit("Sami"), f"/people/{either.cast.fatou}/rights"
    for answer in (sami.post(f"{place}/export"), sami.get(f"{place}/erase")):
        assert answer.status_code == 403
        assert "Another affiliate holds records of this person too" in answer.text
    assert sami.post(f"{place}/protect").status_code == 303
    for taken in (f"{place}/unprotect", f"/people/{either.cast.fatou}/remove"):
        assert "Another affiliate holds this person too" in sami.post(taken).text
    assert either.visit("Ruth").get(f"{place}/erase").status_code == 200


def test_the_use_of_data_is_restricted_and_lifted(either: Desk) -> None:
    sami, key = either.visit("Sami"), either.cast.fatou
    assert sami.post(f"/people/{key}/rights/restrict", {"ground": "nonsense"}).status_code == 400
    assert sami.post(f"/people/{key}/rights/restrict", {"ground": "accuracy_contested"}).status_code == 303
    assert "Use of the data is restricted" in sami.get(f"/people/{key}").text
    assert sami.post(f"/people/{key}/rights/lift").status_code == 303
    assert "Use of the data is restricted" not in sami.get(f"/people/{key}").text
    with session_scope(either.engine, OPERATOR) as session:
        assert session.scalars(sa.select(Restriction.holder_affiliate_id)).one() is not None


def test_protection_is_put_and_lifted_and_no_form_seals(either: Desk) -> None:
    ruth, key = either.visit("Ruth"), either.cast.fatou
    ruth.post(f"/people/{key}/rights/protect")
    assert person(either, key).protection is Protection.ELEVATED
    ruth.post(f"/people/{key}/rights/unprotect")
    form = {"display_name": "Fatou Diop", "version": str(person(either, key).version), "anyway": "yes"}
    form |= {"entry_route": "unknown", "protection": "sealed"}
    assert ruth.post(f"/people/{key}/edit", form).status_code == 303
    assert person(either, key).protection is Protection.NORMAL


def test_an_erasure_is_foreseen_in_numbers_and_changes_nothing_before_the_tick(either: Desk) -> None:
    sami, key = either.visit("Sami"), either.cast.fatou
    page = sami.get(f"/people/{key}/rights/erase").text
    for said in ("What goes", "Way to reach the person: 1", "1 participation, of somebody without a name"):
        assert said in page, said
    assert "Backups made before today" in page
    assert sami.post(f"/people/{key}/rights/erase").status_code == 422
    assert person(either, key).status is PersonStatus.ACTIVE


def test_an_erased_person_is_gone_from_the_screens_and_from_every_file(desk: Desk, data_dir: Path) -> None:
    sami, key = desk.visit("Sami"), desk.cast.fatou
    desk.visit("Aïcha").post(
        "/import/", {"sheet": (io.BytesIO(sign_ups()), "sheet.csv")}, content_type="multipart/form-data"
    )
    with session_scope(desk.engine, OPERATOR) as session:
        assert len(session.scalars(sa.select(StoredFile)).all()) == 1
    assert HIDDEN.encode() in bytes_of(desk, data_dir)
    answer = sami.post(f"/people/{key}/rights/erase", {"understood": "yes"})
    assert answer.status_code == 200
    assert "it holds no byte of them any more" in answer.text
    assert sami.get(f"/people/{key}").status_code == 404
    assert "Fatou Diop" not in sami.get("/people/?q=fatou").text.replace("Fatou Diopp", "")
    for secret in (HIDDEN, "Fatou D.", "fatou d."):
        assert secret.encode() not in bytes_of(desk, data_dir), secret
    assert actions(desk)[-1] == "erase"


def test_an_erasure_that_cannot_be_scrubbed_says_so(desk: Desk) -> None:
    with desk.engine.connect() as reader:
        reader.execute(sa.select(Person.id)).first()
        answer = desk.visit("Sami").post(f"/people/{desk.cast.fatou}/rights/erase", {"understood": "yes"})
        assert answer.status_code == 200
        assert "could not be scrubbed" in answer.text


def test_a_copy_beside_the_database_is_named_without_its_folder(desk: Desk) -> None:
    database = Path(str(desk.engine.url.database))
    copy = database.with_name(f"{database.name}.before-0009")
    copy.write_bytes(b"old")
    page = desk.visit("Sami").get(f"/people/{desk.cast.fatou}/rights/erase").text
    copy.unlink()
    assert copy.name in page and str(database.parent) not in page


def bytes_of(desk: Desk, data_dir: Path) -> bytes:
    """Everything that lies on disk: the database, its journal, keys and the ledger."""
    database = Path(str(desk.engine.url.database))
    files = [*database.parent.glob(f"{database.name}*"), *(file for file in data_dir.rglob("*") if file.is_file())]
    return b"".join(file.read_bytes() for file in files)
