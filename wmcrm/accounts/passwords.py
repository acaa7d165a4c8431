"""Passwords: argon2id hashes, twelve characters at least, none that everybody guesses first."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wmcrm.errors import BadInputError

MINIMAL_PASSWORD = 12
LONGEST_PASSWORD = 500
# OWASP's first choice for argon2id (password storage cheat sheet): 19 MiB, 2 passes, 1 lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
FEWEST_DIFFERENT = 5
# What people type when twelve characters are asked for: one of these, with digits and signs around it.
COMMON: tuple[str, ...] = (
    "password",
    "passwort",
    "motdepasse",
    "contraseña",
    "qwertyuiop",
    "azertyuiop",
    "letmein",
    "iloveyou",
)
COMMON += ("wikipedia", "wikimedia", "administrator", "welcome", "correcthorsebatterystaple", "administrador")
ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def hash_password(password: str) -> str:
    """The argon2id hash of a password; raises BadInputError when it is shorter than 12 characters."""
    if len(password) < MINIMAL_PASSWORD:
        raise BadInputError("A password needs at least {length} characters.", length=MINIMAL_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise BadInputError("A password may have at most {length} characters.", length=LONGEST_PASSWORD)
    return HASHER.hash(password)


def hash_chosen_password(password: str, name: str) -> str:
    """The hash of a password that somebody chose, on a screen or by command; refuses what everybody guesses first.

    Raises BadInputError: too short, few different characters, a row of keys, or little more than a common
    word or the account's own name.
    """
    plain = "".join(char for char in password.casefold() if char.isalnum())
    bare = plain.strip("0123456789")
    in_a_row = any(plain in row or plain in row[::-1] for row in (*ROWS, *(row * 2 for row in ROWS)))
    guessed = bare in COMMON or bare == "".join(name.casefold().split()) or len(set(password)) < FEWEST_DIFFERENT
    if len(password) >= MINIMAL_PASSWORD and (in_a_row or guessed):
        raise BadInputError("Everybody guesses this password first; take four words that have nothing in common.")
    return hash_password(password)


def is_password(stored: str | None, typed: str) -> bool:
    """Whether this is the password; takes as long for an account that is unknown or has none."""
    try:
        HASHER.verify(stored or _nobodys_hash(), typed[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_hex(16))
