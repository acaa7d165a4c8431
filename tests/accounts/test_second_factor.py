"""Authenticator apps and recovery codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from wmcrm.accounts import (
    SecretKeys,
    accepts_code,
    code_at,
    create_account,
    has_second_factor,
    make_recovery_codes,
    new_secret,
    recovery_codes_left,
    reset_second_factor,
    set_up,
    setup_address,
    turn_off,
)
from wmcrm.db import Session
from wmcrm.errors import BadInputError
from wmcrm.models import AccessLogEntry, Account, Change, RecoveryCode

KEYS = SecretKeys("a secret key of an installation, long enough")
NOW = datetime(2026, 11, 21, 9, 0, 7, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def aicha(session: Session) -> Account:
    return create_account(session, "Aïcha", role="steward").account


def with_app(session: Session, account: Account) -> str:
    secret = new_secret()
    set_up(session, account, secret, code_at(secret, NOW), keys=KEYS, now=NOW)
    return secret


def test_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the key of its appendix B; of eight digits the last six
    moments = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    assert {at: code_at(secret, datetime.fromtimestamp(at, UTC)) for at in moments} == moments


def test_the_address_for_the_app_carries_the_name_in_any_script() -> None:
    assert setup_address("ABC", "ليلى / x") == (
        "otpauth://totp/wmcrm%3A%D9%84%D9%8A%D9%84%D9%89%20%2F%20x?secret=ABC&issuer=wmcrm"
    )


def test_an_app_is_switched_on_by_a_code_of_its_own_only(session: Session, aicha: Account) -> None:
    secret = new_secret()
    for wrong in ("", "000000", code_at(secret, NOW - timedelta(minutes=5)), code_at(new_secret(), NOW), "x" * 400):
        with pytest.raises(BadInputError, match="not right"):
            set_up(session, aicha, secret, wrong, keys=KEYS, now=NOW)
    assert not has_second_factor(session, aicha)
    set_up(session, aicha, secret, f" {code_at(secret, NOW)[:3]} {code_at(secret, NOW)[3:]}", keys=KEYS, now=NOW)
    assert has_second_factor(session, aicha)


def test_the_secret_is_stored_sealed_and_written_nowhere_else(session: Session, aicha: Account) -> None:
    secret = with_app(session, aicha)
    stored = session.execute(sa.select(Account.totp_secret)).scalar_one()  # type: ignore[call-overload]
    assert secret not in str(stored)
    assert KEYS.open("totp", str(stored)) == f"{aicha.id}:{secret}"
    elsewhere = [*session.scalars(sa.select(AccessLogEntry)), *session.scalars(sa.select(Change)), aicha, KEYS]
    assert secret not in "".join(str(one.model_dump() if hasattr(one, "model_dump") else one) for one in elsewhere[:-2])
    assert str(stored) not in repr(elsewhere) and KEYS.secret not in repr(elsewhere)


def test_a_code_works_once(session: Session, aicha: Account) -> None:
    secret = with_app(session, aicha)
    later = NOW + HALF_A_MINUTE
    assert not accepts_code(session, aicha, code_at(secret, NOW), keys=KEYS, now=NOW), "it switched the app on"
    assert accepts_code(session, aicha, code_at(secret, later), keys=KEYS, now=later)
    assert not accepts_code(session, aicha, code_at(secret, later), keys=KEYS, now=later + HALF_A_MINUTE)


def test_a_clock_may_be_half_a_minute_off_and_digits_of_any_script_do(session: Session, aicha: Account) -> None:
    secret = with_app(session, aicha)
    moment = NOW + timedelta(hours=1)
    early = code_at(secret, moment - HALF_A_MINUTE)
    assert not accepts_code(session, aicha, code_at(secret, moment - 2 * HALF_A_MINUTE), keys=KEYS, now=moment)
    assert accepts_code(
        session, aicha, early.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), keys=KEYS, now=moment
    )
    assert accepts_code(session, aicha, code_at(secret, moment + HALF_A_MINUTE), keys=KEYS, now=moment)
    assert not accepts_code(session, aicha, early, keys=KEYS, now=moment), "the last step only goes up"


def test_an_earlier_code_is_no_good_after_a_later_one(session: Session, aicha: Account) -> None:
    secret = with_app(session, aicha)
    moment = NOW + timedelta(hours=1)
    assert accepts_code(session, aicha, code_at(secret, moment), keys=KEYS, now=moment)
    assert not accepts_code(session, aicha, code_at(secret, moment - HALF_A_MINUTE), keys=KEYS, now=moment)


def test_a_secret_sealed_by_another_key_or_for_another_account_lets_nobody_in(session: Session, aicha: Account) -> None:
    secret = with_app(session, aicha)
    moment = NOW + timedelta(hours=1)
    other = create_account(session, "Omar", role="steward").account
    other.totp_secret = aicha.totp_secret
    session.flush()
    assert not accepts_code(session, other, code_at(secret, moment), keys=KEYS, now=moment)
    assert not accepts_code(session, aicha, code_at(secret, moment), keys=SecretKeys("another" * 9), now=moment)


def test_each_of_ten_recovery_codes_works_once_however_it_is_typed(session: Session, aicha: Account) -> None:
    secret = new_secret()
    codes = set_up(session, aicha, secret, code_at(secret, NOW), keys=KEYS, now=NOW)
    assert len(set(codes)) == recovery_codes_left(session, aicha) == 10
    assert accepts_code(session, aicha, f" {codes[0].upper().replace('-', ' ')} ", keys=KEYS, now=NOW)
    assert not accepts_code(session, aicha, codes[0], keys=KEYS, now=NOW)
    assert recovery_codes_left(session, aicha) == 9
    used = session.scalars(sa.select(AccessLogEntry).order_by(AccessLogEntry.id.desc())).first()  # type: ignore[attr-defined]
    assert used is not None and (used.action, used.actor) == ("account_recovery_used", "Aïcha")


def test_recovery_codes_are_stored_as_hashes_and_belong_to_one_account(session: Session, aicha: Account) -> None:
    codes = make_recovery_codes(session, aicha)
    hashes = session.scalars(sa.select(RecoveryCode.code_hash)).all()  # type: ignore[call-overload]
    assert not {code.replace("-", "") for code in codes} & set(hashes)
    other = create_account(session, "Omar", role="steward").account
    assert not accepts_code(session, other, codes[0], keys=KEYS, now=NOW)


def test_new_recovery_codes_end_the_old_ones(session: Session, aicha: Account) -> None:
    old = make_recovery_codes(session, aicha)
    make_recovery_codes(session, aicha)
    assert not accepts_code(session, aicha, old[0], keys=KEYS, now=NOW)
    assert recovery_codes_left(session, aicha) == 10


@pytest.mark.parametrize("nonsense", ["", "12345", "1234567", "\x00" * 6, "x" * 100_000, "½½½½½½", "💥", "0" * 40])
def test_nonsense_is_no_code(session: Session, aicha: Account, nonsense: str) -> None:
    with_app(session, aicha)
    assert not accepts_code(session, aicha, nonsense, keys=KEYS, now=NOW + timedelta(hours=1))


@pytest.mark.parametrize("forget", [turn_off, reset_second_factor])
def test_what_is_turned_off_or_reset_lets_nobody_in(session: Session, aicha: Account, forget: object) -> None:
    secret = new_secret()
    codes = set_up(session, aicha, secret, code_at(secret, NOW), keys=KEYS, now=NOW)
    forget(session, aicha)  # type: ignore[operator]
    assert not has_second_factor(session, aicha)
    later = NOW + timedelta(hours=1)
    assert not accepts_code(session, aicha, code_at(secret, later), keys=KEYS, now=later)
    assert not accepts_code(session, aicha, codes[0], keys=KEYS, now=later)
