"""An affiliate under an alias: its real name is for its own people, for stewards and for the operator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_affiliate, invite_cast
from tests.cli.runner import refused, run
from wmcrm.accounts import create_account, find_actor
from wmcrm.aliases import knows_name, shown_name, shown_names
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import suggest_affiliates
from wmcrm.errors import NotFoundError
from wmcrm.models import Affiliate, AffiliateName, EventHost, Holding, Membership, Person, Position
from wmcrm.references import find_affiliate

REAL, ALIAS, CODE = "Wikimedians of a Land in Danger", "Group Seven", "WDANGER"


def hide(session: Session, cast: Cast) -> Affiliate:
    """A group under an alias: Aïcha, whom the Senegalese hold too, is its contact; it hosts their meetup."""
    hidden = add_affiliate(session, CODE, REAL, "BY")
    hidden.alias = ALIAS
    mine = {"person_id": cast.aicha.id, "recorded_for_id": cast.aicha.id, "holder_affiliate_id": cast.senegal.id}
    session.add(Membership(affiliate_id=hidden.id, position=Position.GROUP_CONTACT_1, **mine))
    session.add(Holding(**{**mine, "holder_affiliate_id": hidden.id}))
    session.add(EventHost(event_id=cast.meetup.id, affiliate_id=hidden.id))
    session.add(AffiliateName(affiliate_id=hidden.id, name="Its former name"))
    for name, role, code in (("outsider", "editor", "WSN"), ("insider", "editor", CODE), ("stella", "steward", None)):
        create_account(session, name, role=role, affiliate=code, password="long enough 1")
    create_account(session, "chen", role="programme", password="long enough 1")
    session.flush()
    return hidden


@pytest.fixture
def hidden(session: Session) -> Iterator[Affiliate]:
    yield hide(session, invite_cast(session))
    session.info["actor"] = OPERATOR


def act_as(session: Session, name: str) -> None:
    session.info["actor"] = OPERATOR
    session.info["actor"] = find_actor(session, name)


@pytest.mark.parametrize(
    ("name", "read"), [("outsider", ALIAS), ("chen", ALIAS), ("insider", REAL), ("stella", REAL), ("", REAL)]
)
def test_who_reads_the_real_name(session: Session, hidden: Affiliate, name: str, read: str) -> None:
    if name:
        act_as(session, name)
    assert shown_name(session, hidden) == read
    assert shown_names(session, [hidden.id]) == {hidden.id: read}
    assert knows_name(session, hidden) == (read == REAL)


@pytest.mark.parametrize("reference", [REAL, CODE, "Its former name", "external:X9"])
def test_others_find_it_by_its_alias_only(session: Session, hidden: Affiliate, reference: str) -> None:
    hidden.external_id = "X9"
    session.flush()
    assert find_affiliate(session, reference).id == hidden.id
    act_as(session, "outsider")
    assert find_affiliate(session, ALIAS).id == hidden.id
    assert find_affiliate(session, hidden.public_id).id == hidden.id
    with pytest.raises(NotFoundError):
        find_affiliate(session, reference)


def test_no_command_tells_others_the_real_name(
    engine: sa.Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        hide(session, cast)
        person = cast.aicha.public_id
    reports = ("who-organizes-what", "event-results", "affiliate-health", "succession", "path", "coverage")
    commands = [
        ("people", "show", person),
        ("people", "find", "aicha"),
        ("directory",),
        ("why", person),
        ("consent", "show", person),
        *(("report", name) for name in reports),
        ("report", "who-organizes-what", "--by", "affiliate"),
    ]
    for words in commands:
        for kind in ("json", "csv", "table"):
            told = run(*words, "--format", kind, "--as", "outsider")
            assert told.status in {0, 1} or "count these organizers" in told.err, (words, told.err)
            for secret in (REAL, CODE, "Its former name"):
                assert secret not in told.out + told.err, words
    assert ALIAS in run("people", "show", person, "--as", "outsider", "--format", "json").out
    assert REAL in run("people", "show", person, "--as", "stella", "--format", "json").out
    assert run("people", "find", "danger", "--as", "outsider", "--format", "json").json == []
    assert refused(run("directory", "--affiliate", CODE, "--as", "outsider"))


def test_what_resembles_its_real_name_is_shown_to_who_may_know_it(session: Session, hidden: Affiliate) -> None:
    add_affiliate(session, "WDANGER2", f"{REAL} User Group", "BY")
    assert len(suggest_affiliates(session)) == 1
    act_as(session, "outsider")
    assert suggest_affiliates(session) == []
    act_as(session, "stella")
    assert len(suggest_affiliates(session)) == 1


def test_an_alias_does_not_change_who_is_held(session: Session, hidden: Affiliate) -> None:
    act_as(session, "insider")
    assert session.scalars(sa.select(Person.display_name)).all() == ["Aïcha Diop"]
