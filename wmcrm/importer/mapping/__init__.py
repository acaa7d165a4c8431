"""Sheet headers and sample cells -> what each column means; and which rows are people.

Pure: no database. The table of headers, of known sources and of status words is the project's own,
in ``wmcrm/importer/data``.
"""

from __future__ import annotations

from wmcrm.importer.mapping.fields import (
    APPLIED_FROM,
    IDENTIFYING,
    NAME_FIELDS,
    REPEATABLE,
    SUGGESTED_FROM,
    GuessSource,
    SheetField,
)
from wmcrm.importer.mapping.guess import ColumnGuess, ColumnMapping, suggest_mapping
from wmcrm.importer.mapping.headertext import header_key
from wmcrm.importer.mapping.layout import Block, Layout, find_layout, sample_rows
from wmcrm.importer.mapping.rows import RowKind
from wmcrm.importer.mapping.sources import KnownSource, recognise_source
from wmcrm.importer.mapping.status import Registration, Standing, parse_status
from wmcrm.importer.mapping.user_map import (
    NoIdentifyingColumnError,
    apply_user_map,
    mapping_from_json,
    mapping_to_json,
    normalized_header_key,
    require_identifying,
)

__all__ = [
    "APPLIED_FROM",
    "IDENTIFYING",
    "NAME_FIELDS",
    "REPEATABLE",
    "SUGGESTED_FROM",
    "Block",
    "ColumnGuess",
    "ColumnMapping",
    "GuessSource",
    "KnownSource",
    "Layout",
    "NoIdentifyingColumnError",
    "Registration",
    "RowKind",
    "SheetField",
    "Standing",
    "apply_user_map",
    "find_layout",
    "header_key",
    "mapping_from_json",
    "mapping_to_json",
    "normalized_header_key",
    "parse_status",
    "recognise_source",
    "require_identifying",
    "sample_rows",
    "suggest_mapping",
]
