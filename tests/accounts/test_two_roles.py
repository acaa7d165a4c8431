"""An account with two roles: Vera reads at the affiliate of Senegal and edits at that of Chile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import col

from tests.cast import Cast, add_person, invite_cast
from tests.cli.runner import refused, run
from wmcrm.accounts import create_account, find_actor, grant_role
from wmcrm.db import OPERATOR, Actor, Session, acting_as, session_scope
from wmcrm.dedupe import decide, link_affiliates, merge
from wmcrm.errors import NotAllowedError, NotFoundError
from wmcrm.models import ContactPoint, Person, PersonName, Protection, Verdict
from wmcrm.outreach import reveal
from wmcrm.permissions import Permission, is_for_all, may_for, narrowed
from wmcrm.sharing import may_share

P = Permission
Acting = Callable[..., Actor]


@pytest.fixture
def people(session: Session) -> Cast:
    made = invite_cast(session)
    session.flush()
    return made


@pytest.fixture
def vera(session: Session, people: Cast) -> Acting:
    """The account with the roles that a test gives it, each "role code", or "role" for everywhere."""

    def with_roles(*roles: str) -> Actor:
        account = create_account(
            session, "vera", role="viewer", affiliate="WSN", password="long enough for a test"
        ).account
        for granted in roles:
            role, _, code = granted.partition(" ")
            grant_role(session, account, role, code or None)
        return find_actor(session, "vera")

    return with_roles


def names(session: Session) -> set[str]:
    """Who is seen, by the ORM and by plain SQL where the database keeps rows back itself."""
    session.flush()
    session.expire_all()
    seen = set(session.scalars(sa.select(Person.display_name)))
    if session.get_bind().dialect.name == "postgresql":
        assert set(session.connection().execute(sa.text("SELECT display_name FROM person")).scalars()) == seen
    return seen


def test_a_permission_reaches_as_far_as_the_roles_that_have_it(session: Session, vera: Acting) -> None:
    made = vera("editor WCL")
    with acting_as(session, narrowed(made, P.PEOPLE_READ)):
        assert names(session) == {"Aïcha Diop", "Omar Ba", "Dana Rojas"}
    with acting_as(session, narrowed(made, P.PEOPLE_EDIT)):
        assert names(session) == {"Dana Rojas"}
    with acting_as(session, narrowed(made, P.SUBJECT_ERASE)):
        assert names(session) == set()


def test_reading_everywhere_is_not_editing_everywhere(session: Session, vera: Acting) -> None:
    made = vera("programme", "editor WCL")
    assert narrowed(made, P.PEOPLE_READ).sees_all
    assert not narrowed(made, P.PEOPLE_EDIT).sees_all
    assert is_for_all(made, P.OUTREACH_USE)
    assert not is_for_all(made, P.CONTACT_REVEAL)
    with acting_as(session, narrowed(made, P.PEOPLE_EDIT)):
        assert names(session) == {"Dana Rojas"}


def test_the_operator_is_never_narrowed(session: Session, people: Cast) -> None:
    assert narrowed(OPERATOR, P.SUBJECT_ERASE) == OPERATOR
    assert may_for(session, P.SUBJECT_ERASE, people.aicha)


def test_what_is_read_at_one_affiliate_is_not_written_with_the_role_at_another(
    session: Session, people: Cast, vera: Acting
) -> None:
    with acting_as(session, narrowed(vera("editor WCL"), P.PEOPLE_EDIT)):
        everyone = sa.update(Person).values(pronouns="they")
        assert session.execute(everyone, execution_options={"synchronize_session": False}).rowcount == 1  # type: ignore[attr-defined]
        person_id, holder = people.aicha.id, people.senegal.id
        session.add(PersonName(person_id=person_id, recorded_for_id=person_id, holder_affiliate_id=holder, name="X"))
        with pytest.raises(NotAllowedError, match="own affiliate"):
            session.flush()
        session.expunge_all()


def test_buttons_follow_who_holds_the_record(session: Session, people: Cast, vera: Acting) -> None:
    with acting_as(session, vera("editor WCL")):
        assert [may_for(session, P.PEOPLE_EDIT, one) for one in (people.aicha, people.dana)] == [False, True]
        assert [may_for(session, P.PEOPLE_READ, one) for one in (people.aicha, people.dana)] == [True, True]
        points = session.scalars(sa.select(ContactPoint).order_by(col(ContactPoint.person_id))).all()
        assert [may_for(session, P.CONTACT_REVEAL, point) for point in points] == [False, False, True]


def test_an_editor_here_who_is_steward_there_merges_there_only(session: Session, people: Cast, vera: Acting) -> None:
    here = [add_person(session, "Awa Sow", holder=people.senegal) for _ in range(2)]
    there = [add_person(session, "Eva Soto", holder=people.chile) for _ in range(2)]
    made = vera("editor WSN", "steward WCL")
    with acting_as(session, narrowed(made, P.REVIEW_DECIDE)):
        with pytest.raises(NotAllowedError, match="steward"):
            merge(session, *here)
        assert decide(session, *here, Verdict.UNSURE).merge is None
        assert merge(session, *there).absorbed_id == there[1].id


def test_a_reader_of_one_of_two_affiliates_decides_nothing_there(session: Session, people: Cast, vera: Acting) -> None:
    made = vera("editor WCL")
    with acting_as(session, made):
        with pytest.raises(NotAllowedError, match="editor or a steward"):
            decide(session, people.aicha, people.omar, Verdict.DIFFERENT)
        with pytest.raises(NotAllowedError, match="steward"):
            link_affiliates(session, people.senegal, people.chile, since=people.meetup.starts_on)
    with acting_as(session, narrowed(made, P.REVIEW_DECIDE)), pytest.raises(NotFoundError):
        decide(session, people.aicha, people.omar, Verdict.DIFFERENT)


def test_a_protected_address_is_for_the_steward_of_who_holds_it(session: Session, people: Cast, vera: Acting) -> None:
    people.aicha.protection = people.dana.protection = Protection.ELEVATED
    made = vera("editor WSN", "steward WCL")
    points = {row.person_id: row.id for row in session.execute(sa.select(ContactPoint.person_id, ContactPoint.id))}
    with acting_as(session, narrowed(made, P.CONTACT_REVEAL)):
        assert reveal(session, points[people.dana.id], "her train is late") == "dana@example.org"
        with pytest.raises(NotAllowedError, match="protected"):
            reveal(session, points[people.aicha.id], "her train is late")


def test_sharing_is_for_who_edits_at_the_sharing_affiliate(session: Session, people: Cast, vera: Acting) -> None:
    with acting_as(session, vera("editor WCL")):
        assert [may_share(session, one.id) for one in (people.senegal, people.chile)] == [False, True]


@pytest.fixture
def with_account(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast in a database that commands open, with Vera's account."""
    monkeypatch.setenv("WMCRM_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    with session_scope(engine, OPERATOR, writing=True) as session:
        made = invite_cast(session)
        account = create_account(
            session, "vera", role="viewer", affiliate="WSN", password="long enough for a test"
        ).account
        grant_role(session, account, "editor", "WCL")
        return made


def test_commands_work_where_the_account_may(with_account: Cast) -> None:
    aicha, dana = with_account.aicha.public_id, with_account.dana.public_id
    assert [run("people", "show", one, "--as", "vera").status for one in (aicha, dana)] == [0, 0]
    assert [run("history", one, "--as", "vera").status for one in (aicha, dana)] == [2, 0]
    consent = ("--purpose", "newsletter", "--channel", "email", "--notice", "v1", "--method", "form")
    day = ("--on", "2026-06-02", "--as", "vera")
    assert refused(run("consent", "record", aicha, *consent, *day))
    assert run("consent", "record", dana, *consent, *day).status == 0
    assert "lacks the permission" in run("dedupe", "strict", "--merge", "--as", "vera").err
