"""Organizations that go by another name than before."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_affiliate
from wmcrm.db import Session
from wmcrm.dedupe import AffiliateReason, link_affiliates, suggest_affiliates
from wmcrm.dedupe.affiliates import name_without_type
from wmcrm.errors import ConflictError
from wmcrm.models import AffiliateName, AffiliateStatus, AffiliateType, EventHost, Membership, Position
from wmcrm.references import find_affiliate

DAY = dt.date(2025, 7, 1)


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("Wikimedia Community User Group Ghana", "ghana"),
        ("Wikimédia Ghana", "ghana"),
        ("Asociación Wikimedia Chile", "chile"),
        ("Wikimedia Ghana Librarians User Group", "ghana librarians"),
    ],
)
def test_the_words_of_the_type_are_left_out_of_a_name(name: str, rest: str) -> None:
    assert name_without_type(name) == rest


def test_a_user_group_that_became_a_chapter_is_suggested(session: Session, cast: Cast) -> None:
    chapter = add_affiliate(session, "WMSN", "Wikimedia Senegal", "SN")
    add_affiliate(session, "WLSN", "Wikimedia Senegal Librarians", "SN")
    add_affiliate(session, "WMCL2", "Wikimedia Senegal", "CL")
    (found,) = suggest_affiliates(session)
    assert (found.former, found.current) == (cast.senegal, chapter)
    assert found.reasons == (AffiliateReason.SAME_NAME,)


def test_linking_dates_the_former_name_and_moves_what_was_done_under_it(session: Session, cast: Cast) -> None:
    chapter = add_affiliate(session, "WMSN", "Wikimedia Senegal", "SN")
    chapter.affiliate_type = AffiliateType.CHAPTER
    mine = {"person_id": cast.aicha.id, "recorded_for_id": cast.aicha.id}
    term = Membership(**mine, affiliate_id=cast.senegal.id, position=Position.CHAIR)
    session.add_all([term, EventHost(event_id=cast.meetup.id, affiliate_id=chapter.id)])
    session.flush()
    link_affiliates(session, cast.senegal, chapter, since=DAY)
    assert find_affiliate(session, "WSN") is chapter
    assert find_affiliate(session, "Wikimedians of Senegal User Group") is chapter
    assert term.affiliate_id == chapter.id
    live = session.scalars(sa.select(EventHost).where(EventHost.removed_at.is_(None))).all()
    assert [host.affiliate_id for host in live] == [chapter.id]
    name = session.scalars(sa.select(AffiliateName)).one()
    status = session.scalars(sa.select(AffiliateStatus)).one()
    assert (name.until, status.until, status.affiliate_type) == (DAY, DAY, AffiliateType.USER_GROUP)
    assert suggest_affiliates(session) == []


def test_an_organization_is_not_linked_to_itself_nor_twice(session: Session, cast: Cast) -> None:
    with pytest.raises(ConflictError):
        link_affiliates(session, cast.senegal, cast.senegal, since=DAY)
    link_affiliates(session, cast.senegal, cast.chile, since=DAY)
    with pytest.raises(ConflictError):
        link_affiliates(session, cast.senegal, cast.chile, since=DAY)
