"""A text file into the spool: encoding, delimiter, records."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from wmcrm.sheets.delimited import Records, guess_delimiter, sep_line
from wmcrm.sheets.encoding import decode
from wmcrm.sheets.formulas import restore
from wmcrm.sheets.sentences import refusal
from wmcrm.sheets.spool import SpoolWriter


def read_text(data: bytes, writer: SpoolWriter, job: Mapping[str, str]) -> None:
    """Decode, split and spool a text; ``job`` may give ``encoding``, ``delimiter`` and ``name``."""
    decoded = decode(data, job.get("encoding"))
    footer = writer.footer
    footer.encoding = decoded.encoding
    footer.notes.extend(decoded.notes)
    text = decoded.text
    named, skip = sep_line(text)
    if named:
        footer.notes.append(("sep_line", {"delimiter": named}))
        text = text[skip:]
    delimiter = job.get("delimiter") or named or guess_delimiter(text)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise refusal("wrong_delimiter")
    footer.delimiter = delimiter
    _spool(Records(text, delimiter), writer, job.get("name") or "")


def _spool(records: Records, writer: SpoolWriter, name: str) -> None:
    csv.field_size_limit(2**31 - 1)
    writer.begin(name)
    for record in records:
        writer.add([restore(cell) if cell[:1] == "'" else cell for cell in record])
    writer.end()
    for line in records.unclosed:
        writer.footer.notes.append(("unclosed_quote", {"line": line}))
