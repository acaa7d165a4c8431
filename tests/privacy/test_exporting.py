"""Access: the person gets everything, in a document and on a page."""

from __future__ import annotations

import datetime as dt
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_person, invite_cast
from tests.privacy.life import SECRETS, add_canary
from wmcrm.consent import add_notice
from wmcrm.db import Session
from wmcrm.dedupe import merge
from wmcrm.errors import BadInputError
from wmcrm.models import Channel, ContactPoint, LanguageSkill, Person
from wmcrm.outreach import outreach, reveal
from wmcrm.privacy import export_subject
from wmcrm.privacy.collecting import shown_tables

DAY = dt.date(2026, 4, 1)


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def exported(session: Session, person: Person, folder: Path) -> tuple[dict[str, list[dict[str, object]]], str]:
    files = export_subject(session, person, folder)
    return json.loads(files.document.read_text("utf-8"))["sections"], files.page.read_text("utf-8")


def test_an_export_holds_everything_that_is_stored_of_a_person(session: Session, cast: Cast, tmp_path: Path) -> None:
    person = add_canary(session, cast)
    add_notice(session, "v3", purpose="newsletter", language="fr", wording="Nous vous écrivons chaque mois.")
    outreach(session, [person.id], purpose="newsletter", channel=Channel.EMAIL, reason="Spring letter", on=DAY)
    sections, page = exported(session, person, tmp_path)
    document = json.dumps(sections, ensure_ascii=False)
    assert [secret for secret in SECRETS if secret not in document or secret not in page] == []
    assert sections["consents"][0]["wording"] == "Nous vous écrivons chaque mois."
    assert [row["reason"] for row in sections["recipients"]] == ["Spring letter"]
    assert sections["sources"][0]["row_number"] == 2
    assert sections["participation"][0]["event"] == "Dakar meetup"
    assert sections["membership"][0]["affiliate"] == "Wikimedians of Senegal User Group"
    assert [row["what"] for row in sections["retention"]][:2] == [
        "Contact points of people who were in touch no more",
        "Cells of imported sheets and what was read from them",
    ]
    assert set(shown_tables()) < set(sections)


def test_an_export_says_who_looked_and_is_logged_itself(session: Session, cast: Cast, tmp_path: Path) -> None:
    exported(session, cast.aicha, tmp_path)
    point = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == cast.aicha.id)).one()
    reveal(session, point.id, "She lost her badge")
    sections, _ = exported(session, cast.aicha, tmp_path)
    assert [row["action"] for row in sections["access"]] == ["subject_export", "reveal"]


def test_other_people_stay_out_of_an_export(session: Session, cast: Cast, tmp_path: Path) -> None:
    sections, page = exported(session, add_canary(session, cast), tmp_path)
    for other in ("Omar", "Aïcha", "aicha@example.org", cast.omar.public_id):
        assert other not in json.dumps(sections, ensure_ascii=False)
        assert other not in page


def test_absorbed_records_are_in_the_export(session: Session, cast: Cast, tmp_path: Path) -> None:
    other = add_person(session, "A. Diop", email="a.diop@example.org")
    merge(session, cast.aicha, other)
    sections, _ = exported(session, other, tmp_path)
    assert {row["value"] for row in sections["contact_point"]} == {"aicha@example.org", "a.diop@example.org"}
    assert len(sections["person"]) == 2


def test_the_page_is_in_the_language_of_the_person_and_escapes_everything(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    cast.omar.display_name = '<script>alert(1)</script> & "Omar"'
    session.add(LanguageSkill(person_id=cast.omar.id, recorded_for_id=cast.omar.id, language="ar"))
    session.flush()
    _, page = exported(session, cast.omar, tmp_path)
    assert '<html lang="ar" dir="rtl">' in page and "البيانات المخزّنة عنك" in page
    assert "<script" not in page and "&lt;script&gt;" in page
    assert {"h1", "main", "table"} <= Tags.of(page)
    english = export_subject(session, cast.omar, tmp_path, language="en").page.read_text("utf-8")
    assert "What is stored about you" in english and 'dir="ltr"' in english
    with pytest.raises(BadInputError, match="en, ar"):
        export_subject(session, cast.omar, tmp_path, language="xx")


def test_the_files_are_private_and_their_names_say_nothing(session: Session, cast: Cast, tmp_path: Path) -> None:
    files = export_subject(session, cast.aicha, tmp_path / "new")
    assert {file.name for file in (files.document, files.page)} == {
        f"{cast.aicha.public_id}.json",
        f"{cast.aicha.public_id}.html",
    }
    assert {file.stat().st_mode & 0o777 for file in (files.document, files.page)} == {0o600}
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInputError, match="Nothing can be written"):
        export_subject(session, cast.aicha, tmp_path / "file")


class Tags(HTMLParser):
    """Collects the names of the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)

    @staticmethod
    def of(page: str) -> set[str]:
        parser = Tags()
        parser.feed(page)
        return parser.found
