"""A PostgreSQL for the tests: the one at WMCRM_TEST_POSTGRES_URL, or one started from installed binaries."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

DRIVER = "postgresql+psycopg"
LOCATIONS = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt/postgresql")


def find_server() -> sa.URL | None:
    """The address of a server on which databases may be made; None when there is none to be had."""
    told = os.environ.get("WMCRM_TEST_POSTGRES_URL")
    if told:
        return sa.make_url(told).set(drivername=DRIVER)
    binaries = _find_binaries()
    return _start(binaries) if binaries else None


def administer(server: sa.URL, *statements: str) -> None:
    """Run statements that no transaction may hold."""
    engine = sa.create_engine(server.set(drivername=DRIVER, database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def copy_of(template: sa.URL) -> Iterator[sa.URL]:
    """A new database like one to which nobody is connected; dropped afterwards."""
    url = template.set(drivername="postgresql", database=f"wmcrm_test_{uuid.uuid4().hex[:12]}")
    replace_database(url, template)
    yield url
    administer(url, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def replace_database(url: sa.URL, template: sa.URL) -> None:
    """The database at this address is a copy of the template from now on."""
    administer(
        url,
        f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)',
        f'CREATE DATABASE "{url.database}" TEMPLATE "{template.database}" STRATEGY file_copy',
    )


def _find_binaries() -> Path | None:
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(path.parent for place in LOCATIONS for path in Path(place).glob("*/bin/pg_ctl"))
    return found[-1] if found else None


def _start(binaries: Path) -> sa.URL:
    folder = Path(tempfile.mkdtemp(prefix="wmcrm-postgres-"))
    port = _free_port()
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = folder / "data"
    _run([*as_user, binaries / "initdb", "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "wmcrm"])
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
        "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"
    )
    _run([*as_user, binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"])
    atexit.register(_stop, as_user, binaries, data, folder)
    return sa.make_url(f"postgresql+psycopg://wmcrm@127.0.0.1:{port}/postgres")


def _stop(as_user: list[str], binaries: Path, data: Path, folder: Path) -> None:
    _run([*as_user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object]) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
