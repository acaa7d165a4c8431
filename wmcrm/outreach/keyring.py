"""The keys of an installation: files in its data folder, never in the database.

``identifiers.key`` makes the hashes of identifiers (suppression, blind index, ledger of erasures). It is
made on first use, readable by its owner only. Whoever loses it can no longer tell that a sheet brings back
somebody who was erased: so a database that knows hashes of another key is refused, loudly.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import DatabaseStateError
from wmcrm.models import BlindIndex, Suppression
from wmcrm.settings import read_settings

KEY_FILE = "identifiers.key"
KEY_LENGTH = 32
DIGEST_LENGTH = 16
PLACE = "keyring"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Where the keys of this installation lie."""

    folder: Path

    def identifier_key(self) -> bytes:
        """The key of identifier hashes; made when there is none yet."""
        path = self.folder / KEY_FILE
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_bytes(KEY_LENGTH))
        key = path.read_bytes()
        if len(key) != KEY_LENGTH:
            raise DatabaseStateError("{file} is damaged; put back the copy you keep with your backups.", file=path)
        return key

    def has_identifier_key(self) -> bool:
        """Whether the key exists already."""
        return (self.folder / KEY_FILE).exists()


def keyring_of(session: Session) -> Keyring:
    """The keyring of a session: the one it was given, or that of WMCRM_DATA_DIR."""
    held = session.info.get(PLACE)
    if isinstance(held, Keyring):
        return held
    made = Keyring(read_settings().data_path)
    session.info[PLACE] = made
    return made


def use_keyring(session: Session, keyring: Keyring) -> None:
    """From now on this session takes its keys from there."""
    session.info[PLACE] = keyring


def key_id(key: bytes) -> str:
    """A name of a key that says nothing about it: 16 hexadecimal digits."""
    return hmac.digest(key, b"key id", hashlib.sha256).hex()[:16]


def checked_key(session: Session) -> bytes:
    """The key of identifier hashes, after making sure that the hashes in the database are its own.

    Raises DatabaseStateError when they were made with another key, or when the key is gone.
    """
    keyring = keyring_of(session)
    known = set(session.scalars(sa.select(col(Suppression.key_id)).distinct()))
    known |= set(session.scalars(sa.select(col(BlindIndex.key_id)).distinct()))
    known.discard(None)
    if known and not keyring.has_identifier_key():
        raise DatabaseStateError(
            "The key of withheld identifiers is missing: put {file} back into {folder} (WMCRM_DATA_DIR).",
            file=KEY_FILE,
            folder=keyring.folder,
        )
    key = keyring.identifier_key()
    if known - {key_id(key)}:
        raise DatabaseStateError(
            "{file} in {folder} is not the key this database was kept with; put the right one back (WMCRM_DATA_DIR).",
            file=KEY_FILE,
            folder=keyring.folder,
        )
    return key


def _write_once(path: Path, content: bytes) -> None:
    """Write a new private file whole; whoever comes second keeps the first one's."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).chmod(0o600)
        if not path.exists():
            _link(Path(name), path)
    finally:
        Path(name).unlink(missing_ok=True)


def _link(made: Path, path: Path) -> None:
    try:
        os.link(made, path)
    except FileExistsError:
        return
