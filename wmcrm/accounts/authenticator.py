"""The second factor by codes: an authenticator app (TOTP, RFC 6238) and recovery codes, each good for once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.accounts.keys import SecretKeys
from wmcrm.accounts.log import note_change
from wmcrm.errors import BadInputError
from wmcrm.models import Account, Passkey, RecoveryCode, SignIn

STEP = 30  # seconds
DIGITS = 6
SECRET_BYTES = 20  # as long as the hash of RFC 6238, which every app knows
RECOVERY_CODES = 10
_USE = "totp"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none looks like another


def new_secret() -> str:
    """A random secret for an authenticator app, in the letters that people can type."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def setup_address(secret: str, name: str) -> str:
    """What the QR code says to the app."""
    label = quote(f"wmcrm:{name}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'wmcrm'})}"


def code_at(secret: str, moment: datetime) -> str:
    """The code that the app shows at a moment."""
    return _code(secret, _step(moment))


def set_up(session: Session, account: Account, secret: str, code: str, *, keys: SecretKeys, now: datetime) -> list[str]:
    """Switch the second factor on when ``code`` proves that the app knows ``secret``; returns recovery codes.

    Raises BadInputError for a code that is wrong.
    """
    step = _matching_step(secret, _digits(code), now)
    if step is None:
        raise BadInputError("This code is not right. Look at the clock of your phone, then type the code it shows now.")
    account.totp_secret = keys.seal(_USE, f"{account.id}:{secret}")
    account.totp_step = step
    note_change(session, "account_totp_on", account)
    return make_recovery_codes(session, account)


def make_recovery_codes(session: Session, account: Account) -> list[str]:
    """Ten new codes, to be shown once; earlier ones end."""
    session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))
    codes = ["-".join(_letters(4) for _ in range(4)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code_hash=_hash(account, code)) for code in codes)
    session.flush()
    note_change(session, "account_recovery_codes", account)
    return codes


def recovery_codes_left(session: Session, account: Account) -> int:
    """How many recovery codes were not used yet."""
    mine = (col(RecoveryCode.account_id) == account.id, col(RecoveryCode.used_at).is_(None))
    return session.execute(sa.select(sa.func.count()).select_from(RecoveryCode).where(*mine)).scalar_one()


def accepts_code(session: Session, account: Account, typed: str, *, keys: SecretKeys, now: datetime) -> bool:
    """Whether the app's code or a recovery code is right; either is used up by it, also between two processes."""
    if len(_digits(typed)) == DIGITS and not any(char.isalpha() for char in typed):
        return _accepts_digits(session, account, _digits(typed), keys=keys, now=now)
    return _accepts_recovery(session, account, typed, now)


def turn_off(session: Session, account: Account) -> None:
    """Forget the authenticator app and the recovery codes; passkeys stay."""
    account.totp_secret = account.totp_step = None
    session.execute(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))
    session.flush()
    note_change(session, "account_totp_off", account)


def forget_factors(session: Session, account: Account) -> None:
    """Forget every second factor of an account and end its sessions."""
    for table in (Passkey, SignIn):
        session.execute(sa.delete(table).where(table.account_id == account.id))  # type: ignore[arg-type]
    turn_off(session, account)


def _accepts_digits(session: Session, account: Account, code: str, *, keys: SecretKeys, now: datetime) -> bool:
    opened = keys.open(_USE, account.totp_secret or "")
    owner, _, secret = (opened or "").partition(":")
    step = _matching_step(secret, code, now) if owner == str(account.id) else None
    if step is None:
        return False
    # Whoever raises the step first has the code; a second use of it raises nothing.
    unused = sa.or_(col(Account.totp_step).is_(None), col(Account.totp_step) < step)
    raised = sa.update(Account).where(col(Account.id) == account.id, unused).values(totp_step=step)
    return _changed(session, raised)


def _accepts_recovery(session: Session, account: Account, typed: str, now: datetime) -> bool:
    unused = (col(RecoveryCode.account_id) == account.id, col(RecoveryCode.used_at).is_(None))
    mine = sa.update(RecoveryCode).where(*unused, col(RecoveryCode.code_hash) == _hash(account, typed))
    if not _changed(session, mine.values(used_at=now)):
        return False
    note_change(session, "account_recovery_used", account, by=account)
    return True


def _changed(session: Session, statement: sa.Update) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, sa.CursorResult)
    return result.rowcount == 1


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: the one of now, before it (slow typing) or after it (a clock that is fast)."""
    step = _step(now)
    steps = (step, step - 1, step + 1)
    return next((one for one in steps if hmac.compare_digest(_code(secret, one), code)), None)


def _code(secret: str, step: int) -> str:
    try:
        key = base64.b32decode(secret)
    except binascii.Error:
        return ""
    # SHA-1 as every app has it: as an HMAC it is not broken.
    return HOTP(key, DIGITS, SHA1(), enforce_key_length=False).generate(step).decode()  # noqa: S303


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def _digits(typed: str) -> str:
    """The digits of any script as the app's own."""
    return "".join(str(int(char)) for char in typed if char.isdecimal())


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _hash(account: Account, code: str) -> str:
    """Sixteen random letters are 79 bits: nobody guesses them back from a plain hash."""
    plain = "".join(char for char in code.casefold() if char.isalnum())
    return hashlib.sha256(f"{account.id}:{plain}".encode()).hexdigest()
