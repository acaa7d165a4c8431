"""Sealed records on the screens: who sees that they exist, who opens them with which key, what stays on disk."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pyrage
import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk, Visitor
from tests.admin.test_rights import actions, bytes_of, person
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Person, Protection, SealedHit, SealedKey

MULTIPART = "multipart/form-data"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys and the ledger of each test lie in a folder of its own."""
    monkeypatch.setenv("WMCRM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def add_key(visitor: Visitor, name: str) -> pyrage.x25519.Identity:
    """Register a key that only its steward holds."""
    made = pyrage.x25519.Identity.generate()
    assert visitor.post("/stewards/", {"name": name, "recipient": str(made.to_public())}).status_code == 303
    return made


def with_key(key: pyrage.x25519.Identity, **fields: object) -> dict[str, object]:
    return {"key_file": (io.BytesIO(f"# a comment\n{key}\n".encode()), "rosa.key"), **fields}


def test_what_was_typed_about_a_steward_stays_when_it_is_refused(desk: Desk) -> None:
    answer = desk.visit("Ruth").post("/stewards/", {"name": "Nils", "recipient": "age1 wrong"})
    assert answer.status_code == 400
    assert all(part in answer.text for part in ("no age public key", 'value="Nils"', 'value="age1 wrong"'))
    answer = desk.visit("Ruth").post("/stewards/", {"name": "", "recipient": "age1 wrong"})
    assert "Give the steward a name" in answer.text


def test_a_refused_form_names_the_way_back_to_its_page(desk: Desk) -> None:
    key = desk.cast.fatou
    answer = desk.visit("Ruth").post(f"/sealed/seal/{key}", {"steward": "nobody there"})
    assert answer.status_code == 404
    assert "Back to the page" not in answer.text
    answer = desk.visit("Ruth").post(f"/people/{key}/rights/restrict", {"ground": "nonsense"})
    assert answer.status_code == 400
    assert f'href="/people/{key}"' in answer.text.partition("<main")[2]


def seal(desk: Desk, *stewards: str, pseudonym: str = "Acacia") -> str:
    """Fatou is sealed by Ruth; returns her id."""
    key = desk.cast.fatou
    answer = desk.visit("Ruth").post(f"/sealed/seal/{key}", {"steward": list(stewards), "pseudonym": pseudonym})
    assert answer.status_code == 200 and "Sealed" in answer.text
    return key


def test_somebody_is_sealed_and_only_stewards_of_all_see_that_there_is_somebody(either: Desk) -> None:
    ruth = either.visit("Ruth")
    add_key(ruth, "rosa")
    add_key(ruth, "nils")
    assert "Two are advised" in ruth.get(f"/sealed/seal/{either.cast.fatou}").text
    assert ruth.post(f"/sealed/seal/{either.cast.fatou}").status_code == 422
    key = seal(either, "rosa", "nils")
    listed = ruth.get("/sealed/").text
    assert "Acacia" in listed and "rosa, nils" in listed and "Fatou Diop" not in listed.replace("Fatou Diopp", "")
    assert "Sealed" in ruth.get(f"/sealed/{key}").text
    for name in ("Sami", "Aïcha", "Omar", "Chen", "Dana"):
        for place in ("/sealed/", f"/sealed/{key}", "/stewards/", "/stewards/hits", f"/sealed/seal/{key}"):
            assert either.visit(name).get(place).status_code in {403, 404}, (name, place)
        assert either.visit(name).get(f"/people/{key}").status_code == 404


def test_a_record_opens_with_the_steward_s_key_for_a_reason_that_is_logged(either: Desk) -> None:
    ruth = either.visit("Ruth")
    rosa, other = add_key(ruth, "rosa"), pyrage.x25519.Identity.generate()
    place = f"/sealed/{seal(either, 'rosa')}"
    for form in ({"reason": "Help"}, with_key(other, reason="Help")):
        locked = ruth.post(f"{place}/open", form, content_type=MULTIPART)
        assert locked.status_code == 403 and HIDDEN not in locked.text
    assert ruth.post(f"{place}/open", with_key(rosa, reason=" "), content_type=MULTIPART).status_code == 400
    opened = ruth.post(f"{place}/open", with_key(rosa, reason="She asked"), content_type=MULTIPART)
    assert HIDDEN in opened.text and "Fatou Diop" in opened.text
    assert opened.headers["Cache-Control"] == "no-store"
    assert actions(either) == ["sealed", "sealed_opened"]
    data = ruth.post(f"{place}/export", with_key(rosa), content_type=MULTIPART).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        document = json.loads(archive.read(f"{either.cast.fatou}.json"))
    assert [row["reason"] for row in document["sections"]["access"] if row["action"] == "sealed_opened"] == [
        "She asked",
        "subject export",
    ]


def test_a_key_on_the_server_opens_for_its_own_account_only(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    assert ruth.post("/stewards/make").status_code == 303
    key = seal(desk, "Ruth")
    assert HIDDEN in ruth.post(f"/sealed/{key}/open", {"reason": "Help"}).text
    other = desk.account("Berta", "administrator")
    assert other.post(f"/sealed/{key}/open", {"reason": "Curious"}).status_code == 403


def test_an_opened_record_is_in_words_of_the_reader_s_language(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    rosa, arabic = add_key(ruth, "rosa"), {"Accept-Language": "ar"}
    place = f"/sealed/{seal(desk, 'rosa')}"
    opened = ruth.post(f"{place}/open", with_key(rosa, reason="She asked"), content_type=MULTIPART, headers=arabic)
    shown = set(re.findall(r"<dd>\s*(?:<bdi[^>]*>)?([^<]*)", opened.text))
    assert {"السنغال", "البريد الإلكتروني", "نعم"} <= shown
    assert not shown & {"email", "true", "holder", "active", "preferred", "SN", "unknown", "speaks"}


def test_who_is_sealed_already_is_not_offered_for_sealing(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    add_key(ruth, "rosa")
    key = seal(desk, "rosa")
    answer = ruth.get(f"/sealed/seal/{key.rpartition('/')[2]}")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/sealed/{key}")


def test_a_new_key_locks_a_retired_steward_out(either: Desk) -> None:
    ruth = either.visit("Ruth")
    rosa, nils = add_key(ruth, "rosa"), add_key(ruth, "nils")
    place = f"/sealed/{seal(either, 'rosa', 'nils')}"
    ruth.post("/stewards/retire", {"name": "nils"})
    assert "still opens records" in ruth.get("/stewards/").text
    assert "Give it a new key" in ruth.get(place).text
    answer = ruth.post(f"{place}/rotate", with_key(rosa, steward="rosa"), content_type=MULTIPART)
    assert "under a new key" in answer.text
    assert ruth.post(f"{place}/open", with_key(nils, reason="x"), content_type=MULTIPART).status_code == 403
    assert HIDDEN in ruth.post(f"{place}/open", with_key(rosa, reason="x"), content_type=MULTIPART).text
    with session_scope(either.engine, OPERATOR) as session:
        assert len(session.scalars(sa.select(SealedKey)).all()) == 1


def test_a_record_is_handed_over_unsealed_and_erased(either: Desk) -> None:
    ruth = either.visit("Ruth")
    rosa, lawyer = add_key(ruth, "rosa"), pyrage.x25519.Identity.generate()
    key = seal(either, "rosa")
    form = with_key(rosa, recipient=str(lawyer.to_public()))
    file = ruth.post(f"/sealed/{key}/hand-over", form, content_type=MULTIPART).data
    assert HIDDEN in pyrage.decrypt(file, [lawyer]).decode()
    assert ruth.post(f"/sealed/{key}/unseal", with_key(rosa), content_type=MULTIPART).status_code == 303
    assert person(either, key).protection is Protection.ELEVATED
    seal(either, "rosa")
    assert "What goes" in ruth.get(f"/sealed/{key}/erase").text
    assert ruth.post(f"/sealed/{key}/erase").status_code == 422
    assert ruth.post(f"/sealed/{key}/erase", {"understood": "yes"}).status_code == 200
    assert ruth.get(f"/sealed/{key}").status_code == 404


def test_not_one_byte_of_a_sealed_person_stays_on_disk(desk: Desk, data_dir: Path) -> None:
    add_key(desk.visit("Ruth"), "rosa")
    assert HIDDEN.encode() in bytes_of(desk, data_dir)
    seal(desk, "rosa")
    for secret in (HIDDEN, "Fatou D.", "fatou d."):
        assert secret.encode() not in bytes_of(desk, data_dir), secret


def test_a_hit_is_answered_somebody_else_or_sealed_too(either: Desk) -> None:
    ruth, cast = either.visit("Ruth"), either.cast
    rosa = add_key(ruth, "rosa")
    key = seal(either, "rosa")
    with session_scope(either.engine, OPERATOR, writing=True) as session:
        ids = {one.public_id: one.id for one in session.scalars(sa.select(Person))}
        session.add(SealedHit(person_id=ids[key], found_id=ids[cast.layla]))
        session.add(SealedHit(person_id=ids[key], found_id=ids[cast.twins[0]]))
    assert "2 new records may be of somebody sealed" in ruth.get("/sealed/").text
    with session_scope(either.engine, OPERATOR) as session:
        first, second = session.scalars(sa.select(SealedHit.id).order_by(SealedHit.id))
    assert ruth.post(f"/stewards/hits/{first}/other").status_code == 303
    assert ruth.post(f"/stewards/hits/{first}/other").status_code == 404
    assert ruth.post(f"/stewards/hits/{second}/same", {}, content_type=MULTIPART).status_code == 403
    answer = ruth.post(f"/stewards/hits/{second}/same", with_key(rosa), content_type=MULTIPART)
    assert "became part of the sealed one" in answer.text
    assert "Nothing waits" in ruth.get("/stewards/hits").text
    assert ruth.get(f"/people/{cast.twins[0]}").status_code == 404
    opened = ruth.post(f"/sealed/{key}/open", with_key(rosa, reason="Look"), content_type=MULTIPART).text
    assert "Fatou Diop" in opened and "Volunteer 000" in opened
    assert person(either, key).display_name == "Acacia"
