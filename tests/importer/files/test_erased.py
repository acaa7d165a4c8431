"""Who was erased does not come back with a later file."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.importer.files.world import FILES, bring, bring_all, rows
from wmcrm.db import OPERATOR, Session
from wmcrm.models import ImportKind, Person
from wmcrm.outreach import Keyring, use_keyring
from wmcrm.privacy import erase_person

PEOPLE = FILES[ImportKind.PEOPLE]


@pytest.fixture(autouse=True)
def _keys(session: Session, tmp_path: Path) -> None:
    use_keyring(session, Keyring(tmp_path))


def test_an_erased_person_is_withheld_and_nothing_of_the_row_is_kept(session: Session) -> None:
    bring_all(session)
    aicha = session.scalars(sa.select(Person).where(Person.external_id == "10")).one()  # type: ignore[arg-type]
    erase_person(session, aicha, by=OPERATOR)
    before = len(rows(session, "person", "id"))

    report = bring(session, ImportKind.PEOPLE, PEOPLE)
    renumbered = bring(session, ImportKind.PEOPLE, PEOPLE.replace("10,Aïcha Diop", "99,A. D."))

    for made in (report, renumbered):
        assert made.counts["skipped"] == 1
        assert [(issue.row, issue.code, issue.value) for issue in made.issues] == [(2, "withheld", "")]
    assert len(rows(session, "person", "id")) == before
    ledger = rows(session, "imported_row", "row_number", "external_id", "cells", "reading", "fingerprint", "outcome")
    assert ledger[-4] == (2, None, [], None, "", "skipped")


def test_facts_about_an_erased_person_name_nobody(session: Session) -> None:
    bring_all(session)
    aicha = session.scalars(sa.select(Person).where(Person.external_id == "10")).one()  # type: ignore[arg-type]
    erase_person(session, aicha, by=OPERATOR)

    more = FILES[ImportKind.ROLES] + "4,10,1,treasurer,2024-01-01,\n"

    report = bring(session, ImportKind.ROLES, more)
    assert [(issue.row, issue.code) for issue in report.issues] == [(2, "unknown_reference"), (5, "unknown_reference")]
