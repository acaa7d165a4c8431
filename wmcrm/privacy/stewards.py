"""Stewards of sealed records: their public age keys in the database, their secret keys in files elsewhere.

Secret keys lie in the folder ``stewards`` of the data folder, one file a steward, readable by its owner
only. That folder must not be the database's: a copy of the database's folder must not hold its keys.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

import pyrage
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError, SettingsError
from wmcrm.models import SealedKey, StewardKey, now_utc
from wmcrm.outreach import keyring_of
from wmcrm.permissions import Permission
from wmcrm.privacy.authority import require_for_all

FOLDER = "stewards"
SUFFIX = ".age-key"
SECRET_MARK = "AGE-SECRET-KEY-"  # noqa: S105 (how such lines begin)
LONGEST_NAME = 100
SecretKey: TypeAlias = pyrage.x25519.Identity
# A file that holds secret keys, or a key that is only in memory.
Identity: TypeAlias = Path | SecretKey


def make_steward_key(session: Session, name: str, *, account_id: int | None = None) -> StewardKey:
    """Make a key pair for a steward: the secret half in a new private file, the public half registered."""
    if not name.isidentifier():
        raise BadInputError("Name the steward in letters and digits, such as an account.")
    require_for_all(session, Permission.PEOPLE_PROTECT)
    folder = key_folder(session)
    folder.mkdir(parents=True, exist_ok=True)
    identity = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(folder / f"{name}{SUFFIX}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConflictError("{name} has a key file already.", name=name) from error
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return add_steward(session, name, str(identity.to_public()), account_id=account_id)


def add_steward(session: Session, name: str, recipient: str, *, account_id: int | None = None) -> StewardKey:
    """Register the public key (``age1...``) of a steward who keeps the secret key elsewhere."""
    require_for_all(session, Permission.PEOPLE_PROTECT)
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInputError("Give the steward a name, up to 100 characters.")
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise BadInputError("The recipient is no age public key; it begins with age1.") from error
    query = sa.select(StewardKey).where(sa.or_(col(StewardKey.name) == name, col(StewardKey.recipient) == recipient))
    if session.scalars(query).first() is not None:
        raise ConflictError("There is a steward with this name or key already.")
    made = StewardKey(name=name, recipient=recipient, account_id=account_id)
    session.add(made)
    session.flush()
    return made


def retire_steward(session: Session, name: str) -> None:
    """From now on nothing is sealed for a steward; give the records they hold new keys as well (rotate_key)."""
    require_for_all(session, Permission.PEOPLE_PROTECT)
    for steward in find_stewards(session, [name]):
        steward.retired_at = now_utc()
    session.flush()


def find_stewards(session: Session, names: Iterable[str]) -> list[StewardKey]:
    """The stewards of these names; raises NotFoundError for one that is unknown or retired, BadInputError for none."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        raise BadInputError("Name at least one steward; without one nobody could open the record again.")
    query = sa.select(StewardKey).where(col(StewardKey.name).in_(wanted), col(StewardKey.retired_at).is_(None))
    found = {steward.name: steward for steward in session.scalars(query)}
    for name in wanted:
        if name not in found:
            raise NotFoundError("There is no steward {name} with a key.", name=name)
    return [found[name] for name in wanted]


def stewards_of(session: Session, person_id: int) -> list[str]:
    """The names of the stewards who can open a record."""
    query = (
        sa.select(col(StewardKey.name))
        .join(SealedKey, col(SealedKey.steward_id) == col(StewardKey.id))
        .where(col(SealedKey.person_id) == person_id)
        .order_by(col(StewardKey.id))
    )
    return list(session.scalars(query))


def active_stewards_of(session: Session, person_id: int) -> list[str]:
    """The names of those stewards of a record who were not retired."""
    retired = set(session.scalars(sa.select(col(StewardKey.name)).where(col(StewardKey.retired_at).is_not(None))))
    return [name for name in stewards_of(session, person_id) if name not in retired]


def wrap_key(session: Session, person_id: int, key: bytes, key_id: str, stewards: Iterable[StewardKey]) -> None:
    """Store a data key once for each steward, instead of whatever was stored before."""
    session.execute(sa.delete(SealedKey).where(col(SealedKey.person_id) == person_id))
    for steward in stewards:
        recipient = pyrage.x25519.Recipient.from_str(steward.recipient)
        wrapped = pyrage.encrypt(key, [recipient])
        session.add(SealedKey(person_id=person_id, steward_id=steward.id, key_id=key_id, wrapped=wrapped))
    session.flush()


def unwrap_key(session: Session, person_id: int, identities: Sequence[Identity] = ()) -> bytes:
    """The data key of a person, by the key files of this machine and the keys given.

    The operator uses every file of this machine, an account its own. Raises NotAllowedError when none of the
    keys belongs to a steward of the record: it stays locked.
    """
    keys = _secret_keys([*_key_files(session), *identities])
    rows = session.scalars(sa.select(SealedKey).where(col(SealedKey.person_id) == person_id)).all()
    for row in rows if keys else ():
        try:
            return bytes(pyrage.decrypt(row.wrapped, keys))
        except pyrage.DecryptError:
            continue
    raise NotAllowedError("This record is sealed and locked: no key of its stewards is on this machine.")


def read_secret_key(text: str) -> SecretKey:
    """The secret key in the text of a key file; raises BadInputError where there is none."""
    for line in text.split():
        if line.startswith(SECRET_MARK):
            try:
                return SecretKey.from_str(line)
            except pyrage.IdentityError as error:
                raise BadInputError("This secret key is damaged; use the whole file.") from error
    raise BadInputError("There is no age secret key in it; its line begins with AGE-SECRET-KEY-.")


def key_folder(session: Session) -> Path:
    """Where secret keys lie; raises SettingsError when that is the database's own folder."""
    folder = keyring_of(session).folder / FOLDER
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and Path(database).resolve().parent == folder.resolve():
        raise SettingsError("Keys must not lie in the folder of the database; set WMCRM_DATA_DIR to another.")
    return folder


def _key_files(session: Session) -> list[Path]:
    files = sorted((keyring_of(session).folder / FOLDER).glob(f"*{SUFFIX}"))
    actor = actor_of(session)
    if actor.account_id is None:
        return files
    query = sa.select(col(StewardKey.name)).where(col(StewardKey.account_id) == actor.account_id)
    own = {f"{name}{SUFFIX}" for name in session.scalars(query)}
    return [file for file in files if file.name in own]


def _secret_keys(identities: Iterable[Identity]) -> list[SecretKey]:
    found: list[SecretKey] = []
    for identity in identities:
        if not isinstance(identity, Path):
            found.append(identity)
            continue
        try:
            lines = identity.read_text(encoding="utf-8").split()
            found += [SecretKey.from_str(line) for line in lines if line.startswith(SECRET_MARK)]
        except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
            raise NotAllowedError("The key file {file} cannot be read.", file=identity) from error
    return found
