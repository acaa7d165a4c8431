"""The ledger of erasures: a file beside the keys, append-only, hashes only, stronger than any backup.

A line is written just before the transaction that erases commits. After an old backup was restored
:func:`wmcrm.privacy.replay_erasures` reads it and does everything again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction

from wmcrm.db import Session
from wmcrm.errors import DatabaseStateError
from wmcrm.outreach import Keyring, keyring_of

LEDGER_FILE = "erasures.ledger"
WAITING = "ledger_lines"
DIGEST_LENGTH = 16
# Called before the waiting lines are written, to add what this transaction did.
COLLECTORS: list[Callable[[OrmSession], None]] = []


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One act: ``erased`` or ``restricted`` (a withdrawal, refusal or objection).

    ``people`` are hashes of public ids, ``identifiers`` pairs of hash and kind, ``said`` the terms of a
    restriction: purpose, channel, decision and day.
    """

    act: str
    at: str
    key: str
    people: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...] = ()
    said: Mapping[str, str] | None = None


def person_digest(key: bytes, public_id: str) -> str:
    """The hash by which the ledger knows a record."""
    return hmac.digest(key, b"person\0" + public_id.encode(), hashlib.sha256)[:DIGEST_LENGTH].hex()


def note_in_ledger(session: OrmSession, line: LedgerLine) -> None:
    """Have a line written when this transaction commits; a rollback forgets it."""
    waiting: list[tuple[SessionTransaction | None, LedgerLine]] = session.info.setdefault(WAITING, [])
    waiting.append((session.get_nested_transaction(), line))


def read_ledger(keyring: Keyring) -> Iterator[LedgerLine]:
    """All lines, the oldest first; raises DatabaseStateError for a damaged one."""
    path = keyring.folder / LEDGER_FILE
    if not path.exists():
        return
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            fields = json.loads(text)
            pairs = tuple((made, kind) for made, kind in fields["identifiers"])
            said = fields.get("said")
            line = LedgerLine(fields["act"], fields["at"], fields["key"], tuple(fields["people"]), pairs, said)
        except (ValueError, KeyError, TypeError) as error:
            raise DatabaseStateError(
                "Line {number} of {file} is damaged; put back the copy you keep with your keys.",
                number=number,
                file=path,
            ) from error
        yield line


def moment() -> str:
    """Now, as the ledger writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _append(keyring: Keyring, lines: Sequence[LedgerLine]) -> None:
    keyring.folder.mkdir(parents=True, exist_ok=True)
    path: Path = keyring.folder / LEDGER_FILE
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        text = "".join(json.dumps(asdict(line), ensure_ascii=True) + "\n" for line in lines)
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Before, not after: a line too many erases again what was asked to be erased, a line too few would not."""
    if session.in_nested_transaction():
        return
    session.flush()
    for collect in COLLECTORS:
        collect(session)
    waiting = session.info.pop(WAITING, [])
    if waiting:
        _append(keyring_of(session), [line for _, line in waiting])


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    waiting = session.info.pop(WAITING, [])
    if ended.nested and waiting:
        session.info[WAITING] = [(made_in, line) for made_in, line in waiting if ended not in _chain(made_in)]


def _chain(made_in: SessionTransaction | None) -> Iterator[SessionTransaction]:
    while made_in is not None:
        yield made_in
        made_in = made_in.parent
