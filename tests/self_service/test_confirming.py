"""An address that a person adds themselves is used for nothing until the link that is sent there was opened."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa

from tests.cast import add_person
from tests.importer.sheets import bring, counts
from tests.self_service.conftest import NOW, World
from tests.self_service.server import MailServer
from wmcrm.consent import Act, record_decision
from wmcrm.db import OPERATOR, session_scope
from wmcrm.dedupe import merge
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import Affiliate, Channel, ConsentDecision, ConsentMethod, ContactPoint, Event, LinkKind, Person
from wmcrm.outreach import UNCONFIRMED, Withheld, may_contact, outreach
from wmcrm.self_service import (
    SELF,
    add_own_contact,
    address_behind,
    ask_again_to_confirm,
    ask_for_my_data,
    confirm_address,
    find_link,
    remove_own_contact,
    send_waiting,
)
from wmcrm.settings import Settings

ADDED = "aicha.new@example.net"
ABOUT = {"purpose": "newsletter", "channel": Channel.EMAIL}
REAL_NOW = dt.datetime.now(dt.UTC)


def add(world: World, address: str = ADDED) -> int:
    """Aïcha adds an address; her old one is gone, and she agreed to the newsletter."""
    with session_scope(world.engine, SELF, writing=True) as session:
        person = session.get_one(Person, world.aicha)
        return add_own_contact(session, person, "email", address, language="ar", now=REAL_NOW).id


def agree_and_drop_the_old(world: World) -> None:
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        person = session.get_one(Person, world.aicha)
        old = session.scalars(sa.select(ContactPoint).where(ContactPoint.person_id == person.id)).first()
        assert old is not None
        remove_own_contact(session, person, old.id, now=REAL_NOW)
        act = Act(ConsentMethod.FORM, NOW.date(), notice="v3")
        record_decision(session, person, ConsentDecision.GIVEN, **ABOUT, act=act)


def secret_in(server: MailServer) -> str:
    text = server.taken[-1].get_body(("plain",)).get_content()
    return re.findall(r"/confirm-address/(\S+)", text)[0]


def test_the_gate_withholds_it_until_it_is_confirmed(world: World, settings: Settings, server: MailServer) -> None:
    agree_and_drop_the_old(world)
    point = add(world)
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        person = session.get_one(Person, world.aicha)
        assert may_contact(session, person, **ABOUT).reason is Withheld.UNCONFIRMED
        assert outreach(session, [person.id], **ABOUT, reason="x").withheld == {Withheld.UNCONFIRMED: 1}
    assert send_waiting(world.engine, settings).sent == 1
    assert server.taken[0]["To"] == ADDED and server.taken[0]["Content-Language"] == "ar"
    with session_scope(world.engine, SELF, writing=True) as session:
        assert address_behind(session, secret_in(server), now=REAL_NOW).person.id == world.aicha
        assert session.get_one(ContactPoint, point).held_because == UNCONFIRMED, "looking confirms nothing"
        confirmed = confirm_address(session, secret_in(server), now=REAL_NOW)
        assert (confirmed.id, confirmed.verified_on) == (point, REAL_NOW.date())
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        (permitted,) = outreach(session, [world.aicha], **ABOUT, reason="x").permitted
        assert permitted.value == ADDED


def test_a_link_works_once_in_time_and_for_what_it_is(world: World, settings: Settings, server: MailServer) -> None:
    add(world)
    send_waiting(world.engine, settings)
    secret = secret_in(server)
    with session_scope(world.engine, SELF, writing=True) as session:
        with pytest.raises(NotFoundError, match="expired"):
            confirm_address(session, secret, now=REAL_NOW + dt.timedelta(days=20))
        with pytest.raises(NotFoundError, match="not complete"):
            find_link(session, LinkKind.MY_DATA, secret, now=REAL_NOW)
        for wrong in ("", "x", "ä" * 50, secret[:-1]):
            with pytest.raises(NotFoundError, match="not complete"):
                confirm_address(session, wrong, now=REAL_NOW)
        confirm_address(session, secret, now=REAL_NOW)
        with pytest.raises(NotFoundError, match="used already"):
            confirm_address(session, secret, now=REAL_NOW)


def test_an_address_taken_off_meanwhile_gets_no_letter_and_confirms_nothing(
    world: World, settings: Settings, server: MailServer
) -> None:
    point = add(world)
    send_waiting(world.engine, settings)
    secret = secret_in(server)
    with session_scope(world.engine, SELF, writing=True) as session:
        person = session.get_one(Person, world.aicha)
        ask_again_to_confirm(session, person, point, language="en", now=REAL_NOW)
        remove_own_contact(session, person, point, now=REAL_NOW)
    assert send_waiting(world.engine, settings).sent == 0
    with session_scope(world.engine, SELF, writing=True) as session, pytest.raises(NotFoundError, match="nothing"):
        confirm_address(session, secret, now=REAL_NOW)


def test_an_unconfirmed_address_opens_nobodys_data(world: World) -> None:
    add(world)
    with session_scope(world.engine, SELF, writing=True) as session:
        assert ask_for_my_data(session, ADDED, language="en") == 0


def test_another_link_is_for_addresses_that_wait_and_five_times_a_day_at_most(world: World) -> None:
    point = add(world)
    with session_scope(world.engine, SELF, writing=True) as session:
        person = session.get_one(Person, world.aicha)
        for _ in range(4):
            ask_again_to_confirm(session, person, point, language="en", now=REAL_NOW)
        with pytest.raises(ConflictError, match="tomorrow"):
            ask_again_to_confirm(session, person, point, language="en", now=REAL_NOW)
        ask_again_to_confirm(session, person, point, language="en", now=REAL_NOW + dt.timedelta(days=2))
        for number in (0, world.aicha, 10**9):
            if number != point:
                with pytest.raises(NotFoundError):
                    ask_again_to_confirm(session, person, number, language="en", now=REAL_NOW)


def test_a_number_is_added_as_it_is(world: World) -> None:
    with session_scope(world.engine, SELF, writing=True) as session:
        person = session.get_one(Person, world.aicha)
        made = add_own_contact(session, person, "phone", "+221 77 123 45 99", language="en", now=REAL_NOW)
        assert made.held_since is None


def test_a_sheet_with_an_unconfirmed_address_is_not_about_who_added_it(world: World) -> None:
    add(world, "somebody.else@example.net")
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        meetup = session.scalars(sa.select(Event)).one()
        report = bring(session, "Name,E-mail\nBinta Sarr,somebody.else@example.net\n", meetup)
        assert counts(report) == {"new": 1}


def test_a_merge_lets_an_unconfirmed_copy_count_for_nothing_beside_one_in_use(world: World) -> None:
    add(world, "office@example.net")
    with session_scope(world.engine, OPERATOR, writing=True) as session:
        holder = session.scalars(sa.select(Affiliate).where(Affiliate.code == "WSN")).one()
        twin = add_person(session, "Aicha Diop", holder=holder, email="office@example.net")
        merge(session, session.get_one(Person, world.aicha), twin, by=OPERATOR)
        live = (ContactPoint.superseded_by_id.is_(None), ContactPoint.normalized == "office@example.net")  # type: ignore[union-attr]
        assert {point.held_because for point in session.scalars(sa.select(ContactPoint).where(*live))} == {None}
