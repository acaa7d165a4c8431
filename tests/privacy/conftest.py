"""Keys and ledger of each test lie in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from wmcrm.outreach import Keyring


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The keyring that sessions find by themselves."""
    folder = tmp_path / "data"
    monkeypatch.setenv("WMCRM_DATA_DIR", str(folder))
    return Keyring(folder)
