"""The child process: reads one file from standard input and writes rows to standard output.

It binds itself before it looks at the file. What it imports is kept short, because every reading
starts one.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import BinaryIO

from wmcrm.errors import SheetRefusedError
from wmcrm.sheets.kinds import FileKind
from wmcrm.sheets.limits import SheetLimits
from wmcrm.sheets.spool import SpoolWriter

EXIT_MEMORY = 77
EXIT_FULL = 78


def bind(limits: SheetLimits) -> None:
    """Take away memory, time, file size and core dumps beyond the limits, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    caps = {
        resource.RLIMIT_AS: limits.address_space,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits.spool_size * 2,
    }
    for what, most in caps.items():
        _, hard = resource.getrlimit(what)
        cap = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError):  # macOS knows RLIMIT_AS but refuses to set it
            resource.setrlimit(what, (cap, cap))


def fill(source: BinaryIO, writer: SpoolWriter, job: dict[str, str], limits: SheetLimits) -> None:
    """Read the file as the kind the parent saw in it. Raises SheetRefusedError."""
    kind = FileKind(job["kind"])
    data = source.read()
    if kind is FileKind.TEXT:
        from wmcrm.sheets.text import read_text

        read_text(data, writer, job)
    else:
        from wmcrm.sheets.workbook import read_workbook

        read_workbook(data, kind, writer, limits)


def main(arguments: list[str]) -> int:
    """Do the job given as two JSON arguments: the limits and the job; give the exit status."""
    limits = SheetLimits(**json.loads(arguments[0]))
    bind(limits)
    with os.fdopen(os.dup(1), "wb") as output:
        writer = SpoolWriter(output, limits)
        try:
            fill(sys.stdin.buffer, writer, json.loads(arguments[1]), limits)
        except SheetRefusedError as refused:
            writer.footer.refused = (refused.code, {k: str(v) for k, v in refused.params.items()})
        except MemoryError:
            return EXIT_MEMORY
        except OSError:
            return EXIT_FULL
        writer.close()
    return 0
