"""Answers of a sheet: said in the columns of the workbench, kept with the import, shown to those who work with them."""

from __future__ import annotations

import datetime as dt
import re

from tests.admin.conftest import Desk, Visitor
from wmcrm.models import now_utc

SOON = now_utc().date() + dt.timedelta(days=20)
SHEET = b"Full name,E-mail,T-shirt,Religion\nAwa Ndiaye,awa.new@example.org,M,none\nModou Fall,modou@example.org,XL,\n"


def dropped(desk: Desk, visitor: Visitor) -> str:
    """The address of a draft for the cast's event."""
    from io import BytesIO

    sent = visitor.post("/import/", {"sheet": (BytesIO(SHEET), "sheet.csv")}, content_type="multipart/form-data")
    page = str(sent.location)
    visitor.post(f"{page}/event", {"event": desk.cast.edit_a_thon})
    return page


def kept(visitor: Visitor, page: str, **other: str) -> str:
    """The columns saved with the third as an answer; the page afterwards."""
    told = {"column-2": "answer", "was-2": "", "answer-purpose": "event_logistics", "answer-until": SOON.isoformat()}
    assert visitor.post(f"{page}/columns", told | other).status_code == 303
    return visitor.get(page).text


def imported(visitor: Visitor, page: str) -> str:
    (confirmed,) = re.findall(r'name="confirmed" value="([^"]+)"', visitor.get(page).text)
    return str(visitor.post(f"{page}/apply", {"confirmed": confirmed}).location)


def test_answers_are_mapped_kept_shown_and_taken_back(either: Desk) -> None:
    aicha = either.visit("Aïcha")
    page = dropped(either, aicha)
    shown = kept(aicha, page)
    assert '<option value="answer" selected>' in shown and "Answers of 1 column are kept until" in shown
    run = imported(aicha, page)
    answers = f"/events/{either.cast.edit_a_thon}/answers"
    assert answers in aicha.get(run).text and answers in aicha.get(f"/events/{either.cast.edit_a_thon}").text
    listed = aicha.get(answers).text
    assert "T-shirt" in listed and "Event logistics" in listed and "XL" not in listed
    assert "XL" in aicha.post(answers).text
    assert aicha.post(f"{run}/undo", {"sure": "1"}).status_code == 303
    assert "T-shirt" not in aicha.get(answers).text


def test_others_read_no_answer(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    page = dropped(desk, aicha)
    kept(aicha, page)
    imported(aicha, page)
    answers = f"/events/{desk.cast.edit_a_thon}/answers"
    dana = desk.visit("Dana")
    assert "T-shirt" not in dana.get(answers).text and "XL" not in dana.post(answers).text
    assert desk.visit("Omar").get(answers).status_code == 403
    assert dana.get("/events/e_unknown/answers").status_code == 404


def test_what_is_missing_is_said_in_one_line_and_the_draft_stays(desk: Desk) -> None:
    aicha = desk.visit("Aïcha")
    page = dropped(desk, aicha)
    for wrong in ({"answer-until": ""}, {"answer-until": "soon"}, {"answer-purpose": ""}, {"answer-purpose": "a/b=c"}):
        assert "Say what the answers are for" in kept(aicha, page, **wrong)
        assert '<option value="answer" selected>' not in aicha.get(page).text
    past = (now_utc().date() - dt.timedelta(days=2)).isoformat()
    assert "Answers are kept until a day from today" in kept(aicha, page, **{"answer-until": past})
    assert "Answers of 1 column" in kept(aicha, page)
    religion = {"column-3": "answer", "was-3": ""}
    assert "Answers of 1 column are" in kept(aicha, page, **religion), "a column about belief stays out"
    left_out = kept(aicha, page, **{"column-2": "", "was-2": "answer"})
    assert '<option value="answer" selected>' not in left_out
