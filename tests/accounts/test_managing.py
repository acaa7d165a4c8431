"""Managing accounts: invitations, roles, closing, and who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.cast import add_affiliate
from wmcrm.accounts import (
    accept_welcome,
    add_account,
    close_account,
    create_account,
    deeds_on,
    find_account,
    find_actor,
    find_by_wiki,
    find_managed,
    find_welcomed,
    grant_role,
    is_password,
    link_wiki_account,
    list_accounts,
    make_welcome_link,
    open_account,
    reset_second_factor,
    revoke_role,
)
from wmcrm.db import Session
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from wmcrm.models import AccessLogEntry, Account

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PHRASE = "four words without sense"


@pytest.fixture
def ruth(session: Session) -> Account:
    return create_account(session, "Ruth", role="administrator").account


def test_the_last_administrator_cannot_be_closed_or_lose_the_role(session: Session, ruth: Account) -> None:
    add_affiliate(session, "WSN", "Wikimedians of Senegal", "SN")
    create_account(session, "Local", role="administrator", affiliate="WSN")
    closed = create_account(session, "Closed", role="administrator").account
    close_account(session, closed)
    for deed in (close_account, lambda *them: revoke_role(*them, "administrator")):
        with pytest.raises(ConflictError, match="last open account"):
            deed(session, ruth)
    open_account(session, closed)
    revoke_role(session, ruth, "administrator")
    assert find_actor(session, "Ruth").roles == frozenset()


def test_an_account_that_is_no_administrator_is_closed_at_once(session: Session, ruth: Account) -> None:
    omar = create_account(session, "Omar", role="viewer").account
    close_account(session, omar)
    with pytest.raises(NotFoundError):
        find_actor(session, "Omar")
    with pytest.raises(BadInputError, match="closed already"):
        close_account(session, omar)


def test_only_an_administrator_of_everything_manages_accounts(session: Session, ruth: Account) -> None:
    add_affiliate(session, "WSN", "Wikimedians of Senegal", "SN")
    local = create_account(session, "Local", role="administrator", affiliate="WSN").account
    # Reading everywhere and administrating one affiliate are no administration of everything.
    grant_role(session, local, "viewer")
    steward = create_account(session, "Sami", role="steward").account
    for name in ("Local", "Sami"):
        session.info["actor"] = find_actor(session, name)
        for deed in (
            lambda: list_accounts(session, now=NOW),
            lambda: grant_role(session, local, "administrator"),
            lambda: close_account(session, ruth),
            lambda: reset_second_factor(session, ruth),
            lambda: find_managed(session, ruth.id),
            lambda: make_welcome_link(session, ruth, now=NOW),
            lambda: link_wiki_account(session, ruth, "Me"),
            lambda: add_account(session, "Eve", role="administrator"),
        ):
            with pytest.raises(NotAllowedError, match="administrator of all affiliates"):
                deed()
    session.info["actor"] = find_actor(session, "Ruth")
    assert [row.name for row in list_accounts(session, now=NOW)] == ["Local", "Ruth", "Sami"]
    assert steward.active


def test_roles_are_given_once_and_taken_where_they_hold(session: Session, ruth: Account) -> None:
    add_affiliate(session, "WSN", "Wikimedians of Senegal", "SN")
    omar = create_account(session, "Omar", role="viewer", affiliate="WSN").account
    assert grant_role(session, omar, "editor", "WSN").id == grant_role(session, omar, "editor", "WSN").id
    row = next(one for one in list_accounts(session, now=NOW) if one.name == "Omar")
    assert [(one.role.value, one.affiliate_code) for one in row.grants] == [("viewer", "WSN"), ("editor", "WSN")]
    with pytest.raises(NotFoundError):
        revoke_role(session, omar, "editor")
    revoke_role(session, omar, "editor", "WSN")
    with pytest.raises(BadInputError, match="no role emperor"):
        grant_role(session, omar, "emperor")


def test_what_was_done_to_an_account_is_kept_without_secrets(session: Session, ruth: Account) -> None:
    omar = create_account(session, "Omar", role="viewer", password=PHRASE).account
    grant_role(session, omar, "editor")
    token = make_welcome_link(session, omar, now=NOW)
    accept_welcome(session, token, "another fine sentence", now=NOW)
    deeds = [(deed.action, deed.detail, deed.actor) for deed in deeds_on(session, omar)]
    assert deeds == [
        ("account_password", "", "Omar"),
        ("account_welcome_link", "", "operator"),
        ("account_grant", "editor, everywhere", "operator"),
        ("account_invite", "viewer, everywhere", "operator"),
    ]
    kept = str([entry.model_dump() for entry in session.scalars(sa.select(AccessLogEntry))])
    assert token not in kept and PHRASE not in kept and str(omar.password_hash) not in kept


def test_a_welcome_link_lets_somebody_choose_the_password_once(session: Session, ruth: Account) -> None:
    vera = add_account(session, "Vera", role="viewer")
    assert not is_password(vera.password_hash, "")
    token = make_welcome_link(session, vera, now=NOW)
    assert find_welcomed(session, token, now=NOW) is vera
    with pytest.raises(BadInputError):
        accept_welcome(session, token, "short", now=NOW)
    accept_welcome(session, token, PHRASE, now=NOW)
    assert is_password(vera.password_hash, PHRASE)
    for again in (token, "", "x" * 4000):
        with pytest.raises(NotFoundError, match="used already or is too old"):
            find_welcomed(session, again, now=NOW)


def test_a_welcome_link_ends_by_a_newer_one_by_time_and_with_the_account(session: Session, ruth: Account) -> None:
    vera = add_account(session, "Vera", role="viewer")
    first = make_welcome_link(session, vera, now=NOW)
    second = make_welcome_link(session, vera, now=NOW)
    third = make_welcome_link(session, vera, now=NOW)
    for token, moment in ((first, NOW), (second, NOW), (third, NOW + timedelta(days=7))):
        with pytest.raises(NotFoundError):
            find_welcomed(session, token, now=moment)
    close_account(session, vera)
    open_account(session, vera)
    with pytest.raises(NotFoundError):
        find_welcomed(session, third, now=NOW)


def test_a_wiki_account_opens_the_account_it_is_linked_to(session: Session, ruth: Account) -> None:
    link_wiki_account(session, ruth, "User:ruth_the_admin")
    assert ruth.wiki_username == "Ruth the admin"
    assert find_by_wiki(session, username="Ruth the admin", user_id="7") is ruth
    for username, user_id in (("Somebody", "7"), ("Ruth the admin", ""), ("", "7"), ("#<>", "7")):
        assert find_by_wiki(session, username=username, user_id=user_id) is None


def test_whoever_takes_over_a_username_does_not_take_over_the_account(session: Session, ruth: Account) -> None:
    link_wiki_account(session, ruth, "Ruth")
    assert find_by_wiki(session, username="Ruth", user_id="7") is ruth
    assert find_by_wiki(session, username="Ruth", user_id="8") is None
    link_wiki_account(session, ruth, "Ruth R")
    assert find_by_wiki(session, username="Ruth R", user_id="8") is ruth


def test_one_wiki_account_opens_one_account(session: Session, ruth: Account) -> None:
    omar = create_account(session, "Omar", role="viewer").account
    link_wiki_account(session, ruth, "Ruth")
    with pytest.raises(ConflictError, match="linked to this username"):
        link_wiki_account(session, omar, "ruth")
    with pytest.raises(BadInputError, match="no username"):
        link_wiki_account(session, omar, "a|b")
    link_wiki_account(session, ruth, "")
    link_wiki_account(session, omar, "ruth")
    assert find_by_wiki(session, username="Ruth", user_id="7") is omar


def test_a_closed_account_is_opened_by_no_wiki_account(session: Session, ruth: Account) -> None:
    omar = create_account(session, "Omar", role="viewer").account
    link_wiki_account(session, omar, "Omar")
    close_account(session, omar)
    assert find_by_wiki(session, username="Omar", user_id="7") is None
    assert find_account(session, "Omar") is omar
