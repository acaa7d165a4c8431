"""The import workbench: a sheet is looked at before anything is stored, imported once, and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import SQLModel, col

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk, Visitor
from tests.admin.sheets import sign_ups
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import (
    AccessLogEntry,
    ConsentEvent,
    ContactPoint,
    Event,
    ImportRun,
    Participation,
    Person,
    PersonStatus,
    StoredFile,
)
from wmcrm.sheets import read_bytes

SAMPLES = Path(__file__).parents[2] / "admin_app" / "samples"
CONFIRMED = re.compile(r'name="confirmed" value="([0-9a-f]+)"')
EFFECT = re.compile(r'class="effect__text"[^>]*>\s*([^<]*?)\s*<', re.S)
OUSMANE = 6  # the row with Fatou's mailbox and another name
NOBODY = 10
TOO_MUCH = 21 * 1024 * 1024 + 1


def drop(visitor: Visitor, data: bytes, name: str = "sheet.csv") -> str:
    """The path of the draft of a file that was dropped."""
    answer = visitor.post("/import/", {"sheet": (BytesIO(data), name)}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def effect(visitor: Visitor, draft: str) -> str:
    """What the page says that the import would do."""
    found = EFFECT.search(visitor.get(draft).text)
    assert found
    return found.group(1)


def seen(visitor: Visitor, draft: str) -> str:
    """The fingerprint of the plan on the page."""
    page = visitor.get(draft).text
    found = CONFIRMED.search(page)
    assert found, page
    return found.group(1)


def confirm(visitor: Visitor, draft: str) -> str:
    """Import what the page shows; the path of the import."""
    answer = visitor.post(f"{draft}/apply", {"confirmed": seen(visitor, draft)})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def count(desk: Desk, model: type[SQLModel], *conditions: sa.ColumnElement[bool]) -> int:
    with session_scope(desk.engine, OPERATOR) as session:
        return session.execute(sa.select(sa.func.count()).select_from(model).where(*conditions)).scalar_one()


@contextmanager
def counted_questions(desk: Desk) -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(desk.engine, "before_cursor_execute", note)
    yield asked
    event.remove(desk.engine, "before_cursor_execute", note)


def test_a_clean_sheet_takes_a_drop_and_one_press(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    before = count(either, Person)
    draft = drop(aicha, sign_ups())
    assert effect(aicha, draft) == "15 new, 3 linked, 1 held, 1 left out"
    assert count(either, Person) == before
    made = confirm(aicha, draft)
    assert count(either, Person) == before + 16
    page = aicha.get(made).text
    assert "Import for Dakar edit-a-thon" in page
    assert "Newcomer A" in page


@pytest.mark.parametrize("name", ["gforms_0.xlsx", "handtyped_0.xlsx", "eventbrite_0.csv"])
def test_exports_of_known_programs_are_read_mapped_and_planned(desk: Desk, name: str) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, (SAMPLES / name).read_bytes(), name)
    assert aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon}).status_code == 303
    assert re.match(r"\d+ new, ", effect(aicha, draft))


def test_cells_can_be_pasted(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    answer = aicha.post("/import/", {"cells": "Name\tE-mail\nSalif Keïta\tsalif@example.org\n"})
    aicha.post(f"{answer.location}/event", {"event": desk.cast.edit_a_thon})
    assert effect(aicha, str(answer.location)).startswith("1 new")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty"),
        (b"%PDF-1.7 something", "not a sheet"),
        (b"<html><body><table></table></body></html>", "This file is a web page"),
        (b"PK\x03\x04" + b"\x00" * 200, "This file is"),
    ],
)
def test_what_is_no_sheet_is_refused_by_name_and_nothing_is_stored(desk: Desk, data: bytes, said: str) -> None:
    aicha = desk.visit("Aïcha")
    answer = aicha.post("/import/", {"sheet": (BytesIO(data), "list.xlsx")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text or "The end of this file is missing" in answer.text
    assert count(desk, StoredFile) == count(desk, ImportRun) == 0


def test_without_a_file_and_cells_the_page_says_what_to_do(desk: Desk) -> None:
    answer = desk.visit("Aïcha").post("/import/", {"cells": "  "})
    assert (answer.status_code, "Choose a file or paste cells" in answer.text) == (422, True)


def test_too_large_a_file_gets_a_page_that_says_so(desk: Desk) -> None:
    announced = {"CONTENT_LENGTH": str(TOO_MUCH)}
    kind = "multipart/form-data; boundary=x"
    answer = desk.visit("Aïcha").client.post("/import/", content_type=kind, environ_overrides=announced)
    assert answer.status_code == 413
    assert "Files may have up to 20 MB" in answer.text


def test_a_draft_is_its_importers_alone(desk: Desk) -> None:
    draft = drop(desk.visit("Aïcha"), sign_ups())
    for name in ("Sami", "Dana", "Ruth"):
        assert desk.visit(name).get(draft).status_code == 404, name
        for part in ("event", "columns", "decide", "mend", "apply", "drop", "consent", "reading", "undo", "failed"):
            assert desk.visit(name).post(f"{draft}/{part}").status_code in {400, 404, 409}, (name, part)
    assert desk.visit("Omar").get(draft).status_code == 403
    assert count(desk, ImportRun) == 1


def test_the_event_is_made_with_the_import(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    draft = drop(aicha, b"Name,E-mail\nSalif Keita,salif@example.org\n", "Thies photo walk 2026-05-09.csv")
    page = aicha.get(draft).text
    assert 'value="Thies photo walk"' in page
    assert 'value="2026-05-09"' in page
    told = {"title": "Thiès photo walk", "starts_on": "2026-05-09", "country": "SN", "timezone": "Africa/Dakar"}
    refused = aicha.post(f"{draft}/new-event", {**told, "event_type": "meetup", "holder": ""})
    assert refused.status_code == 422
    sent = {**told, "event_type": "meetup", "holder": either.cast.baobab}
    assert aicha.post(f"{draft}/new-event", sent).status_code == 303
    assert count(either, Event) == 2
    confirm(aicha, draft)
    assert count(either, Event, col(Event.title) == "Thiès photo walk", col(Event.timezone) == "Africa/Dakar") == 1


def test_records_cannot_be_held_by_an_affiliate_of_others(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    answer = aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon, "affiliate": desk.cast.fjord})
    assert answer.status_code == 403
    told = {"title": "X", "starts_on": "2026-05-09", "timezone": "UTC", "event_type": "meetup"}
    assert aicha.post(f"{draft}/new-event", {**told, "holder": desk.cast.fjord}).status_code == 422


def test_a_column_can_be_given_another_meaning_and_is_remembered_for_the_next_sheet(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    odd = b"Who,Zorp,E-mail\nSalif Keita,SalifK,salif@example.org\nAwa Fall,AwaFall,awa@example.org\n"
    draft = drop(aicha, odd)
    aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon})
    assert aicha.post(f"{draft}/columns", {"column-1": "username", "was-1": ""}).status_code == 303
    assert "SalifK" in aicha.get(draft).text
    confirm(aicha, draft)
    again = drop(aicha, odd.replace(b"Salif", b"Modou"))
    assert "as last time" in aicha.get(again).text


def test_an_unknown_meaning_of_a_column_is_refused(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    assert aicha.post(f"{draft}/columns", {"column-1": "password", "was-1": "email"}).status_code == 400


def test_a_sensitive_column_is_marked_hidden_and_never_imported(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    aicha.post(f"{draft}/columns", {"column-6": "notes", "was-6": ""})
    page = aicha.get(draft).text
    assert "Sensitive: diet. Not imported." in page
    assert "vegan" not in page
    assert 'name="column-6"' not in page


def test_a_sheet_of_which_no_column_names_people_asks_for_one(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, b"Zorp,Blip\n1,2\n3,4\n")
    aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon})
    page = aicha.get(draft)
    assert page.status_code == 200
    assert "No column tells who the people are" in page.text


def test_the_sheet_is_no_consent_unless_somebody_says_for_what(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    confirm(aicha, draft)
    assert count(either, ConsentEvent) == 0
    second = drop(aicha, sign_ups())
    terms = {"purpose": "event_follow_up", "notice": "v3", "collected_on": "2026-03-14", "collector": "Aïcha"}
    assert aicha.post(f"{second}/consent", terms).status_code == 303
    confirm(aicha, second)
    assert count(either, ConsentEvent) > 10


def test_consent_terms_with_a_mistake_come_back_with_what_was_typed(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    sent = {"purpose": "event_follow_up", "notice": "v3", "collected_on": "31/02/2026", "collector": ""}
    answer = aicha.post(f"{draft}/consent", sent)
    assert answer.status_code == 422
    assert 'value="v3"' in answer.text


def test_a_card_shows_which_keys_agree_and_no_contact_value_of_the_candidate(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    page = aicha.get(drop(aicha, b"Name,Username,E-mail\nOusmane Ba,Fatou D.,ousmane@example.org\n")).text
    assert HIDDEN not in page
    draft = drop(aicha, b"Name,Username,E-mail\nOusmane Ba,Fatou D.,ousmane@example.org\n")
    aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon})
    page = aicha.get(draft).text
    assert "same username" in page
    assert "another e-mail" in page
    assert HIDDEN not in page


def test_the_same_person_is_linked_and_the_card_stays_to_be_changed(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    fatou = either.cast.fatou
    said = {f"decision-{OUSMANE}": fatou, f"offered-{OUSMANE}": fatou}
    assert aicha.post(f"{draft}/decide", said).status_code == 303
    assert effect(aicha, draft) == "15 new, 4 linked, 0 held, 1 left out"
    assert f'value="{fatou}" data-key="1" checked' in aicha.get(draft).text
    aicha.post(f"{draft}/decide", {f"decision-{OUSMANE}": "new", f"offered-{OUSMANE}": fatou})
    assert effect(aicha, draft) == "16 new, 3 linked, 0 held, 1 left out"
    aicha.post(f"{draft}/decide", {f"decision-{OUSMANE}": "later", f"offered-{OUSMANE}": fatou})
    assert effect(aicha, draft) == "15 new, 3 linked, 1 held, 1 left out"


def test_a_decision_by_key_gets_the_new_effect_back_and_nothing_else(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    answer = aicha.post(f"{draft}/decide", {f"decision-{OUSMANE}": "new", "part": "effect"})
    assert answer.status_code == 200
    assert "16 new, 3 linked, 0 held" in answer.text
    assert "<html" not in answer.text


def test_somebody_whom_the_importer_may_not_see_cannot_be_named_as_the_same(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    for foreign in (desk.cast.foreign, "p_nosuchperson", "'; drop table person"):
        aicha.post(f"{draft}/decide", {f"decision-{OUSMANE}": foreign, f"offered-{OUSMANE}": foreign})
        assert effect(aicha, draft) == "15 new, 3 linked, 1 held, 1 left out"
        assert "Kari" not in aicha.get(draft).text


def test_two_rows_that_may_be_one_person_can_be_said_to_be(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, b"Name,E-mail\nSalif Keita,family@example.org\nModou Fall,family@example.org\n")
    aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon})
    assert "The same as row 2 of this sheet" in aicha.get(draft).text
    aicha.post(f"{draft}/decide", {"decision-3": "row-2", "offered-3": "row-2"})
    assert effect(aicha, draft) == "1 new, 1 linked, 0 held, 0 left out"
    assert 'value="row-2" checked' in aicha.get(draft).text


def test_a_cell_is_mended_in_place_and_the_sheet_as_typed_is_known_again(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    data = b"Name,E-mail\nMoussa Faye,moussa@gmial.com\nAwa Fall,awa fall@example.org\n"
    draft = drop(aicha, data)
    aicha.post(f"{draft}/event", {"event": either.cast.edit_a_thon})
    page = aicha.get(draft).text
    assert "Use moussa@gmail.com" in page
    aicha.post(f"{draft}/mend", {"use": "2-1", "suggestion-2-1": "moussa@gmail.com", "seen-2": "1", "seen-3": "1"})
    aicha.post(f"{draft}/mend", {"cell-3-1": "awa.fall@example.org", "was-3-1": "awa fall@example.org"})
    assert "You put 2 cells right" in aicha.get(draft).text
    confirm(aicha, draft)
    assert count(either, ContactPoint, col(ContactPoint.normalized) == "moussa@gmail.com") == 1
    assert count(either, ContactPoint, col(ContactPoint.normalized) == "awa.fall@example.org") == 1
    again = drop(aicha, data)
    assert effect(aicha, again) == "0 new, 2 linked, 0 held, 0 left out"
    assert "0 rows differ." in aicha.get(again).text


def test_mended_cells_can_be_read_as_typed_again(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    aicha.post(f"{draft}/mend", {"cell-10-0": "Somebody New", "was-10-0": ""})
    assert effect(aicha, draft) == "16 new, 3 linked, 1 held, 0 left out"
    aicha.post(f"{draft}/mend", {"forget": "1"})
    assert effect(aicha, draft) == "15 new, 3 linked, 1 held, 1 left out"


def test_a_row_is_left_out_and_brought_back(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    aicha.post(f"{draft}/mend", {"seen-8": "1", "out-8": "1"})
    assert effect(aicha, draft) == "14 new, 3 linked, 1 held, 2 left out"
    aicha.post(f"{draft}/mend", {"seen-8": "1"})
    assert effect(aicha, draft) == "15 new, 3 linked, 1 held, 1 left out"


def test_pressing_twice_imports_once(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    confirmed = seen(aicha, draft)
    first = aicha.post(f"{draft}/apply", {"confirmed": confirmed})
    after = count(either, Person)
    second = aicha.post(f"{draft}/apply", {"confirmed": confirmed})
    assert first.location == second.location
    assert count(either, Person) == after
    assert aicha.get(draft).location == first.location


def test_what_was_seen_is_what_is_imported_or_it_is_asked_again(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    page = aicha.get(draft).text
    told = re.search(r'name="effect" value="([^"]+)"', page)
    assert told
    effect_seen = told.group(1).replace("&#34;", '"')
    confirmed = seen(aicha, draft)
    with session_scope(either.engine, OPERATOR, writing=True) as session:
        person = session.scalars(sa.select(Person).where(col(Person.public_id) == either.cast.layla)).one()
        person.status = PersonStatus.ERASED
    before = count(either, Person)
    answer = aicha.post(f"{draft}/apply", {"confirmed": confirmed, "effect": effect_seen})
    assert answer.status_code == 409
    assert "the data changed since the preview" in answer.text
    assert "New: 15 before, 16 now" in answer.text
    assert count(either, Person) == before
    confirm(aicha, draft)


def test_the_file_of_a_draft_goes_when_it_is_imported_or_dropped(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    confirm(aicha, drop(aicha, sign_ups()))
    draft = drop(aicha, b"Name\nSalif Keita\n")
    assert aicha.post(f"{draft}/drop").status_code == 303
    assert count(desk, StoredFile) == 0
    assert aicha.get(draft).status_code == 404


def test_the_same_file_again_says_when_it_was_imported(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    confirm(aicha, drop(aicha, sign_ups()))
    again = drop(aicha, sign_ups())
    page = aicha.get(again).text
    assert "This file was imported on" in page
    assert "0 rows differ." in page
    changed = drop(aicha, sign_ups(extra=14))
    assert "2 rows differ." in aicha.get(changed).text


def test_rows_to_mend_come_back_with_reasons_to_their_importer_and_that_is_logged(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    made = confirm(aicha, drop(aicha, sign_ups()))
    assert "Download 3 rows with reasons" in aicha.get(made).text
    answer = aicha.post(f"{made}/failed", {"format": "xlsx"})
    with read_bytes(answer.data) as file:
        rows = [row.cells for row in file.tables[0]]
    assert rows[0][-2:] == ("Row", "Problem")
    assert len(rows) == 4
    as_csv = aicha.post(f"{made}/failed", {"format": "csv"})
    assert as_csv.content_type.startswith("text/csv")
    assert count(desk, AccessLogEntry, col(AccessLogEntry.action) == "import_failed_rows") == 2
    assert desk.visit("Sami").post(f"{made}/failed").status_code == 403
    assert desk.visit("Dana").post(f"{made}/failed").status_code == 404


def test_undo_says_first_what_it_does_and_then_does_it(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    before = count(either, Person), count(either, Participation)
    made = confirm(aicha, drop(aicha, sign_ups()))
    after = count(either, Person), count(either, Participation)
    asked = aicha.post(f"{made}/undo")
    assert asked.status_code == 200
    assert "Person: 16" in asked.text
    assert (count(either, Person), count(either, Participation)) == after
    assert aicha.post(f"{made}/undo", {"sure": "1"}).status_code == 303
    assert (count(either, Person), count(either, Participation)) == before
    page = aicha.get(made).text
    assert "This import was taken back" in page
    assert "Person: 16" in page
    assert aicha.post(f"{made}/undo", {"sure": "1"}).status_code == 409


def test_an_import_is_taken_back_by_its_importer_or_a_steward(desk: Desk) -> None:
    made = confirm(desk.visit("Aïcha"), drop(desk.visit("Aïcha"), sign_ups()))
    assert desk.visit("Omar").post(f"{made}/undo").status_code == 403
    assert desk.visit("Dana").post(f"{made}/undo").status_code == 404
    assert desk.visit("Sami").post(f"{made}/undo", {"sure": "1"}).status_code == 303


def test_imports_are_listed_in_scope_by_pages(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    made = confirm(aicha, drop(aicha, sign_ups()))
    assert made in aicha.get("/import/").text
    assert "Aïcha" in desk.visit("Ruth").get("/import/").text
    assert "a colleague" in desk.visit("Sami").get("/import/").text
    assert made not in desk.visit("Dana").get("/import/").text
    assert aicha.get("/import/?after=nonsense").status_code == 400


def test_rows_of_an_import_hold_no_contact_value(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    made = confirm(aicha, drop(aicha, sign_ups()))
    for address in (made, f"{made}?outcome=new", f"{made}?outcome=held", f"{made}?after=9"):
        page = aicha.get(address).text
        assert "@example" not in page, address


def test_long_buckets_are_paged(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups(extra=26) + b"".join(b"Guest %d,g%d@example.org\n" % (n, n) for n in range(60)))
    first, second = aicha.get(draft).text, aicha.get(f"{draft}?new=2").text
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    assert "g59@example.org" not in first
    assert "g59@example.org" in second


@pytest.mark.parametrize(
    "address",
    ["/import/1", "/import/r_nosuchrun", "/import/%27", "/import/r_" + "a" * 300, "/import/..", "/import/r_x/undo/now"],
)
def test_addresses_that_name_nothing_are_not_found(desk: Desk, address: str) -> None:
    assert desk.visit("Ruth").get(address).status_code == 404


def test_odd_questions_and_forms_break_nothing(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, sign_ups())
    for question in ("?check=-1", "?new=999999999999", "?problem=x", "?find=%25_%5C", "?find=" + "ä" * 500, "?same=٣"):
        assert aicha.get(draft + question).status_code == 200, question
    odd = {"decision-abc": "new", "decision-99999999999": "new", "out--1": "1", "cell-1": "x", "cell-5-999": "y"}
    for part in ("decide", "mend", "columns"):
        assert aicha.post(f"{draft}/{part}", {**odd, "was-5-999": ""}).status_code == 303, part
    assert aicha.get(draft).status_code == 200
    refused = {"encoding": "rot13", "delimiter": "x", "date_order": "yyy"}
    for name, value in refused.items():
        assert aicha.post(f"{draft}/reading", {name: value}).status_code == 400, name
    assert aicha.post(f"{draft}/reading", {"sheet": "No such sheet"}).status_code == 400
    assert aicha.post(f"{draft}/event", {"event": "e_nosuchevent"}).status_code == 404
    assert aicha.post(f"{draft}/event", {"rows_mean": "nothing"}).status_code == 400
    assert aicha.post(f"{draft}/consent", {"purpose": "world domination"}).status_code == 422


def test_another_encoding_is_read_again(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    draft = drop(aicha, "Name;E-mail\nFrançois Béré;f@example.org\n".encode("cp1252"))
    aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon})
    assert "François Béré" in aicha.get(draft).text
    assert aicha.post(f"{draft}/reading", {"encoding": "cp1251"}).status_code == 303
    assert "François" not in aicha.get(draft).text


def test_markup_in_a_sheet_is_shown_as_text(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    row = '<script>alert(1)</script>,<b>x</b>@example.org,"\';--"\n'
    draft = drop(aicha, f"<i>Name</i> Name,E-mail,<img src=x onerror=alert(1)>\n{row}".encode())
    aicha.post(f"{draft}/columns", {"column-0": "full_name", "was-0": ""})
    aicha.post(f"{draft}/event", {"event": desk.cast.edit_a_thon})
    page = aicha.get(draft).text
    assert "<script>alert" not in page
    assert "<img src" not in page


def test_a_page_of_a_draft_asks_the_database_a_fixed_number_of_questions(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    small, large = drop(aicha, sign_ups(extra=2)), drop(aicha, sign_ups(extra=200))
    counts = []
    for draft in (small, large):
        aicha.get(draft)
        with counted_questions(desk) as asked:
            aicha.get(draft)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 50, counts
