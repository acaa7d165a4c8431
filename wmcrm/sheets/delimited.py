"""Text with delimiters into records: which delimiter, where records begin, quotes left open."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 64_000
SAMPLE_RECORDS = 100
MAX_RECORD_LINES = 200  # a record longer than this has lost a closing quotation mark
MAX_REPAIRS = 20
_END = "\x00end of text\x00"


def sep_line(text: str) -> tuple[str | None, int]:
    """The delimiter that a ``sep=;`` line names and the length of that line; None and 0 without one."""
    if text[:4].lower() != "sep=" or len(text) < 5:
        return None, 0
    end = 7 if text[5:7] == "\r\n" else 6
    return (text[4], end) if text[5:6] in ("", "\r", "\n") else (None, 0)


def guess_delimiter(text: str) -> str:
    """The delimiter that splits the first records most evenly; a comma where none does.

    Each candidate parses the sample with quotes respected, so a quoted newline or a decimal comma
    inside a semicolon file does not count.
    """
    sample = text[:SAMPLE_CHARACTERS]
    if len(text) > SAMPLE_CHARACTERS:
        sample = sample[: sample.rfind("\n") + 1] or sample
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else ","


def _evenness(sample: str, delimiter: str) -> float:
    """How well the delimiter explains the sample: share of records of the usual width, and the width."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths = [len(record) for record in islice(reader, SAMPLE_RECORDS) if any(record)]
    several = [width for width in widths if width > 1]
    if not several:
        return 0.0
    usual, times = Counter(several).most_common(1)[0]
    share = times / len(widths) * (1.0 if _is_strict(sample, delimiter) else 0.3)
    return share * (1 + min(usual, 12) / 100) * (1.05 if widths[0] == usual else 1.0)


def _is_strict(sample: str, delimiter: str) -> bool:
    """Whether each closing quote stands before a delimiter or a line end: under a wrong delimiter it may not."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
    try:
        deque(islice(reader, SAMPLE_RECORDS), maxlen=0)
    except csv.Error:
        return False
    return True


@dataclass(slots=True)
class Records:
    """The records of a text, in order; ``unclosed`` gathers the lines whose quote is never closed.

    A record is what a spreadsheet program shows as one row: newlines inside quotes do not count,
    blank lines do.
    """

    text: str
    delimiter: str
    unclosed: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[list[str]]:
        stream = io.StringIO(self.text, newline="")
        line = 1
        while line:
            line = yield from self._run(stream, line)

    def _run(self, stream: io.StringIO, line: int) -> Generator[list[str], None, int]:
        """Yield records until the end (give 0) or until a broken one (give the line after it)."""
        source = _Lines(stream, line)
        strict = len(self.unclosed) < MAX_REPAIRS
        delimiter = self.delimiter
        reader = (
            csv.reader(source, delimiter=delimiter)
            if strict
            else csv.reader(source, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        )
        start = source.mark()
        for record in reader:
            if source.ended and record == [_END]:
                return 0
            if source.ended or (strict and self._has_lost_a_quote(start, source.mark())):
                broken, after = _reread(stream, start, self.delimiter)
                self.unclosed.append(start[0])
                yield broken
                return after
            yield record
            start = source.mark()
        return 0

    def _has_lost_a_quote(self, start: tuple[int, int], end: tuple[int, int]) -> bool:
        """Whether a record runs over lines only because a quote is missing.

        Then it is very long, or the quote that ends it stands in the middle of a cell, and a line
        within it splits into as many cells as its first line does.
        """
        lines = end[0] - start[0]
        if lines <= 1 or lines > MAX_RECORD_LINES:
            return lines > 1
        text = self.text[start[1] : end[1]]
        if _is_strict(text, self.delimiter):
            return False
        first, *others = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
        return len(first) > 1 and any(len(other) == len(first) for other in others)


def _reread(stream: io.StringIO, start: tuple[int, int], delimiter: str) -> tuple[list[str], int]:
    """The line at ``start`` with its quotes as plain characters, and the number of the next line."""
    line, position = start
    stream.seek(position)
    text = stream.readline()
    return next(csv.reader([text], delimiter=delimiter, quoting=csv.QUOTE_NONE), []), line + 1


class _Lines:
    """The lines of a stream with their count, and one line at the end that shows an open quote."""

    def __init__(self, stream: io.StringIO, line: int) -> None:
        self.line = line
        self.ended = False
        self._stream = stream

    def mark(self) -> tuple[int, int]:
        return self.line, self._stream.tell()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        text = self._stream.readline()
        if text:
            self.line += 1
            return text
        if self.ended:
            raise StopIteration
        self.ended = True
        return _END
