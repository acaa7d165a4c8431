"""The whole way: the exchange files through the importer into a database, and out of it as the listing."""

from __future__ import annotations

import datetime as dt

from tests.paths import oracle
from tests.paths.test_world import printed
from tests.paths.world import world_folder
from wmcrm.db import Session
from wmcrm.importer.files import import_file
from wmcrm.models import ImportKind
from wmcrm.paths import path_rows

AS_OF = dt.date(2026, 11, 21)


def test_the_imported_files_give_what_the_second_reading_says(session: Session) -> None:
    folder = world_folder()
    for kind in ("affiliates", "events", "people", "roles", "participations"):
        import_file(session, ImportKind(kind), folder / f"{kind}.csv")
    found = {row.external_id: printed(row.path) for row in path_rows(session, AS_OF)}
    assert found == oracle.walk(folder, AS_OF)
