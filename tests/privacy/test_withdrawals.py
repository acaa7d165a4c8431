"""A withdrawal is stronger than any backup."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import invite_cast
from wmcrm.consent import Act, record_decision, withdraw
from wmcrm.db import OPERATOR, open_engine, session_scope
from wmcrm.db.backup import back_up
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Person, metadata
from wmcrm.outreach import Keyring, Withheld, may_contact
from wmcrm.privacy import replay_withdrawals
from wmcrm.privacy.ledger import read_ledger

DAY = dt.date(2026, 3, 4)
ABOUT = {"purpose": "newsletter", "channel": Channel.EMAIL}


def test_a_withdrawal_survives_the_restore_of_an_old_backup(
    sqlite_template: Path, tmp_path: Path, keyring: Keyring
) -> None:
    shutil.copy(sqlite_template, tmp_path / "now.sqlite3")
    engine = open_engine(f"sqlite:///{tmp_path / 'now.sqlite3'}")
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        act = Act(ConsentMethod.FORM, DAY, notice="v3")
        record_decision(session, cast.aicha, ConsentDecision.GIVEN, **ABOUT, act=act)
    back_up(engine, tmp_path / "old.sqlite3")
    assert not (keyring.folder / "erasures.ledger").exists()
    with session_scope(engine, OPERATOR, writing=True) as session:
        aicha = session.get(Person, cast.aicha.id)
        withdraw(session, aicha, purpose="newsletter", act=Act(ConsentMethod.SELF_SERVICE, dt.date(2026, 3, 20)))
    text = (keyring.folder / "erasures.ledger").read_text("utf-8")
    assert text.count("\n") == 1 and aicha.public_id not in text
    engine.dispose()
    again = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with session_scope(again, OPERATOR, writing=True) as session:
        aicha = session.get(Person, cast.aicha.id)
        assert may_contact(session, aicha, **ABOUT, on=dt.date(2026, 4, 1)).reason is None
        assert replay_withdrawals(session) == 1
        assert may_contact(session, aicha, **ABOUT, on=dt.date(2026, 4, 1)).reason is Withheld.WITHDRAWN
        assert replay_withdrawals(session) == 0
    again.dispose()


def test_a_batch_of_refusals_is_noted_as_well_and_a_rollback_is_not(engine: Engine, keyring: Keyring) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
    event = metadata.tables["consent_event"]
    row = {
        "purpose_id": 1,
        "channel": Channel.ANY,
        "decision": ConsentDecision.REFUSED,
        "proven": True,
        "basis": "consent",
        "method": ConsentMethod.IMPORT,
        "on_day": DAY,
        "recorded_at": cast.aicha.recorded_at,
    }
    rows = [{**row, "person_id": one.id, "recorded_for_id": one.id} for one in (cast.aicha, cast.omar)]
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.execute(sa.insert(event), rows)
        session.rollback()
    assert not (keyring.folder / "erasures.ledger").exists()
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.execute(sa.insert(event), rows)
    (line,) = read_ledger(keyring)
    assert (len(line.people), line.said["decision"]) == (2, "refused")
