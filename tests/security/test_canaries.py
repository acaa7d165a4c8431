"""Canaries: no page, search, form, file, command, error or log of one affiliate sings with the words of another.

The matrices (test_routes.py, test_commands.py) listen at every cell; here are what pages ask and offer, the
searches that compare, and both databases.
"""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.runner import run
from tests.security.commands import arguments, tree, write_files
from tests.security.conftest import Hall
from tests.security.forms import questions
from tests.security.planted import CANARIES, HIDDEN_FROM_ALL, HIDDEN_FROM_BAOBAB, Side, account_of, leaks
from tests.security.samples import addresses
from wmcrm.models import PermissionRole

ADMINISTRATOR = account_of(PermissionRole.ADMINISTRATOR)
FOREIGN = CANARIES[Side.FOREIGN]
# A word that all canaries begin with: a search for it finds whatever the reader may find.
SONG = "kanari"
TOKEN = re.compile(r'name="csrf_token"[^>]*>')


def test_no_page_with_any_question_sings(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    visitor, asked, sang = hall.visit(ADMINISTRATOR), 0, []
    seen: set[str] = set()
    # Every page without a record in its address, and those of the affiliate itself.
    waiting = [a.path for a in addresses(hall.app, hall.world) if a.method == "GET" and a.side in {None, Side.OWN}]
    while waiting:
        path = waiting.pop()
        shape = _shape(path)
        if shape in seen:
            continue
        seen.add(shape)
        body = visitor.get(path).data
        asked += 1
        if not path.startswith(("/sealed", "/stewards", "/static")):
            sang += [f"{path}: {leak}" for leak in leaks(body, HIDDEN_FROM_BAOBAB)]
        if "?" not in path:
            waiting += questions(path, body.decode("utf-8", "replace"), SONG)
    print(f"{asked} pages and questions")
    assert sang == []
    assert leaks(caplog.text.encode(), tuple(CANARIES)) == []


def _shape(path: str) -> str:
    """Two questions of one screen that name the same parameter are asked once, whatever is chosen."""
    parts = urlsplit(path)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("words", [FOREIGN, f"{FOREIGN} Row1", f"{FOREIGN}User1", f"{FOREIGN.lower()}1@example.org"])
def test_no_search_finds_people_of_another_affiliate(hall: Hall, words: str) -> None:
    visitor, ids = hall.visit(ADMINISTRATOR), _public_ids(hall)
    for address in (f"/people/?q={words}", f"/directory/?q={words}", f"/?q={words}"):
        assert [one for one in ids if one in visitor.get(address).text] == [], address
    typed = {"display_name": words, "username": words, "residence_country": "SN"}
    answer = visitor.post("/people/alike", typed)
    assert answer.status_code == 200
    assert [one for one in ids if one in answer.text] == []


def test_a_sheet_that_names_people_of_others_shows_nothing_of_them(hall: Hall) -> None:
    visitor, lower = hall.visit(ADMINISTRATOR), FOREIGN.lower()
    sheet = f"Name,Username,E-mail\nX,,{lower}1@example.org\nY,,{lower}@example.org\nZ,,{CANARIES[Side.SEALED].lower()}@example.org\n"
    begun = visitor.post(
        "/import/", {"sheet": (io.BytesIO(sheet.encode()), "s.csv")}, content_type="multipart/form-data"
    )
    assert begun.status_code == 303, begun.text
    shown = visitor.get(begun.location).text
    assert f"{lower}1@example.org" in shown, "the sheet was not read"
    assert [one for one in _public_ids(hall) if one in shown] == []
    for word in (
        f"{FOREIGN} Row1",
        f"{FOREIGN}User1",
        f"{FOREIGN} person_name",
        f"{CANARIES[Side.SEALED]} person_name",
    ):
        assert word.casefold() not in shown.casefold()


def _public_ids(hall: Hall) -> list[str]:
    return [hall.world.people[side] for side in HIDDEN_FROM_BAOBAB] + [hall.world.partners[Side.FOREIGN]]


def test_no_error_page_says_what_was_looked_for(hall: Hall) -> None:
    visitor = hall.visit(ADMINISTRATOR)
    for side in HIDDEN_FROM_BAOBAB:
        answer = visitor.get(f"/people/{hall.world.people[side]}")
        nowhere = visitor.get("/people/p_000000000000")
        assert answer.status_code == nowhere.status_code == 404
        ours, theirs = (TOKEN.sub("", page.text) for page in (nowhere, answer))
        assert ours.replace("p_000000000000", hall.world.people[side]) == theirs, "hidden, and unlike what is not there"


REPORTS = ("path", "cohorts", "entry-routes", "who-organizes-what", "event-results", "affiliate-health")
MORE = (
    ("people", "find", SONG, "--format", "json"),
    ("people", "find", FOREIGN, "--format", "json"),
    ("directory", "--format", "json"),
    ("paths", "--format", "json"),
    ("dedupe", "pairs", "--min-probability", "0", "--format", "json"),
    ("dedupe", "clusters", "--format", "json"),
    ("outreach", "--purpose", "newsletter", "--channel", "email", "--format", "json"),
    *(
        ("report", name, "--format", "json")
        for name in (*REPORTS, "succession", "coverage", "engagement", "data-duties")
    ),
)


def test_no_command_for_an_account_sings(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv("WMCRM_DATABASE_URL", hall.url)
    write_files(tmp_path)
    sang = []
    reading = ("people show", "history", "consent show", "why", "import rows", "lists open", "lists show")
    lines = [
        arguments(path, hall.world, side, tmp_path) for path in reading if path in tree() for side in hall.world.grounds
    ]
    for words in [*(line for line in lines if line), *(list(line) for line in MORE)]:
        ran = run(*words, "--as", ADMINISTRATOR)
        told = f"{ran.out} {ran.err}".replace(f"--{FOREIGN}", "")
        sang += [f"{' '.join(words)}: {leak}" for leak in leaks(told.encode(), HIDDEN_FROM_BAOBAB)]
    assert [one for one in sang if "people find Kanarifjord" not in one] == []
    assert leaks(caplog.text.encode(), tuple(CANARIES)) == []


def test_nobody_at_all_hears_sealed_or_erased_people(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", hall.url)
    visitor, sang = hall.visit(account_of(PermissionRole.PROGRAMME, "everywhere")), []
    for path in ("/", "/people/", f"/people/?q={SONG}", "/directory/", "/paths/", "/events/", "/affiliates/"):
        sang += [f"{path}: {leak}" for leak in leaks(visitor.get(path).data, HIDDEN_FROM_ALL)]
    for words in MORE:
        ran = run(*words)
        sang += [f"{' '.join(words)}: {leak}" for leak in leaks(f"{ran.out} {ran.err}".encode(), HIDDEN_FROM_ALL)]
    assert sang == []
