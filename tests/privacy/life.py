"""A person about whom everything is known that the tables can hold, each value easy to look for."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from tests.cast import Cast, add_person
from wmcrm.consent import Act, record_decision
from wmcrm.db import Session
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentMethod,
    Event,
    ImportedRow,
    ImportKind,
    ImportRun,
    LanguageSkill,
    Membership,
    Mentorship,
    Outcome,
    Participation,
    Person,
    Position,
    RowKind,
    StoredFile,
    WikiAccount,
    metadata,
)

SECRETS = (
    "Zubaydah",
    "Qarmatian",
    "zq.canary@example.org",
    "+221770001122",
    "ZubaydahQ",
    "OldZubaydah",
    "Kaolackville",
    "they/zq",
    "Canary treasurer",
    "canary paper in drawer",
    "zq-ext-77",
)
"""What must not be found any more once she is erased or sealed."""


def add_canary(session: Session, cast: Cast) -> Person:
    """Zubaydah Qarmatian of the Senegal group, with a fact in every table and a sheet row behind it."""
    run = _run(session, cast.meetup)
    row = ImportedRow(
        run_id=run.id,
        row_number=2,
        kind=RowKind.PERSON,
        outcome=Outcome.NEW,
        fingerprint="f" * 64,
        cells=["Zubaydah Qarmatian", "zq.canary@example.org", "+221770001122"],
        reading={"name": "Zubaydah Qarmatian", "emails": ["zq.canary@example.org"]},
        issues=[{"row": 2, "value": "zq.canary@example.org"}],
        external_id="zq-ext-77",
    )
    session.add(row)
    session.flush()
    person = add_person(
        session,
        "Zubaydah Qarmatian",
        holder=cast.senegal,
        username="ZubaydahQ",
        email="zq.canary@example.org",
        phone="+221770001122",
        country="SN",
    )
    person.residence_city, person.pronouns = "Kaolackville", "they/zq"
    person.external_id, person.source = "zq-ext-77", "file"
    session.flush()
    session.execute(
        sa.update(metadata.tables["imported_row"]).where(ImportedRow.id == row.id).values(person_id=person.id)
    )
    _add_held_back(session, cast.meetup)
    _add_facts(session, cast, person, row)
    return person


def _add_held_back(session: Session, event: Event) -> None:
    """A row of another sheet that nobody became, with her address in it."""
    stored = StoredFile(content_hash="b" * 64, content=b"zq.canary@example.org", purpose="import")
    session.add(stored)
    session.flush()
    run = ImportRun(kind=ImportKind.SIGNUPS, file_hash="b" * 64, event_id=event.id, stored_file_id=stored.id)
    session.add(run)
    session.flush()
    cells = ["Zubaydah Qarmatian", "ZQ.Canary@example.org", "?"]
    row = {"run_id": run.id, "row_number": 5, "kind": RowKind.PERSON, "outcome": Outcome.INVALID}
    session.add(ImportedRow(**row, cells=cells, reading={"email": "zq.canary@example.org"}))
    session.flush()


def _run(session: Session, event: Event) -> ImportRun:
    stored = StoredFile(content_hash="a" * 64, content=b"Zubaydah Qarmatian;zq.canary@example.org", purpose="import")
    session.add(stored)
    session.flush()
    run = ImportRun(kind=ImportKind.SIGNUPS, file_hash="a" * 64, event_id=event.id, stored_file_id=stored.id)
    session.add(run)
    session.flush()
    return run


def _add_facts(session: Session, cast: Cast, person: Person, row: ImportedRow) -> None:
    mine = {"person_id": person.id, "recorded_for_id": person.id, "source_row_id": row.id}
    account = session.scalars(sa.select(WikiAccount).where(WikiAccount.person_id == person.id)).one()
    account.renamed_from = "OldZubaydah"
    session.add_all(
        [
            LanguageSkill(**mine, language="wo"),
            Membership(**mine, affiliate_id=cast.senegal.id, position=Position.TREASURER, title="Canary treasurer"),
            Participation(**mine, event_id=cast.meetup.id, attended="yes", external_id="zq-ext-77", source="file"),
            Mentorship(**mine, mentee_id=cast.omar.id, mentee_recorded_for_id=cast.omar.id, topic="Zubaydah teaches"),
        ]
    )
    session.flush()
    act = Act(ConsentMethod.PAPER, dt.date(2026, 3, 4), notice="v3", evidence="canary paper in drawer")
    record_decision(session, person, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)
