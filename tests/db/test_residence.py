"""The table of places: values, grants and sealed records of before are as they were, up and down."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import invite_cast
from wmcrm.db import OPERATOR, schema, session_scope
from wmcrm.db.engine import writing
from wmcrm.models import FieldGroup, Person, Residence, SealedValue, SharingGrant
from wmcrm.outreach import Keyring, use_keyring
from wmcrm.privacy import make_steward_key, seal_person, unseal
from wmcrm.sharing import Terms, grant

TODAY = dt.datetime.now(dt.UTC).date()
BEFORE = "SELECT residence_country, residence_city, community_region FROM person ORDER BY id"


def test_places_move_out_of_the_person_and_back(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        cast.aicha.residence_city, cast.chen.community_region = "Thiès", "north_america"
    schema.downgrade(engine, "0026")
    with writing(engine).begin() as connection:
        told = connection.exec_driver_sql(BEFORE).all()
        connection.exec_driver_sql("UPDATE person SET residence_city = 'Rufisque' WHERE residence_city IS NOT NULL")
    places = [("SN", "Thiès", None), ("SN", None, None), (None, None, "north_america"), ("CL", None, None)]
    assert [tuple(row) for row in told] == places
    schema.upgrade(engine)
    with session_scope(engine, OPERATOR) as session:
        aicha, omar, chen, dana = session.scalars(sa.select(Person).order_by(Person.id))
        assert (aicha.residence_country, aicha.residence_city) == ("SN", "Rufisque")
        assert (omar.residence_country, chen.community_region, dana.residence_country) == ("SN", "north_america", "CL")


def test_people_of_whom_no_place_is_known_get_no_row(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        invite_cast(session)
    schema.downgrade(engine, "0026")
    schema.upgrade(engine)
    with session_scope(engine, OPERATOR) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Residence)) == 3


def test_grants_of_before_show_places_as_they_did(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        terms = Terms([FieldGroup.NAMES, FieldGroup.PLACES], "newsletter", TODAY + dt.timedelta(days=9))
        grant(session, cast.senegal, cast.chile, terms, today=TODAY)
    schema.downgrade(engine, "0026")
    with engine.connect() as connection:
        assert connection.execute(sa.select(SharingGrant.__table__.c.fields)).scalar_one() == ["names"]
    schema.upgrade(engine)
    with session_scope(engine, OPERATOR) as session:
        assert session.scalars(sa.select(SharingGrant)).one().fields == ["names", "places"]


def test_a_record_sealed_before_opens_after_with_its_place(engine: Engine, tmp_path: Path) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        use_keyring(session, Keyring(tmp_path / "keys"))
        make_steward_key(session, "rosa")
        cast = invite_cast(session)
        ids = (cast.aicha.id, cast.omar.id)
        cast.aicha.residence_city, cast.aicha.community_region = "Thiès", "south_asia"
        cast.omar.residence_country, cast.omar.residence_city = None, "Nowhere"
        for person in (cast.aicha, cast.omar):
            seal_person(session, person, ["rosa"])
        # As every release has sealed it: columns of the person, so the key fits what was sealed under the old schema.
        tables = set(session.scalars(sa.select(SealedValue.table_name)))
        assert ("person" in tables, "residence" in tables) == (True, False)
    schema.downgrade(engine, "0026")
    schema.upgrade(engine)
    with session_scope(engine, OPERATOR, writing=True) as session:
        use_keyring(session, Keyring(tmp_path / "keys"))
        aicha, omar = (session.get_one(Person, number) for number in ids)
        assert (aicha.community_region, aicha.residence_city, omar.residence) == ("south_asia", None, None)
        for person in (aicha, omar):
            unseal(session, person)
        assert (aicha.residence_country, aicha.residence_city, aicha.community_region) == ("SN", "Thiès", "south_asia")
        assert (omar.residence_country, omar.residence_city) == (None, "Nowhere")
