"""Bytes of a text file into text, saying which encoding was taken and how sure that is."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from wmcrm.sheets.alphabets import guess_by_letters
from wmcrm.sheets.sentences import Params, refusal

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NON_ASCII_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
SAMPLE_BYTES = 64_000
SURE = 90
FEW_BROKEN = 0.02  # of the characters outside ASCII: a cut or pasted line, not another encoding


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the encoding it was read in, and notes about both."""

    text: str
    encoding: str
    notes: tuple[tuple[str, Params], ...] = ()


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Decode a whole file in the encoding given, or in the one its bytes show or suggest.

    Raises SheetRefusedError ``unknown_encoding`` and ``wrong_encoding``.
    """
    if encoding:
        return _without_nul(_decode_as(data, encoding))
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _without_nul(_lenient(data[len(mark) :], name))
    return _without_nul(_guess(data))


def _decode_as(data: bytes, encoding: str) -> Decoded:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise refusal("unknown_encoding", encoding=encoding) from error
    for mark, marked in _MARKS:
        if data.startswith(mark) and marked.startswith(name):
            return _lenient(data[len(mark) :], marked)
    try:
        text = data.decode(encoding, "replace")
    except LookupError as error:  # a codec, but of bytes or text into themselves
        raise refusal("unknown_encoding", encoding=encoding) from error
    except ValueError as error:
        raise refusal("wrong_encoding", encoding=encoding) from error
    return _with_count(text, name, data)


def _lenient(data: bytes, encoding: str) -> Decoded:
    return _with_count(data.decode(encoding, "replace"), encoding, data)


def _with_count(text: str, encoding: str, data: bytes) -> Decoded:
    broken = text.count("\ufffd")
    if broken and not data.count("\ufffd".encode(encoding, "ignore") or b"\x00"):
        return Decoded(text, encoding, (("undecodable", {"count": broken, "encoding": encoding}),))
    return Decoded(text, encoding)


def _without_nul(decoded: Decoded) -> Decoded:
    nuls = decoded.text.count("\x00")
    if not nuls:
        return decoded
    note: tuple[str, Params] = ("nul_characters", {"count": nuls})
    return Decoded(decoded.text.replace("\x00", ""), decoded.encoding, (*decoded.notes, note))


def _guess(data: bytes) -> Decoded:
    wide = _utf16_without_mark(data)
    if wide:
        return _lenient(data, wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    if _mostly_utf8(text):
        return _with_count(text, "utf-8", data)
    return _guess_legacy(data)


def _mostly_utf8(text: str) -> bool:
    broken = text.count("\ufffd")
    other = sum(1 for character in text if character > "\x7f") - broken
    return broken <= FEW_BROKEN * other


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows by a NUL in every second byte of its ASCII characters: delimiters, line ends."""
    sample = data[:4_000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 20
    if len(data) % 2 == 0 and max(even, odd) > enough and min(even, odd) * 10 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _guess_legacy(data: bytes) -> Decoded:
    sample = _telling_lines(data)
    encoding, confidence = guess_by_letters(sample) or _guess_by_library(sample)
    decoded = _lenient(data, encoding)
    note: tuple[str, Params] = ("encoding_guessed", {"encoding": encoding, "confidence": confidence})
    return Decoded(decoded.text, encoding, (note, *decoded.notes)) if confidence < SURE else decoded


def _telling_lines(data: bytes) -> bytes:
    """The distinct lines outside ASCII: the others say nothing about the encoding."""
    lines: dict[bytes, None] = {}
    size = 0
    for match in _NON_ASCII_LINE.finditer(data):
        if match[0] not in lines:
            lines[match[0]] = None
            size += len(match[0])
        if size > SAMPLE_BYTES:
            break
    return b"\n".join(lines)[: SAMPLE_BYTES * 2]


def _guess_by_library(sample: bytes) -> tuple[str, int]:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return (best.encoding, 30) if best else ("cp1252", 10)
