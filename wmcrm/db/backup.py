"""Backups: one consistent file, encrypted with age when a recipient is named, and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from wmcrm.db.roles import prepare_role, refuse_other_logins
from wmcrm.errors import BadInputError, ConflictError, DatabaseStateError, NotAllowedError

AGE_MAGIC = b"age-encryption.org/"
SQLITE_MAGIC = b"SQLite format 3\x00"
POSTGRESQL_MAGIC = b"PGDMP"


def back_up(engine: Engine, target: Path, recipient: str | None = None) -> int:
    """Write the whole database into ``target`` (which must not exist) and return its size in bytes.

    The file is readable by its owner only. ``recipient`` is an age public key (``age1...``).
    """
    if target.exists():
        raise ConflictError("{target} exists already; a backup never overwrites a file.", target=target)
    if not target.parent.is_dir():
        raise BadInputError("There is no folder {folder}.", folder=target.parent)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        plain = Path(folder) / "plain"
        _dump(engine, plain)
        ready = _encrypt(plain, Path(folder) / "sealed", recipient) if recipient else plain
        ready.chmod(0o600)
        ready.replace(target)
    return target.stat().st_size


def restore(engine: Engine, source: Path, identity: Path | None = None) -> None:
    """Put a backup in the place of an empty database.

    Raises ConflictError when the database holds tables already: name a new one in WMCRM_DATABASE_URL, so
    that nothing is ever overwritten.
    """
    if not source.is_file():
        raise BadInputError("There is no file {source}.", source=source)
    if sa.inspect(engine).get_table_names():
        raise ConflictError("The database is not empty; restore into a new one (set WMCRM_DATABASE_URL).")
    with tempfile.TemporaryDirectory(prefix="wmcrm-restore-") as folder:
        plain = _decrypt(source, Path(folder) / "plain", identity)
        _load(engine, plain)


def _dump(engine: Engine, target: Path) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("VACUUM INTO ?", (str(target),))
        return
    with engine.connect() as connection:
        refuse_other_logins(connection)
    _run_tool(engine, "pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _load(engine: Engine, plain: Path) -> None:
    with plain.open("rb") as opened:
        magic = opened.read(16)
    if engine.dialect.name == "sqlite":
        if not magic.startswith(SQLITE_MAGIC):
            raise BadInputError("This is no backup of a SQLite database.")
        _load_sqlite(engine, plain)
        return
    if not magic.startswith(POSTGRESQL_MAGIC):
        raise BadInputError("This is no backup of a PostgreSQL database.")
    with engine.connect() as connection:
        prepare_role(connection)
    _run_tool(engine, "pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(plain))


def _load_sqlite(engine: Engine, plain: Path) -> None:
    target = engine.url.database
    if not target or target == ":memory:":
        raise BadInputError("A backup is restored into a file; set WMCRM_DATABASE_URL to sqlite:///FILE.")
    try:
        with sqlite3.connect(plain) as checked:
            sound = checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        checked.close()
    except sqlite3.DatabaseError as error:
        raise BadInputError("The backup is damaged; use another one.") from error
    if not sound:
        raise BadInputError("The backup is damaged; use another one.")
    engine.dispose()
    for leftover in ("-wal", "-shm"):
        Path(target + leftover).unlink(missing_ok=True)
    shutil.copyfile(plain, target)
    Path(target).chmod(0o600)


def _run_tool(engine: Engine, tool: str, *arguments: str) -> None:
    if shutil.which(tool) is None:
        raise DatabaseStateError("{tool} is not installed; install PostgreSQL's client programs.", tool=tool)
    url = engine.url
    environment = {**os.environ, "PGPASSWORD": str(url.password or "")}
    address = [f"--dbname={url.set(drivername='postgresql', password=None).render_as_string()}"]
    done = subprocess.run([tool, *address, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DatabaseStateError("{tool} failed: {why}", tool=tool, why=" ".join(done.stderr.split())[:300])


def _encrypt(plain: Path, sealed: Path, recipient: str) -> Path:
    import pyrage

    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise BadInputError("The recipient is no age public key; it begins with age1.") from error
    pyrage.encrypt_file(str(plain), str(sealed), [key])
    return sealed


def _decrypt(source: Path, plain: Path, identity: Path | None) -> Path:
    with source.open("rb") as opened:
        if not opened.read(len(AGE_MAGIC)).startswith(AGE_MAGIC):
            return source
    if identity is None:
        raise NotAllowedError("The backup is encrypted; name the file with your age key: --identity FILE")
    import pyrage

    try:
        keys = [
            pyrage.x25519.Identity.from_str(line)
            for line in identity.read_text(encoding="utf-8").split()
            if line.startswith("AGE-SECRET-KEY-")
        ]
        pyrage.decrypt_file(str(source), str(plain), keys)
    except (OSError, pyrage.IdentityError, pyrage.DecryptError) as error:
        raise NotAllowedError("This key does not open the backup.") from error
    return plain
