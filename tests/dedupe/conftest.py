"""What the tests of duplicates share."""

from __future__ import annotations

import pytest

from tests.cast import Cast, invite_cast
from wmcrm.db import Session


@pytest.fixture
def cast(session: Session) -> Cast:
    """The cast, in the session of the test."""
    return invite_cast(session)
