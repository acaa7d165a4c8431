"""The page of an export is read by people: in words of their language, without codes of the database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from enum import StrEnum

import pytest
import sqlalchemy as sa

from tests.cast import invite_cast
from tests.privacy.life import add_canary
from wmcrm.db import Session, Through
from wmcrm.models import ProcessingActivity, RetentionRule
from wmcrm.models.records import record_columns
from wmcrm.privacy import subject_of
from wmcrm.privacy.collecting import HIDDEN, LABELS
from wmcrm.privacy.exporting import collect_subject, shown_tables
from wmcrm.privacy.page import subject_page
from wmcrm.privacy.wording import LANGUAGES, wording_of

DERIVED = ("sources", "consents", "standing", "access", "recipients", "history", "retention", "processing", "sealed")
NOW = dt.datetime(2026, 5, 6, 7, 8, tzinfo=dt.UTC)


def columns_shown() -> Iterator[tuple[str, sa.Column[object]]]:
    for table in (*shown_tables(), "consent_event"):
        for name, column in record_columns(table).items():
            key = next(iter(column.foreign_keys), None)
            if name not in HIDDEN and (key is None or key.column.table.name in LABELS):
                yield (name if key is None else name.removesuffix("_id")), column


def codes() -> Iterator[str]:
    lists: set[type[StrEnum]] = {Through}
    for _, column in columns_shown():
        lists.update(filter(None, [getattr(column.type, "enum_class", None)]))
    for one in lists:
        yield from one


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_column_and_code_has_words(language: str) -> None:
    wording = wording_of(language)
    assert {*shown_tables(), *DERIVED} - set(wording["sections"]) == set()
    assert {name for name, _ in columns_shown()} - set(wording["columns"]) == set()
    known = {key.rpartition(".")[2] for key in wording["values"]}
    assert set(codes()) - known == set()


def test_all_languages_say_the_same_things() -> None:
    first, *others = (wording_of(language) for language in LANGUAGES)
    for other in others:
        assert {part: set(first[part]) for part in first} == {part: set(other[part]) for part in first}


def test_what_wmcrm_ships_is_said_in_arabic(session: Session) -> None:
    texts = set(wording_of("ar")["texts"])
    told = {
        text
        for activity in session.scalars(sa.select(ProcessingActivity))
        for text in (activity.purpose, activity.data, activity.recipients, activity.retention)
    }
    rules = session.scalars(sa.select(RetentionRule).where(sa.column("code").in_(["contact_points", "raw_cells"])))
    assert (told | {rule.description for rule in rules}) - texts == set()


def test_an_arabic_page_has_no_code_of_the_database(session: Session) -> None:
    person = add_canary(session, invite_cast(session))
    person.residence_city = "Thiès"
    session.flush()
    page = subject_page(collect_subject(session, subject_of(session, person)), "ar", NOW)
    for words in ("السنغال", "الولوفية", "أمين الصندوق", "6 مايو 2026 07:08 UTC", "قراراتك: أُضيف"):
        assert words in page
    read = set(re.findall(r"\b[a-z]+_[a-z_]+\b", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)))
    assert read - {"directory_public"} - set(re.findall(r"\b[pr]_[a-z]+", page)) == set()
    for code in ("unknown", "False", "True", "given", "speaks", "normal", "active"):
        assert f">{code}<" not in page
    assert '<bdi dir="ltr">+221770001122</bdi>' in page


def test_a_change_is_told_as_what_it_was_and_what_it_is(session: Session) -> None:
    person = add_canary(session, invite_cast(session))
    person.residence_city = "Thiès"
    session.flush()
    page = subject_page(collect_subject(session, subject_of(session, person)), "en", NOW)
    assert "<dt>City</dt><dd><del><bdi>Kaolackville</bdi></del> <ins><bdi>Thiès</bdi></ins></dd>" in page


def test_what_is_empty_is_named_at_the_end(session: Session) -> None:
    page = subject_page({"person": [{"name": "A"}], "letter": []}, "en", NOW)
    assert page.index("Nothing is stored here of:") < page.index("<li>Messages to you</li>")
    assert 'href="#letter"' not in page and 'href="#person"' in page


def test_what_a_row_says_stands_before_how_it_came_here(session: Session) -> None:
    person = add_canary(session, invite_cast(session))
    page = subject_page(collect_subject(session, subject_of(session, person)), "en", NOW)
    section = page.partition('<section id="person_name">')[2].partition("</section>")[0]
    heads = re.findall(r'<th scope="col">([^<]+)', section) or re.findall(r'data-label="([^"]+)"', section)
    assert heads.index("Name") < heads.index("Recorded at")
    assert re.search(r'<a href="#contact_point">[^<]+</a> \(\d+\)</li>', page)
