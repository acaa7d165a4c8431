"""A link of two organizations is taken back, and nothing is lost by either."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from tests.cast import Cast, add_affiliate
from wmcrm.db import Actor, Session
from wmcrm.dedupe import (
    find_link,
    link_affiliates,
    standing_links,
    suggest_affiliates,
    unlink_affiliates,
    what_would_stay_linked,
)
from wmcrm.errors import ConflictError, NotAllowedError, NotFoundError
from wmcrm.models import (
    Account,
    Affiliate,
    AffiliateInvolvement,
    AffiliateName,
    AffiliateStatus,
    EventHost,
    Initiative,
    InvolvementKind,
    Membership,
    Person,
    Position,
    metadata,
)
from wmcrm.references import find_affiliate

DAY = dt.date(2025, 7, 1)
TABLES = ("affiliate", "affiliate_involvement", "affiliate_name", "affiliate_status", "event_host", "membership")
UNDONE = {"affiliate_name", "affiliate_status"}  # what a link made stays behind, removed


@pytest.fixture
def chapter(session: Session, cast: Cast) -> Affiliate:
    """What the user group became; each of the two has something of everything."""
    made = add_affiliate(session, "WMSN", "Wikimedia Senegal", "SN")
    hubs = Initiative(title="Hubs")
    session.add(hubs)
    session.flush()
    for affiliate, person in ((cast.senegal, cast.aicha), (made, cast.omar)):
        _term(session, affiliate, person)
        work = AffiliateInvolvement(initiative_id=hubs.id, affiliate_id=affiliate.id, kind=InvolvementKind.LEADING)
        session.add_all([work, AffiliateName(affiliate_id=affiliate.id, name=f"{affiliate.name} before")])
    session.add(EventHost(event_id=cast.meetup.id, affiliate_id=made.id))
    session.flush()
    return made


def _term(session: Session, affiliate: Affiliate, person: Person) -> Membership:
    mine = {"person_id": person.id, "recorded_for_id": person.id}
    term = Membership(**mine, affiliate_id=affiliate.id, position=Position.CHAIR)
    session.add(term)
    session.flush()
    return term


def standing(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a link touches, without versions, and without the removed names and statuses."""
    session.flush()
    found = {}
    for name in TABLES:
        table = metadata.tables[name]
        query = sa.select(*(column for column in table.c if column.name != "version"))
        query = query.where(table.c.removed_at.is_(None)) if name in UNDONE else query
        found[name] = sorted((tuple(row) for row in session.execute(query)), key=str)
    return found


def test_a_link_taken_back_leaves_both_as_they_were(session: Session, cast: Cast, chapter: Affiliate) -> None:
    before = standing(session)
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    assert standing(session) != before
    assert [former for _, former in standing_links(session, chapter)] == [cast.senegal]
    report = unlink_affiliates(session, link)
    assert (report.former, report.current, report.stays) == (cast.senegal, chapter, [])
    assert standing(session) == before
    assert find_affiliate(session, "WSN") is cast.senegal
    assert standing_links(session) == []
    assert [found.former for found in suggest_affiliates(session)] == [cast.senegal]


def test_two_can_be_linked_again_after_it_was_taken_back(session: Session, cast: Cast, chapter: Affiliate) -> None:
    unlink_affiliates(session, link_affiliates(session, cast.senegal, chapter, since=DAY))
    again = link_affiliates(session, cast.senegal, chapter, since=DAY)
    linked = standing(session)
    unlink_affiliates(session, again)
    link_affiliates(session, cast.senegal, chapter, since=DAY)
    assert [len(rows) for rows in standing(session).values()] == [len(rows) for rows in linked.values()]


def test_what_came_since_stays_and_is_listed(session: Session, cast: Cast, chapter: Affiliate) -> None:
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    new = _term(session, chapter, cast.aicha)
    told = [(stay.table, stay.row_id, stay.field) for stay in what_would_stay_linked(session, link)]
    assert told == [("membership", new.id, None)]
    report = unlink_affiliates(session, link)
    assert [(stay.table, stay.row_id, stay.field) for stay in report.stays] == told
    assert new.affiliate_id == chapter.id


def test_a_change_of_a_moved_row_goes_back_with_it(session: Session, cast: Cast, chapter: Affiliate) -> None:
    term = session.scalars(sa.select(Membership).filter_by(affiliate_id=cast.senegal.id)).one()
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    term.title, term.until = "President", dt.date(2026, 1, 1)
    assert unlink_affiliates(session, link).stays == []
    assert (term.affiliate_id, term.title, term.until) == (cast.senegal.id, "President", dt.date(2026, 1, 1))


def test_a_row_that_was_moved_on_stays_where_it_is(session: Session, cast: Cast, chapter: Affiliate) -> None:
    term = session.scalars(sa.select(Membership).filter_by(affiliate_id=cast.senegal.id)).one()
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    term.affiliate_id = cast.chile.id
    (stay,) = unlink_affiliates(session, link).stays
    assert (stay.table, stay.row_id, stay.field) == ("membership", term.id, "affiliate_id")
    assert term.affiliate_id == cast.chile.id


def test_a_dated_name_that_somebody_mended_stays(session: Session, cast: Cast, chapter: Affiliate) -> None:
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    name = session.scalars(sa.select(AffiliateName).filter_by(name=cast.senegal.name)).one()
    name.until = dt.date(2025, 8, 1)
    (stay,) = unlink_affiliates(session, link).stays
    assert (stay.table, stay.row_id) == ("affiliate_name", name.id)
    assert name.removed_at is None
    assert session.scalars(sa.select(AffiliateStatus)).one().removed_at is not None


def test_links_in_a_row_are_taken_back_the_latest_first(session: Session, cast: Cast, chapter: Affiliate) -> None:
    before = standing(session)
    first = link_affiliates(session, cast.senegal, chapter, since=DAY)
    between = standing(session)
    second = link_affiliates(session, chapter, cast.chile, since=dt.date(2026, 1, 1))
    with pytest.raises(ConflictError, match="take that link back"):
        unlink_affiliates(session, first)
    assert unlink_affiliates(session, second).stays == []
    assert standing(session) == between
    assert unlink_affiliates(session, first).stays == []
    assert standing(session) == before


def test_what_another_link_brought_is_not_called_new(session: Session, cast: Cast, chapter: Affiliate) -> None:
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    _term(session, cast.chile, cast.dana)
    other = link_affiliates(session, cast.chile, chapter, since=DAY)
    assert unlink_affiliates(session, link).stays == []
    assert unlink_affiliates(session, other).stays == []
    assert (cast.senegal.removed_at, cast.chile.removed_at) == (None, None)


def test_a_row_that_got_the_number_of_an_erased_one_stays(session: Session, cast: Cast, chapter: Affiliate) -> None:
    term = session.scalars(sa.select(Membership).filter_by(affiliate_id=cast.senegal.id)).one()
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    number = term.id
    session.delete(term)
    session.flush()
    mine = {"person_id": cast.omar.id, "recorded_for_id": cast.omar.id}
    new = Membership(id=number, **mine, affiliate_id=chapter.id, position=Position.TREASURER)
    session.add(new)
    session.flush()
    assert [stay.row_id for stay in unlink_affiliates(session, link).stays] == [number]
    assert new.affiliate_id == chapter.id


def test_a_link_is_taken_back_once_and_exists(session: Session, cast: Cast, chapter: Affiliate) -> None:
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    unlink_affiliates(session, link)
    with pytest.raises(ConflictError, match="undone already"):
        unlink_affiliates(session, link)
    assert find_link(session, link.id) is link
    with pytest.raises(NotFoundError):
        find_link(session, link.id + 1)


def test_only_a_steward_of_both_links_and_takes_back(session: Session, cast: Cast, chapter: Affiliate) -> None:
    roles = frozenset({"steward"})
    sami, ruth = Account(name="Sami", fs_uniquifier="sami"), Account(name="Ruth", fs_uniquifier="ruth")
    session.add_all([sami, ruth])
    session.flush()
    here = Actor("Sami", account_id=sami.id, roles=roles, affiliate_ids=frozenset({chapter.id}))
    both = Actor("Ruth", account_id=ruth.id, roles=roles, affiliate_ids=frozenset({cast.senegal.id, chapter.id}))
    session.info["actor"] = here
    with pytest.raises(NotAllowedError):
        link_affiliates(session, cast.senegal, chapter, since=DAY)
    session.info["actor"] = both
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    session.info["actor"] = here
    with pytest.raises(NotAllowedError):
        unlink_affiliates(session, link)
    with pytest.raises(NotAllowedError):  # it tells how many positions others recorded
        what_would_stay_linked(session, link)
    session.info["actor"] = both
    assert unlink_affiliates(session, link).former is cast.senegal
