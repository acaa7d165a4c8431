"""Phone numbers as typed in a cell to E.164.

Rules: numbering plans are those of the phonenumbers library (ITU E.164). A number that is possible
in length is kept though the plan does not list it, for plans change faster than the library. What
spreadsheets do to numbers is mended where nothing was lost, and refused where digits were lost.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from wmcrm.normalize import problems
from wmcrm.normalize.parsed import Parsed, Problem
from wmcrm.normalize.text import clean_text
from wmcrm.normalize.words import is_placeholder

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_PLAIN = re.compile(r"(?=.*[1-9])\+?[0-9][0-9 ()-]{5,}[0-9]")
_FLOAT = re.compile(r"\+?(\d{5,})[.,]0+")
_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_EXTENSION = re.compile(
    r"(?:\bext(?:ension)?|\bx|\bposte|\bramal|\banexo|\bdurchwahl|\bint|доб|внутр|转|分机|內線|内線|تحويلة|#)"
    r"\s*[.:]?\s*\d{1,6}\s*\)?\s*$",
    re.I,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_STRONG = re.compile(r"[;|؛；┋\n\r、]+|(?<=\d)\s+(?=\+)")
_WEAK = re.compile(
    r"\s*[/,،，&]\s*|(?<=[\d)])\s+(?:or|and|ou|et|o|y|e|oder|und|или|и|або|atau|dan|au|na|veya|ve|أو|او|و|یا|या|और|"
    r"বা|এবং|または|或|和)\s+(?=[\d+(])",
    re.I,
)
_DIGITS = re.compile(r"\d")
_LEAST_DIGITS_OF_EACH = 7
_LONGEST = 15  # ITU E.164, country code included


def parse_phones(text: str, *, country: str | None) -> Parsed[str]:
    """Return the numbers of a cell in E.164, the first preferred, and what was wrong.

    ``country`` (ISO 3166 alpha-2) reads numbers written without ``+``; None where it is not known.
    Problems: ``phone_digits_lost`` (2.12612E+11), ``phone_needs_country``, ``phone_invalid``.
    """
    return _parse(text, country)


@lru_cache(maxsize=4096)
def _parse(text: str, country: str | None) -> Parsed[str]:
    if _PLAIN.fullmatch(text):
        # Nothing to strip, nothing to part: most cells of most sheets.
        read = _best(text, "".join(_DIGITS.findall(text)), country)
        if read is not None:
            return Parsed((read,))
    tidied = _ascii_digits(clean_text(text.replace("\n", ";").replace("\r", ";")))
    if is_placeholder(tidied) or not tidied.strip("0-+ ()./"):
        return Parsed()
    found: list[str] = []
    wrong: list[Problem] = []
    for piece in _pieces(tidied):
        number = _read(piece, country)
        if isinstance(number, str):
            found.append(number)
        else:
            wrong.append(number)
    return Parsed(tuple(dict.fromkeys(found)), tuple(wrong))


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    mapped = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
    return mapped.translate(str.maketrans("＋﹢（）－／．", "++()-/."))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for strong in _STRONG.split(text):
        weak = [strong] if _FLOAT.fullmatch(strong) or _SCIENTIFIC.fullmatch(strong) else _WEAK.split(strong)
        # "030/1234567" is one number: a slash parts numbers only where each side could be one.
        with_digits = [part for part in weak if _DIGITS.search(part)]
        apart = all(len(_DIGITS.findall(part)) >= _LEAST_DIGITS_OF_EACH for part in with_digits)
        pieces.extend(with_digits if apart else [strong])
    return [piece for piece in pieces if piece.strip()] if any(map(_has_digit, pieces)) else [text]


def _has_digit(text: str) -> bool:
    return bool(_DIGITS.search(text))


def _read(piece: str, country: str | None) -> str | Problem:
    typed = piece.strip()
    if scientific := _SCIENTIFIC.fullmatch(typed):
        lead, decimals, exponent = scientific[1], scientific[2] or "", int(scientific[3])
        if len(decimals) < exponent:
            return problems.phone_digits_lost(typed)
        typed = (lead + decimals)[: exponent + 1]
    elif whole := _FLOAT.fullmatch(typed):
        typed = whole[0].replace(",", ".").partition(".")[0]
    dialled = _LETTERS.sub(" ", _EXTENSION.sub("", typed)).strip()
    digits = "".join(_DIGITS.findall(dialled))
    if not digits:
        return problems.phone_no_number(typed)
    return _best(dialled, digits, country) or _refused(piece.strip(), dialled, digits, country)


def _best(dialled: str, digits: str, country: str | None) -> str | None:
    possible: str | None = None
    for candidate, region in _readings(dialled, digits, country):
        number = _parsed(candidate, region)
        if number is None:
            continue
        valid, e164 = _judged(number)
        if valid:
            return e164
        possible = possible or e164
    return possible


def _readings(dialled: str, digits: str, country: str | None) -> list[tuple[str, str | None]]:
    """List the ways to read the digits, the likeliest first; the first valid one wins."""
    international = dialled.lstrip("( ").startswith("+")
    if international:
        readings: list[tuple[str, str | None]] = [("+" + digits, None)]
        if digits.startswith("00"):
            readings.append(("+" + digits[2:], None))
        if digits.startswith("521") and len(digits) == 13:
            # Mexico dropped the 1 after its code in 2019; most address books kept it.
            readings.append(("+52" + digits[3:], None))
        return readings
    if digits.startswith("00"):
        readings = [("+" + digits[2:], None)]
        return [*readings, (digits, country)] if country else readings
    if country is None:
        return [("+" + digits, None)] if _looks_international(digits) else []
    # A spreadsheet that took the number for a number dropped its leading zero or its plus; digits that
    # begin with the country's own code were typed with it.
    national: list[tuple[str, str | None]] = [(digits, country), ("0" + digits, country)]
    whole: list[tuple[str, str | None]] = [("+" + digits, None)]
    return whole + national if digits.startswith(_calling_code(country)) else national + whole


@lru_cache(maxsize=512)
def _calling_code(country: str) -> str:
    from phonenumbers import country_code_for_region

    return str(country_code_for_region(country))


def _looks_international(digits: str) -> bool:
    if not 10 < len(digits) <= _LONGEST or digits.startswith("0"):
        return False
    number = _parsed("+" + digits, None)
    return number is not None and _judged(number)[0]


def _parsed(candidate: str, region: str | None) -> PhoneNumber | None:
    from phonenumbers import NumberParseException, parse

    try:
        return parse(candidate, region)
    except NumberParseException:
        return None


def _judged(number: PhoneNumber) -> tuple[bool, str | None]:
    from phonenumbers import PhoneNumberFormat, format_number, is_possible_number, is_valid_number

    valid = is_valid_number(number)
    if not valid and not is_possible_number(number):
        return False, None
    return valid, format_number(number, PhoneNumberFormat.E164)


def _refused(typed: str, dialled: str, digits: str, country: str | None) -> Problem:
    international = dialled.lstrip("( ").startswith("+") or digits.startswith("00")
    if country is None and not international and 4 < len(digits) <= _LONGEST:
        return problems.phone_needs_country(typed)
    if international and _parsed("+" + digits.removeprefix("00"), None) is None:
        return problems.phone_country_code(typed)
    if len(digits) < 10:
        return problems.phone_too_short(typed)
    return problems.phone_too_long(typed)
