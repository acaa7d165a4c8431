"""How often may be tried to sign in: counted before anything is hashed, given back when it succeeds."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, request

from admin_app.session import engine
from admin_app.signin.ways import ways
from wmcrm.accounts import Limit, count_try, give_back, is_spent
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import Account, now_utc

FIRST_FACTOR = 10
SECOND_FACTOR = 5


def by_address() -> Limit:
    """Ten tries from one address."""
    return _limit(FIRST_FACTOR, "address", request.remote_addr or "")


def by_name(name: str) -> Limit:
    """Ten tries for one name, whether an account has it or not."""
    return _limit(FIRST_FACTOR, "name", name.strip().casefold()[:100])


def by_account(account: Account) -> Limit:
    """Five tries of the second factor, or of the password again, for one account."""
    return _limit(SECOND_FACTOR, "account", str(account.id))


def by_asker() -> Limit:
    """Ten questions for a link to one's own data from one address."""
    return _limit(FIRST_FACTOR, "asker", request.remote_addr or "")


def by_challenge(challenge: str) -> Limit:
    """A challenge is answered once."""
    return _limit(1, "challenge", challenge)


def take_try(limits: Sequence[Limit]) -> None:
    """Count a try under each limit; answers 429 when it is one too many."""
    now = now_utc()
    with session_scope(engine(), OPERATOR) as reading:
        spent = is_spent(reading, limits, now=now)
    if not spent:
        with session_scope(engine(), OPERATOR, writing=True) as writing:
            spent = not count_try(writing, limits, now=now)
    if spent:
        abort(429)


def give_try_back(limits: Sequence[Limit]) -> None:
    """What succeeded does not count."""
    with session_scope(engine(), OPERATOR, writing=True) as writing:
        give_back(writing, limits)


def _limit(tries: int, kind: str, who: str) -> Limit:
    return Limit(ways().keys.mark("try", f"{kind}:{who}"), tries)
