"""The second wall: PostgreSQL keeps rows from whoever may not see them, whatever a statement forgot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from tests.cast import Cast, invite_cast
from tests.db.every_table import fill_every_table
from wmcrm.db import NOBODY, OPERATOR, Actor, Beyond, Session, beyond_scope, open_engine, schema, session_scope
from wmcrm.db.backup import back_up
from wmcrm.db.roles import unprotected_tables
from wmcrm.db.search import matching_people
from wmcrm.db.wall import OPEN_TABLES
from wmcrm.doctor import examine
from wmcrm.errors import DatabaseStateError
from wmcrm.models import ContactPoint, Person, Residence, metadata

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("engine", ["postgresql"], indirect=True)]
LOGIN = "wmcrm_test_login"
# Affiliate 1 holds everybody of fill_every_table, account 1 did everything; the others are B's.
OWN, FOREIGN = ("{1}", "1"), ("{2}", "2")
# Who looks as B sees what is no person's: the change of an event, a mapping or grant that names B; and what B is asked.
NOT_OF_PEOPLE = {
    "change",
    "contact_request",
    "sharing_grant",
    "account",
    "grant",
    "access_log_entry",
    "job",
    "passkey",
    "recovery_code",
    "sign_in",
}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A database with rows in every table, all held by the first affiliate."""
    with engine.begin() as connection:
        fill_every_table(connection)
        connection.exec_driver_sql("UPDATE holding SET until = NULL, removed_at = NULL, superseded_by_id = NULL")
    return engine


@pytest.fixture
def cast(engine: Engine) -> Cast:
    with session_scope(engine, OPERATOR, writing=True) as session:
        return invite_cast(session)


@pytest.fixture
def serving(engine: Engine) -> Iterator[Engine]:
    """The same database by the login of a server that owns nothing."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"DO $$ BEGIN CREATE ROLE {LOGIN} LOGIN IN ROLE wmcrm_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    made = open_engine(engine.url.set(username=LOGIN, password=None).render_as_string())
    yield made
    made.dispose()


def as_application(connection: Connection, affiliates: str = "", account: str = "") -> None:
    tell = "SELECT set_config('role', 'wmcrm_app', true), set_config('wmcrm.affiliates', %s, true)"
    connection.exec_driver_sql(tell + ", set_config('wmcrm.account', %s, true)", (affiliates, account))


def seen(connection: Connection, table: str) -> int:
    return connection.execute(sa.text(f'SELECT count(*) FROM "{table}"')).scalar_one()


def walled() -> list[str]:
    return sorted(set(metadata.tables) - OPEN_TABLES.keys())


def test_every_table_has_a_policy_or_a_reason_for_none(engine: Engine) -> None:
    with engine.connect() as connection:
        assert unprotected_tables(connection) == OPEN_TABLES.keys()
        owned = "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE rolname = 'wmcrm_app'"
        assert connection.exec_driver_sql(owned).scalar_one() == 0


def test_without_the_settings_the_application_sees_no_row(filled: Engine) -> None:
    with filled.connect() as connection:
        as_application(connection)
        assert {table for table in walled() if seen(connection, table)} <= {"change", "saved_mapping"}
        assert seen(connection, "event") == 3
        # What these two show is no person's.
        assert connection.execute(sa.text("SELECT count(*) FROM change WHERE subject_table = 'person'")).scalar() == 0


def test_plain_sql_shows_the_own_rows_and_nothing_of_another_affiliate(filled: Engine) -> None:
    with filled.connect() as connection:
        as_application(connection, *OWN)
        assert {table for table in walled() if not seen(connection, table)} == set()
        as_application(connection, *FOREIGN)
        assert {table for table in walled() if seen(connection, table)} <= NOT_OF_PEOPLE


def test_plain_sql_writes_nothing_of_another_affiliate(filled: Engine) -> None:
    with filled.connect() as connection:
        as_application(connection, *FOREIGN)
        for table in (table for table in walled() if table not in NOT_OF_PEOPLE):
            key = next(iter(metadata.tables[table].primary_key.columns)).name
            for statement in (f'UPDATE "{table}" SET {key} = {key}', f'DELETE FROM "{table}"'):
                assert connection.execute(sa.text(statement)).rowcount == 0, table


def test_plain_sql_adds_nothing_to_another_affiliate(filled: Engine) -> None:
    with filled.connect() as connection:
        for table in walled():
            copied = connection.execute(sa.text(f'SELECT * FROM "{table}" LIMIT 1')).mappings().one()
            transaction = connection.begin_nested()
            as_application(connection, *FOREIGN)
            with pytest.raises(DBAPIError, match="row-level security"):
                connection.execute(sa.insert(metadata.tables[table]).values(dict(copied)))
            transaction.rollback()


def test_a_session_tells_the_database_who_acts_even_where_it_owns_the_tables(engine: Engine, cast: Cast) -> None:
    dana = Actor("dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    for actor, expected in ((dana, {"DanaR"}), (NOBODY, set()), (OPERATOR, {"Aicha D", "OmarB", "Chen Wei", "DanaR"})):
        with session_scope(engine, actor) as session:
            assert set(session.connection().execute(sa.text("SELECT username FROM wiki_account")).scalars()) == expected


def test_plain_sql_shows_the_shared_groups_and_changes_nothing_of_them(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        as_application(connection, f"{{{cast.chile.id}}}", "1")
        shares = f'{{"people": [{cast.senegal.id}], "names": [{cast.senegal.id}]}}'
        connection.exec_driver_sql("SELECT set_config('wmcrm.shares', %s, true)", (shares,))
        shown = {table: seen(connection, table) for table in ("person", "holding", "person_name", "wiki_account")}
        assert shown == {"person": 3, "holding": 3, "person_name": 3, "wiki_account": 1}
        assert seen(connection, "residence") == 1
        assert (seen(connection, "contact_point"), seen(connection, "person_search")) == (1, 1)
        for table in ("person", "holding", "person_name"):
            assert connection.execute(sa.text(f"UPDATE {table} SET recorded_by_id = NULL")).rowcount == 1
        shares = f'{{"people": [{cast.senegal.id}], "places": [{cast.senegal.id}]}}'
        connection.exec_driver_sql("SELECT set_config('wmcrm.shares', %s, true)", (shares,))
        assert (seen(connection, "residence"), seen(connection, "person_name")) == (3, 1)
        assert connection.execute(sa.text("UPDATE residence SET residence_city = 'x'")).rowcount == 1


def test_plain_sql_places_nobody_whom_another_affiliate_holds(engine: Engine, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.delete(session.get_one(Residence, cast.aicha.id))
        fresh = Person(display_name="Fatou Sow", sort_name="fatou sow", holder_affiliate_id=cast.chile.id)
        session.add(fresh)
        session.flush()
        number = fresh.id
    with engine.connect() as connection:
        as_application(connection, f"{{{cast.chile.id}}}", "1")
        place = sa.text("INSERT INTO residence (person_id, residence_country) VALUES (:person, 'CL')")
        connection.execute(place, {"person": number})  # recorded just now, before anybody holds it
        with pytest.raises(DBAPIError, match="row-level security"):
            connection.execute(place, {"person": cast.aicha.id})


def test_the_pool_hands_nobody_the_view_of_the_last(engine: Engine, cast: Cast) -> None:
    dana = Actor("dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    with session_scope(engine, dana, writing=True) as session:
        assert everybody(session) == 1
        session.commit()
        assert everybody(session) == 1
    with engine.connect() as connection:
        assert seen(connection, "person") == 4
    with session_scope(engine, OPERATOR) as session:
        assert everybody(session) == 4


def everybody(session: Session) -> int:
    return session.scalars(sa.select(sa.func.count()).select_from(metadata.tables["person"])).one()


def test_work_beyond_the_scope_ends_with_it_also_after_an_error(engine: Engine, cast: Cast) -> None:
    dana = Actor("dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    with session_scope(engine, dana) as session:
        with beyond_scope(session, Beyond.LOOKUP):
            assert everybody(session) == 4
            assert session.scalars(sa.select(sa.func.count()).select_from(Person)).one() == 1
        assert everybody(session) == 1
        with pytest.raises(KeyError), session.begin_nested(), beyond_scope(session, Beyond.LOOKUP):
            assert everybody(session) == 4
            raise KeyError
        assert everybody(session) == 1


def test_a_savepoint_that_is_rolled_back_takes_what_was_told_with_it(engine: Engine, cast: Cast) -> None:
    dana = Actor("dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    with session_scope(engine, dana) as session:
        with beyond_scope(session, Beyond.LOOKUP):
            savepoint = session.begin_nested()
        assert everybody(session) == 1
        savepoint.rollback()
        assert everybody(session) == 1


def test_search_uses_the_index_and_stays_in_scope(engine: Engine, cast: Cast) -> None:
    dana = Actor("dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    for actor, found in ((dana, []), (NOBODY, []), (OPERATOR, [cast.aicha.id])):
        with session_scope(engine, actor) as session:
            assert matching_people(session, ["aicha"]) == found
            assert matching_people(session, ["ai", "d"]) == found


def test_a_login_that_owns_nothing_serves_everybody_alike(engine: Engine, serving: Engine, cast: Cast) -> None:
    dana = Actor("dana", account_id=1, affiliate_ids=frozenset({cast.chile.id}))
    with serving.connect() as connection:
        assert seen(connection, "person") == 0
    with session_scope(serving, OPERATOR, writing=True) as session:
        assert everybody(session) == 4
        assert matching_people(session, ["aicha"]) == [cast.aicha.id]
    with session_scope(serving, dana, writing=True) as session:
        assert everybody(session) == 1
        person = session.get(Person, cast.dana.id)
        assert person is not None
        person.pronouns = "ella"
        session.add(
            ContactPoint(person_id=person.id, recorded_for_id=person.id, kind="email", value="d", normalized="d")
        )


def test_a_login_that_owns_nothing_is_told_what_it_may_not_do(serving: Engine, tmp_path: Path) -> None:
    for refused in (lambda: schema.upgrade(serving), lambda: back_up(serving, tmp_path / "copy.dump")):
        with pytest.raises(DatabaseStateError, match="does not own the tables; run the command with the address of"):
            refused()
    told = {finding.check: finding for finding in examine(serving)}
    assert "serves only" in told["login"].found
    assert all(told[check].ok for check in ("role wmcrm_app", "row-level security", "schema agrees"))


def test_doctor_names_a_table_that_lost_its_policies(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE contact_point DISABLE ROW LEVEL SECURITY")
    told = {finding.check: finding for finding in examine(engine)}
    assert (told["row-level security"].ok, told["row-level security"].found) == (False, "contact_point")


def test_an_address_is_looked_up_by_its_index_under_the_policy(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        as_application(connection, f"{{{cast.chile.id}}}", "1")
        ask = "EXPLAIN SELECT person_id FROM contact_point WHERE normalized = 'dana@example.org' AND kind = 'email'"
        plan = "\n".join(connection.exec_driver_sql(ask).scalars())
        assert "Index Cond: (((normalized)::text = 'dana@example.org'::text)" in plan
