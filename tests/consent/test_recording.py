"""An account of two affiliates records in the name of the one that holds the person."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from tests.cast import invite_cast
from wmcrm.accounts import create_account, find_account, find_actor, grant_role
from wmcrm.consent import Act, withdraw
from wmcrm.db import Session
from wmcrm.models import Channel, ConsentEvent, ConsentMethod, ContactKind, Restriction, RestrictionGround
from wmcrm.outreach import Withheld, may_contact, restrict
from wmcrm.people import add_contact


def test_whoever_works_for_two_affiliates_records_a_no_and_a_restriction(session: Session) -> None:
    cast = invite_cast(session)
    create_account(session, "Both", role="steward", affiliate="WSN", password="correct horse battery")
    grant_role(session, find_account(session, "Both"), "steward", "WCL")
    session.info["actor"] = find_actor(session, "Both")
    withdraw(session, cast.dana, purpose="newsletter", act=Act(ConsentMethod.SPOKEN, dt.date(2026, 3, 4)))
    restrict(session, cast.aicha, RestrictionGround.REQUESTED)
    assert add_contact(session, cast.dana, ContactKind.EMAIL, "d@example.org").holder_affiliate_id == cast.chile.id
    assert session.scalars(sa.select(ConsentEvent.holder_affiliate_id)).all() == [cast.chile.id]
    assert session.scalars(sa.select(Restriction.holder_affiliate_id)).all() == [cast.senegal.id]
    answers = [
        may_contact(session, one, purpose="newsletter", channel=Channel.EMAIL).reason for one in (cast.dana, cast.aicha)
    ]
    assert answers == [Withheld.WITHDRAWN, Withheld.RESTRICTED]
