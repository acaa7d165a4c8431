"""Every sentence this package says about a file: refusals and notes, by their code.

The child process sends codes and parameters only; the sentences are put together by the parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wmcrm.errors import SheetRefusedError

Params = Mapping[str, str | int]


def sentence(template: str) -> str:
    """Mark a template for translation and return it unchanged."""
    return template


REFUSALS: Mapping[str, str] = {
    "empty": sentence("This file is empty. Check that the export finished, and upload it again."),
    "no_rows": sentence("This file has no row with a value in it. Check that you chose the right file."),
    "encrypted": sentence("This workbook is protected by a password. Save it without one and try again."),
    "html": sentence(
        "This file is a web page, whatever its name says. Open it in a spreadsheet program and save it as XLSX or CSV."
    ),
    "wrong_type": sentence("This file is {found}, not a sheet. Upload an XLSX, ODS, XLS, XLSB or CSV file."),
    "archive": sentence("This file is a ZIP archive, not a sheet. Unpack it and upload the sheet inside."),
    "xml_2003": sentence(
        "This file is an XML spreadsheet of Excel 2003. Open it in a spreadsheet program and save it as XLSX."
    ),
    "truncated": sentence("The end of this file is missing. Download or export it again, then upload it."),
    "unreadable": sentence(
        "This file is damaged and cannot be read. Open it in a spreadsheet program and save it as XLSX again."
    ),
    "zip_bomb": sentence(
        "This file unpacks to more than {limit} MB. Remove pictures and unused sheets, or save the sheet as CSV."
    ),
    "dtd": sentence(
        "This workbook defines its own XML entities, which no spreadsheet program writes. It was not opened."
    ),
    "too_large": sentence("This file is larger than {limit} MB. Split it into smaller files."),
    "too_much_memory": sentence(
        "Reading this file takes more memory than allowed. Look for a value far from the others, delete it,"
        " or save the sheet as CSV."
    ),
    "too_slow": sentence("Reading this file takes too long. Save the sheet you need as CSV and upload that."),
    "too_many_rows": sentence(
        "The sheet {sheet} has more than {limit} rows. Split it, or delete a value far below the others."
    ),
    "too_many_columns": sentence(
        "The sheet {sheet} has more than {limit} columns. Delete the ones you do not need, or a value far to"
        " the right of the others."
    ),
    "too_many_cells": sentence("This file has more than {limit} cells. Split it into smaller files."),
    "unknown_encoding": sentence("{encoding} is not an encoding this reader knows. Choose another one."),
    "wrong_encoding": sentence("This file is not written in {encoding}. Choose another encoding."),
    "wrong_delimiter": sentence("The delimiter must be one character."),
}

NOTES: Mapping[str, str] = {
    "hidden_sheet": sentence("The sheet {sheet} is hidden and was left out."),
    "hidden_rows": sentence("The sheet {sheet} has {count} hidden rows, which were read: {numbers}."),
    "hidden_columns": sentence("The sheet {sheet} has hidden columns, which were read: {columns}."),
    "merged_cells": sentence("In the sheet {sheet}, {count} merged cells were filled down."),
    "formula_errors": sentence("The sheet {sheet} has {count} cells with an error, for example {cells}."),
    "external_links": sentence("This workbook refers to other files; the values last saved were read."),
    "macros": sentence("This workbook contains macros; they were not run."),
    "not_a_grid": sentence("The sheet {sheet} is a chart or a macro and was left out."),
    "encoding_guessed": sentence(
        "The encoding was guessed as {encoding} (confidence {confidence} %). Check names with accents."
    ),
    "undecodable": sentence("{count} characters could not be read in {encoding} and are shown as �."),
    "nul_characters": sentence("{count} empty (NUL) characters were removed."),
    "sep_line": sentence("The first line, sep={delimiter}, names the delimiter and was left out."),
    "unclosed_quote": sentence(
        "Line {line} has a quotation mark that is never closed; it was read as a plain character."
    ),
}


@dataclass(frozen=True, slots=True)
class ReadNote:
    """Something a person should know about how a file was read; it was read all the same."""

    code: str
    params: Params = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The English template, which is the key of its translation."""
        return NOTES[self.code]

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.template.format(**self.params)


def refusal(code: str, **params: str | int) -> SheetRefusedError:
    """The refusal named by ``code``, ready to be raised."""
    return SheetRefusedError(code, REFUSALS[code], **params)
