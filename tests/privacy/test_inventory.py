"""No table about people without an answer to: what is shown to them, what an erasure does, what sealing does."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlmodel.sql.sqltypes import AutoString

from wmcrm.models import metadata
from wmcrm.privacy.inventory import FACT, KEYS, Erased, Shown


def keys_to_person() -> set[tuple[str, str]]:
    return {
        (table.name, key.parent.name)
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }


def test_every_key_to_a_person_has_an_exporter_and_an_eraser() -> None:
    assert keys_to_person() - set(KEYS) == set(), "name the new key in wmcrm/privacy/inventory.py"
    assert set(KEYS) - keys_to_person() == set()


@pytest.mark.parametrize("key", sorted(KEYS), ids=".".join)
def test_whatever_is_not_the_plain_rule_has_a_reason(key: tuple[str, str]) -> None:
    assert KEYS[key] == FACT or KEYS[key].why


def test_rows_that_stay_after_an_erasure_hold_no_free_text_but_what_is_cleared() -> None:
    cleared = {
        "participation": {"source", "external_id"},
        "mentorship": {"topic"},
        "imported_row": {"cells", "reading", "issues", "external_id", "fingerprint", "candidates"},
    }
    kept = {"matched_by"}
    for table in {table for (table, _), key in KEYS.items() if key.erased is Erased.EMPTIED}:
        texts = {
            column.name
            for column in metadata.tables[table].columns
            if isinstance(column.type, sa.JSON | sa.String | AutoString) and not isinstance(column.type, sa.Enum)
        }
        assert texts - kept == cleared[table], table


def test_shown_keys_belong_to_tables_with_a_section() -> None:
    from wmcrm.privacy.collecting import OWN_SECTIONS, shown_tables

    shown = {table for (table, _), key in KEYS.items() if key.shown is Shown.ROW}
    assert shown <= {*shown_tables(), *OWN_SECTIONS}
