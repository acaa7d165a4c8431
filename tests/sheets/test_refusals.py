"""Every broken or hostile file is refused by name, quickly, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.sheets.zoo import REFUSED, ROWS, ods, xls, xlsx, zipped
from wmcrm.errors import SheetRefusedError
from wmcrm.sheets import SheetLimits, read_bytes, read_sheets
from wmcrm.sheets.sentences import NOTES, REFUSALS

SECONDS = 3.0
MEGABYTES = 200


def processor_seconds() -> float:
    """Time spent computing, here and in the children: the clock would measure the neighbours' work too."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.fixture(scope="module")
def cages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every refused file, named by its number, each with a name that lies."""
    folder = tmp_path_factory.mktemp("zoo")
    for number, (_, build) in enumerate(REFUSED.values()):
        (folder / f"{number}.xlsx").write_bytes(build())
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_by_name_within_three_seconds(
    name: str, cages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code, _ = REFUSED[name]
    started = processor_seconds()
    with pytest.raises(SheetRefusedError) as refused:
        read_sheets(cages / f"{list(REFUSED).index(name)}.xlsx")
    assert processor_seconds() - started < SECONDS
    assert refused.value.code == code
    assert str(refused.value).endswith((".", "!"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_the_reading_process_stays_small_whatever_it_is_given(cages: Path) -> None:
    script = """
import sys
from pathlib import Path
from wmcrm.errors import SheetRefusedError
from wmcrm.sheets import read_sheets
for path in Path(sys.argv[1]).iterdir():
    try:
        read_sheets(path).close()
    except SheetRefusedError:
        pass
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    done = subprocess.run([sys.executable, "-c", script, str(cages)], capture_output=True, text=True, check=True)
    # Not getrusage: its peak is handed down from the process that started this one.
    assert int(done.stdout) / 1024 < MEGABYTES


def test_a_wrong_type_says_what_the_file_is() -> None:
    with pytest.raises(SheetRefusedError, match="This file is a PDF, not a sheet"):
        read_bytes(b"%PDF-1.7")


@pytest.mark.parametrize("data", [xlsx(ROWS), ods(ROWS), xls(ROWS), b"Name,Email\nOmar,o@example.org\n"])
def test_limits_are_the_callers_to_set(data: bytes) -> None:
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(data, limits=SheetLimits(columns=1))
    assert refused.value.code == "too_many_columns"
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(data, limits=SheetLimits(rows=1))
    assert refused.value.code == "too_many_rows"
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(data, limits=SheetLimits(cells=2))
    assert refused.value.code == "too_many_cells"


def test_a_child_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(b"Name\nOmar\n", limits=SheetLimits(wall_seconds=0.001))
    assert refused.value.code == "too_slow"


def test_what_a_text_unpacks_to_in_the_spool_is_bounded() -> None:
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(b"Name\n" + b"Omar\n" * 1000, limits=SheetLimits(spool_size=1000))
    assert refused.value.code == "too_large"


def test_an_encrypted_part_of_an_archive_is_named() -> None:
    data = bytearray(zipped({"xl/workbook.xml": "x"}))
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    with pytest.raises(SheetRefusedError) as refused:
        read_bytes(bytes(data))
    assert refused.value.code == "encrypted"


def test_every_sentence_can_be_filled_without_an_error() -> None:
    everything = dict.fromkeys(
        [
            "found",
            "limit",
            "sheet",
            "encoding",
            "delimiter",
            "count",
            "numbers",
            "columns",
            "cells",
            "confidence",
            "line",
        ],
        "x",
    )
    for template in (*REFUSALS.values(), *NOTES.values()):
        assert "{" not in template.format(**everything)
