"""Every command test has a database of its own, on both kinds."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
