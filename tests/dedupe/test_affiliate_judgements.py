"""That two organizations are two is remembered, forbids linking, and is taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.cast import Cast, add_affiliate
from wmcrm.db import Session
from wmcrm.dedupe import (
    find_told_apart,
    link_affiliates,
    suggest_affiliates,
    take_back_apart,
    tell_apart,
    told_apart,
    unlink_affiliates,
)
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import Account, Affiliate

DAY = dt.date(2025, 7, 1)


@pytest.fixture
def chapter(session: Session, cast: Cast) -> Affiliate:
    """An organization that is suggested to be what the user group became."""
    return add_affiliate(session, "WMSN", "Wikimedia Senegal", "SN")


def test_two_that_were_told_apart_are_not_suggested_until_it_is_taken_back(
    session: Session, cast: Cast, chapter: Affiliate
) -> None:
    assert len(suggest_affiliates(session)) == 1
    said = tell_apart(session, chapter, cast.senegal)
    assert suggest_affiliates(session) == []
    (told,) = told_apart(session, chapter)
    assert (told.one, told.other, told.by) == (cast.senegal, chapter, None)
    assert told_apart(session, cast.chile) == []
    take_back_apart(session, find_told_apart(session, said.id))
    assert (len(suggest_affiliates(session)), told_apart(session)) == (1, [])
    with pytest.raises(ConflictError):
        take_back_apart(session, said)
    with pytest.raises(NotFoundError):
        find_told_apart(session, said.id + 1)


def test_they_are_asked_about_again_when_one_is_called_otherwise(
    session: Session, cast: Cast, chapter: Affiliate
) -> None:
    tell_apart(session, cast.senegal, chapter)
    chapter.name = "Wikimédia Sénégal"
    assert suggest_affiliates(session) == []  # the same letters
    chapter.code = "WM-SN"
    session.flush()
    assert len(suggest_affiliates(session)) == 1
    with pytest.raises(ConflictError, match="two organizations"):
        link_affiliates(session, cast.senegal, chapter, since=DAY)


def test_who_said_it_is_told_and_the_last_word_holds(session: Session, cast: Cast, chapter: Affiliate) -> None:
    ruth = Account(name="Ruth", fs_uniquifier="ruth")
    session.add(ruth)
    session.flush()
    first = tell_apart(session, cast.senegal, chapter)
    second = tell_apart(session, chapter, cast.senegal)
    second.judged_by_id = ruth.id
    assert first.revoked_at is not None
    assert [(told.judgement, told.by) for told in told_apart(session)] == [(second, "Ruth")]


def test_the_veto_holds_through_what_an_organization_was_before(
    session: Session, cast: Cast, chapter: Affiliate
) -> None:
    hub = add_affiliate(session, "HSN", "Senegal Hub", "SN")
    tell_apart(session, cast.senegal, hub)
    link = link_affiliates(session, cast.senegal, chapter, since=DAY)
    assert suggest_affiliates(session) == []
    for pair in ((hub, chapter), (chapter, hub)):
        with pytest.raises(ConflictError, match="two organizations"):
            link_affiliates(session, *pair, since=DAY)
    unlink_affiliates(session, link)
    link_affiliates(session, chapter, hub, since=DAY)


def test_one_organization_and_linked_ones_are_not_told_apart(session: Session, cast: Cast, chapter: Affiliate) -> None:
    with pytest.raises(ConflictError):
        tell_apart(session, chapter, chapter)
    link_affiliates(session, cast.senegal, chapter, since=DAY)
    with pytest.raises(ConflictError, match="take that link back"):
        tell_apart(session, cast.senegal, chapter)
