"""Words: every stored value has one, and every sentence is translated."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum

import pytest

from admin_app.assets import ROOT, check_assets, icon_table, npm_command, without_data_uris
from admin_app.contact_words import listed
from admin_app.icons import find_icon
from admin_app.labels import FIELDS
from admin_app.messages import catalogue_files, missing, read_catalogue, said
from admin_app.person_history import HIDDEN, MASKED
from admin_app.privacy_words import PRIVACY
from admin_app.words import WORDS, word
from tests.admin.conftest import Desk
from wmcrm.models import EventStatus, Outcome, enums, kinds, metadata

ENUMERATIONS = sorted(
    {
        kind
        for module in (enums, kinds)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, StrEnum) and kind is not StrEnum
    },
    key=lambda kind: kind.__name__,
)
PLACES = re.compile(r"%\(\w+\)s|(?<!\{)\{\w+\}(?!\})")


def test_every_stored_value_has_a_word() -> None:
    assert [
        f"{kind.__name__}.{member.value}" for kind in ENUMERATIONS for member in kind if member.value not in WORDS
    ] == []


def test_every_field_that_a_history_shows_has_a_word() -> None:
    tables = ("person", "residence", "person_name", "wiki_account", "contact_point", "language_skill", "membership")
    tables += ("participation", "consent_event", "holding", "restriction", "person_skill", "involvement", "merge")
    named = {*WORDS, *PRIVACY, *FIELDS, *HIDDEN, *MASKED}
    assert {column.name for table in tables for column in metadata.tables[table].columns} - named == set()


def test_an_event_that_was_held_is_not_a_row_that_is_held() -> None:
    assert word(EventStatus.HELD) != word(Outcome.HELD)


def test_a_constant_of_a_template_is_said_in_the_language_of_each_reader(desk: Desk) -> None:
    page = desk.app.jinja_env.from_string("{{ 'unproven' | word }}")
    said_in = {}
    for language in ("en", "ar", "en"):
        with desk.app.test_request_context(headers={"Accept-Language": language}):
            said_in[language] = page.render()
    assert said_in == {"en": "Unproven", "ar": "غير مثبت"}


def test_two_parts_in_arabic_are_said_once_each(desk: Desk) -> None:
    with desk.app.test_request_context(headers={"Accept-Language": "ar"}):
        assert listed(["أ", "ب"]) == "أ، ب"
    with desk.app.test_request_context(headers={"Accept-Language": "en"}):
        assert listed(["a", "b"]) == "a, b"


@pytest.mark.parametrize("path", catalogue_files(), ids=lambda path: path.parent.parent.name)
def test_nothing_is_left_untranslated(path: object) -> None:
    assert list(missing(read_catalogue(path), said())) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("path", catalogue_files(), ids=lambda path: path.parent.parent.name)
def test_translations_have_the_places_of_the_original(path: object) -> None:
    for message in read_catalogue(path):  # type: ignore[arg-type]
        if not message.id:
            continue
        original = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        told = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for text in told:
            strange = set(PLACES.findall(text)) - set(PLACES.findall(original))
            assert not strange, original


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_the_front_end_is_there() -> None:
    check_assets()
    assert npm_command()
    assert find_icon("search").shapes


def test_pictures_inside_a_style_sheet_become_files(tmp_path: object) -> None:
    css = "a{background:url('data:image/svg+xml;utf8,<svg fill=\"%23000\"></svg>')}"
    assert without_data_uris(css, tmp_path) == "a{background:url(codex-0.svg)}"  # type: ignore[arg-type]
    assert (tmp_path / "codex-0.svg").read_text() == '<svg fill="#000"></svg>'  # type: ignore[operator]


def test_an_icon_that_points_somewhere_is_mirrored() -> None:
    made = icon_table(
        {"cdxIconNext": {"ltr": '<path d="M1 1"/>', "shouldFlip": True}, "cdxIconAdd": '<path d="M0 0"/>'}
    )
    assert (made["next"]["flip"], made["add"]["flip"]) == (True, False)


def test_lengths_of_time_and_what_is_shipped_are_said_in_arabic(shared_desk: Desk) -> None:
    ruth = shared_desk.visit("Ruth")
    for page, arabic, english in (
        ("/retention/", "180 يومًا", "180 days"),
        ("/retention/processing", "من يسجّلون في الفعاليات", "People who sign up"),
        ("/consent/", "إرسال نشرة إخبارية إليك", "Send you a newsletter"),
    ):
        text = ruth.get(page, headers={"Accept-Language": "ar"}).text
        assert arabic in text and english not in text, page
