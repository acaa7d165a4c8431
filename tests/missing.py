"""What a test needs and the machine lacks: skipped by name, or a failure where the gate forbids skips."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skip the test with this reason; fail it where WMCRM_TEST_FORBID_SKIPS is set."""
    if os.environ.get("WMCRM_TEST_FORBID_SKIPS"):
        pytest.fail(reason)
    pytest.skip(reason)
