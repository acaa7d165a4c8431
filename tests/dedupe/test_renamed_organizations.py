"""An organization is called otherwise: what is kept of its members, and what is compared, follows."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.cast import Cast, add_affiliate, add_person, invite_cast
from wmcrm.db import OPERATOR, Actor, Session, open_session, session_scope
from wmcrm.dedupe import link_affiliates, pairs, scan, unlink_affiliates
from wmcrm.history import changes_of, revert_change
from wmcrm.models import Affiliate, CandidatePair, Membership, Person, Position, metadata

SEARCH = metadata.tables["person_search"]


@pytest.fixture
def twins(session: Session, cast: Cast) -> tuple[Person, Person]:
    """Two records of one name and number, each with a position elsewhere; a scan has seen everybody."""
    known = {"country": "SN", "phone": "+221770001122"}
    made = add_person(session, "Fatou Ndiaye", **known), add_person(session, "Fatou Ndiaye", **known)
    for person, affiliate in zip(made, (cast.senegal, cast.chile), strict=True):
        join(session, person, affiliate)
    scan(session)
    return made


def join(session: Session, person: Person, affiliate: Affiliate) -> None:
    """Give somebody a position."""
    mine = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": person.holder_affiliate_id}
    session.add(Membership(**mine, affiliate_id=affiliate.id, position=Position.MEMBER))
    session.flush()


def bits(session: Session, twins: tuple[Person, Person]) -> float:
    low, high = sorted(person.id for person in twins)
    found = sa.select(CandidatePair.bits).filter_by(person_a_id=low, person_b_id=high)
    return session.scalars(found).one()


def test_members_are_compared_again_after_their_organization_was_renamed(
    session: Session, cast: Cast, twins: tuple[Person, Person]
) -> None:
    apart = bits(session, twins)
    assert scan(session).compared == 0
    cast.chile.name = cast.senegal.name
    assert scan(session).compared == 1
    assert bits(session, twins) > apart
    session.refresh(cast.chile)
    cast.chile.region = "latin_america_caribbean"
    assert scan(session).compared == 0


def test_a_reverted_name_is_compared_again_too(session: Session, cast: Cast, twins: tuple[Person, Person]) -> None:
    apart = bits(session, twins)
    session.refresh(cast.chile)
    cast.chile.name = cast.senegal.name
    scan(session)
    (renamed, *_) = changes_of(session, "affiliate", cast.chile.id)
    revert_change(session, renamed.id)
    assert scan(session).compared == 1
    assert bits(session, twins) == apart


def test_members_are_compared_again_after_a_link_and_after_it_was_taken_back(
    session: Session, cast: Cast, twins: tuple[Person, Person]
) -> None:
    apart = bits(session, twins)
    link = link_affiliates(session, cast.senegal, cast.chile, since=dt.date(2025, 7, 1))
    assert scan(session).compared == 1
    assert bits(session, twins) > apart
    assert pairs(session)[0].bits == bits(session, twins)
    unlink_affiliates(session, link)
    assert scan(session).compared == 1
    assert bits(session, twins) == apart


def test_members_are_found_by_what_their_organization_is_called_now(engine: Engine) -> None:
    """Also those whom another affiliate holds: an alias must hide the name wherever it stands."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        cast = invite_cast(session)
        for person in (cast.aicha, cast.dana):
            join(session, person, cast.senegal)
        code = add_affiliate(session, "WGM", "Wikimedia Gambia", "GM").id
    mine = Actor("aicha", affiliate_ids=frozenset({cast.senegal.id}), roles=frozenset({"editor"}))
    with open_session(engine, mine, writing=True) as session:
        session.get_one(Affiliate, cast.senegal.id).alias = "Group Seven"
        session.get_one(Affiliate, code).name = "Wikimedians of the Gambia"
        session.commit()
    with session_scope(engine, OPERATOR) as session:
        found = session.execute(sa.select(SEARCH.c.person_id, SEARCH.c.folded)).all()
    called = {person_id: text for person_id, text in found}
    assert all("group seven" in called[person.id] for person in (cast.aicha, cast.dana))
    assert not any("senegal" in text for text in called.values())
