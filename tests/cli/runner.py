"""Runs ``wmcrm`` in this process as a shell would see it."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from wmcrm.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> object:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


def run(*arguments: str, stdin: str = "") -> Ran:
    """Run one command with WMCRM_DATABASE_URL as the test set it."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _stdin(stdin):
        try:
            main(list(arguments))
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0
        else:
            status = 0
    return Ran(status, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _stdin(text: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(text))
        yield


def refused(ran: Ran) -> bool:
    """True when the command was refused as promised: status 2, nothing printed, one clear line, no traceback."""
    return ran.status == 2 and ran.out == "" and ran.err.count("\n") == 1 and "Traceback" not in ran.err
