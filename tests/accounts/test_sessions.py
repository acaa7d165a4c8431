"""Sessions: how far they open, how they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from wmcrm.accounts import (
    SecretKeys,
    Standing,
    begin_sign_in,
    change_password,
    close_account,
    code_at,
    complete_sign_in,
    create_account,
    end_sign_in,
    end_sign_ins,
    find_visit,
    new_secret,
    note_seen,
    set_up,
    sign_ins_of,
)
from wmcrm.db import Session
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import Account, PermissionRole, SignIn, SignInMethod

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OLD = "an old pass phrase"
NEW = "quite another sentence"


def account(session: Session, name: str = "Aïcha", role: str = "steward") -> Account:
    return create_account(session, name, role=role, password=OLD).account


def begin(session: Session, of: Account, *, proven: bool = False, now: datetime = NOW) -> str:
    return begin_sign_in(session, of, SignInMethod.PASSWORD, device="Firefox, Linux", proven=proven, now=now)


def add_app(session: Session, to: Account) -> None:
    secret = new_secret()
    set_up(session, to, secret, code_at(secret, NOW), keys=SecretKeys("k" * 40), now=NOW)


def standing(session: Session, token: str, *, required: bool = True, now: datetime = NOW) -> Standing | None:
    found = find_visit(session, token, now=now)
    return found.standing(required=required) if found else None


@pytest.mark.parametrize("role", PermissionRole)
def test_stewards_and_administrators_need_a_second_factor(session: Session, role: PermissionRole) -> None:
    token = begin(session, account(session, role=role))
    needs = role in {PermissionRole.STEWARD, PermissionRole.ADMINISTRATOR}
    assert standing(session, token) is (Standing.NEEDS_SET_UP if needs else Standing.COMPLETE)
    assert standing(session, token, required=False) is Standing.COMPLETE


def test_whoever_has_a_second_factor_needs_it_also_where_it_is_only_offered(session: Session) -> None:
    editor = account(session, role="editor")
    add_app(session, editor)
    assert standing(session, begin(session, editor), required=False) is Standing.NEEDS_CODE
    assert standing(session, begin(session, editor, proven=True), required=False) is Standing.COMPLETE


def test_a_second_factor_that_is_added_is_asked_of_sessions_that_run(session: Session) -> None:
    aicha = account(session, role="editor")
    token = begin(session, aicha)
    assert standing(session, token) is Standing.COMPLETE
    add_app(session, aicha)
    assert standing(session, token) is Standing.NEEDS_CODE


def test_the_second_factor_completes_a_session_under_a_new_token(session: Session) -> None:
    aicha = account(session)
    add_app(session, aicha)
    first = begin(session, aicha)
    found = find_visit(session, first, now=NOW)
    assert found is not None
    second = complete_sign_in(session, found.sign_in.id, now=NOW)
    assert standing(session, first) is None
    assert standing(session, second) is Standing.COMPLETE
    assert standing(session, second, now=NOW + timedelta(hours=11, minutes=59)) is Standing.COMPLETE
    assert standing(session, second, now=NOW + timedelta(hours=12)) is None


def test_a_session_without_its_second_factor_ends_after_ten_minutes(session: Session) -> None:
    aicha = account(session)
    add_app(session, aicha)
    token = begin(session, aicha)
    assert standing(session, token, now=NOW + timedelta(minutes=9)) is Standing.NEEDS_CODE
    assert standing(session, token, now=NOW + timedelta(minutes=10)) is None


def test_the_database_holds_no_token(session: Session) -> None:
    token = begin(session, account(session))
    stored = session.scalars(sa.select(SignIn)).one()
    assert token not in str(stored.model_dump())
    assert stored.token_hash not in repr(stored)


@pytest.mark.parametrize("nonsense", ["", "x", "é" * 5000])
def test_nonsense_is_no_session(session: Session, nonsense: str) -> None:
    assert standing(session, nonsense) is None


def test_one_session_ends_or_all_others_and_none_of_anybody_else(session: Session) -> None:
    aicha, omar = account(session), account(session, "Omar")
    mine, theirs = [begin(session, aicha) for _ in range(3)], begin(session, omar)
    first, second, third = [one.id for one in reversed(sign_ins_of(session, aicha.id, now=NOW))]
    with pytest.raises(NotFoundError):
        end_sign_in(session, omar.id, first)
    end_sign_in(session, aicha.id, first)
    with pytest.raises(NotFoundError):
        end_sign_in(session, aicha.id, first)
    assert end_sign_ins(session, aicha.id, but=third) == 1
    assert [standing(session, token) is None for token in (*mine, theirs)] == [True, True, False, False]
    assert second != third


def test_closing_an_account_ends_its_sessions(session: Session) -> None:
    aicha = account(session)
    token = begin(session, aicha)
    close_account(session, aicha)
    assert standing(session, token) is None
    assert sign_ins_of(session, aicha.id, now=NOW) == []


def test_sessions_that_ran_out_are_deleted_when_somebody_signs_in(session: Session) -> None:
    aicha = account(session)
    begin(session, aicha)
    begin(session, aicha, now=NOW + timedelta(hours=13))
    assert session.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 1


def test_when_a_session_was_seen_is_written_every_few_minutes_only(session: Session) -> None:
    token = begin(session, account(session))
    for minutes, seen in ((3, 0), (6, 6), (9, 6), (12, 12)):
        found = find_visit(session, token, now=NOW)
        assert found is not None
        note_seen(session, found.sign_in.id, now=NOW + timedelta(minutes=minutes))
        session.expire_all()
        assert session.get_one(SignIn, found.sign_in.id).seen_at == NOW + timedelta(minutes=seen)


def test_a_new_password_ends_every_other_session(session: Session) -> None:
    aicha = account(session)
    other, mine = begin(session, aicha), begin(session, aicha)
    found = find_visit(session, mine, now=NOW)
    assert found is not None
    with pytest.raises(BadInputError, match="old password"):
        change_password(session, aicha, old="guess", new=NEW, but=found.sign_in.id)
    change_password(session, aicha, old=OLD, new=NEW, but=found.sign_in.id)
    assert standing(session, other) is None
    assert standing(session, mine) is not None
