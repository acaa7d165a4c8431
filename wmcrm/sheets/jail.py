"""The child process from the outside: started bare, waited for, its end told in words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import IO, BinaryIO

from wmcrm.sheets.child import EXIT_FULL, EXIT_MEMORY
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.sentences import REFUSALS, refusal
from wmcrm.sheets.spool import Footer, read_footer

_START = (
    "import sys; sys.path[:0] = sys.argv[3].split('|');"
    " from wmcrm.sheets.child import main; sys.exit(main(sys.argv[1:3]))"
)


def read_in_jail(source: BinaryIO, job: Mapping[str, str], limits: SheetLimits) -> tuple[IO[bytes], Footer]:
    """Have a child read the file; give the temporary file with its rows, and its footer.

    The child gets no environment, no other open file and no name of the file. The spool has no name
    in the file system either, where the system allows it, so nothing is left even after a kill.
    Raises SheetRefusedError for whatever the child met, also where it died of it.
    """
    spool: IO[bytes] = tempfile.TemporaryFile(prefix="wmcrm-")  # noqa: SIM115  the caller owns it
    try:
        status = _run(source, spool, job, limits)
        footer = read_footer(spool) if status == 0 else None
        if footer is None:
            raise refusal(_cause(status))
        if footer.refused:
            code, params = footer.refused
            raise refusal(code if code in REFUSALS else "unreadable", **params)
    except BaseException:
        spool.close()
        raise
    return spool, footer


def _run(source: BinaryIO, spool: IO[bytes], job: Mapping[str, str], limits: SheetLimits) -> int:
    # The child inherits the place in the file; seek() alone may only move within Python's buffer.
    os.lseek(source.fileno(), 0, os.SEEK_SET)
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START]
    try:
        done = subprocess.run(
            [*command, json.dumps(asdict(limits)), json.dumps(dict(job)), "|".join(_paths())],
            stdin=source,
            stdout=spool,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusal("too_slow") from error
    return done.returncode


def _paths() -> list[str]:
    """Where this package and the readers lie: all that the child may import from, beside Python's own."""
    specs = [find_spec(name) for name in ("wmcrm", "python_calamine", "charset_normalizer")]
    return list(dict.fromkeys(str(Path(spec.origin).parent.parent) for spec in specs if spec and spec.origin))


def _environment() -> dict[str, str]:
    """Nothing, but for what Windows needs to start a process at all."""
    root = os.environ.get("SYSTEMROOT")
    return {"SYSTEMROOT": root} if root else {}


def _cause(status: int) -> str:
    """The refusal for a child that died, by how it died; a signal shows as its negative number."""
    return _CAUSES.get(status, "unreadable")


# Numbers and not names, as Windows lacks most of these signals.
_SIGABRT, _SIGKILL, _SIGXCPU = 6, 9, 24
_CAUSES: dict[int, str] = {
    EXIT_MEMORY: "too_much_memory",
    EXIT_FULL: "too_much_memory",
    -_SIGABRT: "too_much_memory",
    -_SIGKILL: "too_slow",
    -_SIGXCPU: "too_slow",
}
