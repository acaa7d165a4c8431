"""Passwords, and how often may be tried."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from wmcrm.accounts import HASHER, Limit, SecretKeys, count_try, give_back, hash_password, is_password, is_spent
from wmcrm.accounts.passwords import _nobodys_hash, hash_chosen_password
from wmcrm.accounts.tries import forget_old_tries
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.errors import BadInputError

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NAME, ADDRESS = Limit("n" * 64, 3), Limit("a" * 64, 5)


@pytest.mark.parametrize(
    "guessed",
    [
        "password1234",
        "Password2026!",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "123456789012",
        "wikipedia 2026",
        "Aïcha  Diop 1",
    ],
)
def test_what_everybody_guesses_first_is_refused(guessed: str) -> None:
    with pytest.raises(BadInputError, match="guesses"):
        hash_chosen_password(guessed, "Aïcha Diop")


@pytest.mark.parametrize(
    "fine", ["correct horse battery", "أربع كلمات بلا معنى", "四个毫无关系的词语放在一起用", "xK9-vq!2LmWz"]
)
def test_other_passwords_are_taken_in_any_script(fine: str) -> None:
    assert is_password(hash_chosen_password(fine, "Aïcha"), fine)


def test_a_password_has_twelve_characters_at_least() -> None:
    for short in ("", "elevenchars"):
        with pytest.raises(BadInputError, match="at least 12"):
            hash_password(short)
    with pytest.raises(BadInputError, match="at most 500"):
        hash_password("x" * 501)


def test_refusing_an_unknown_account_costs_as_much_as_a_wrong_password() -> None:
    assert not is_password(None, "anything at all")
    assert not HASHER.check_needs_rehash(_nobodys_hash())
    assert not is_password("not a hash", "anything at all")


def test_a_sealed_text_opens_for_its_use_and_key_only() -> None:
    keys = SecretKeys("k" * 40)
    sealed = keys.seal("one", "ليلى")
    assert keys.open("one", sealed) == "ليلى"
    assert keys.open("two", sealed) is None
    assert SecretKeys("x" * 40).open("one", sealed) is None
    assert keys.open("one", "nonsense é") is None
    assert keys.mark("one", "x") != keys.mark("two", "x")


def test_the_limit_is_reached_by_either_key_and_passes_with_time(session: Session) -> None:
    assert [count_try(session, (NAME, ADDRESS), now=NOW) for _ in range(4)] == [True, True, True, False]
    assert is_spent(session, (NAME,), now=NOW)
    assert [count_try(session, (ADDRESS,), now=NOW) for _ in range(2)] == [True, False]
    later = NOW + timedelta(minutes=5)
    assert not is_spent(session, (NAME, ADDRESS), now=later)
    assert count_try(session, (NAME, ADDRESS), now=later)


def test_what_succeeded_does_not_count(session: Session) -> None:
    for _ in range(10):
        assert count_try(session, (NAME,), now=NOW)
        give_back(session, (NAME,))
    give_back(session, (NAME,))
    assert [count_try(session, (NAME,), now=NOW) for _ in range(4)] == [True, True, True, False]


def test_counts_of_yesterday_are_deleted(session: Session) -> None:
    for _ in range(3):
        count_try(session, (NAME,), now=NOW)
    forget_old_tries(session, now=NOW + timedelta(days=2))
    assert not is_spent(session, (NAME,), now=NOW)


def test_of_many_who_try_at_once_as_many_pass_as_the_limit_says(engine: Engine) -> None:
    passed: list[bool] = []

    def one_try() -> None:
        with session_scope(engine, OPERATOR, writing=True) as session:
            allowed = count_try(session, (ADDRESS,), now=NOW)
        passed.append(allowed)

    threads = [threading.Thread(target=one_try) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 7 + [True] * 5
