"""Dates and moments as typed to days and local times.

Rule: the order of day and month is learned once per column from all its values, or asked for; a date
that can be read both ways is never guessed. Years of other calendars (Thai, Hijri, Persian) are not
converted. Two-digit years lie in 1970 to 2069, as in POSIX with one year's shift.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from wmcrm.normalize import problems
from wmcrm.normalize.months import day_halves, month_names
from wmcrm.normalize.parsed import Parsed, Problem
from wmcrm.normalize.text import clean_text, fold
from wmcrm.normalize.words import is_placeholder


class DateOrder(StrEnum):
    """In which order the numbers of a column's dates stand."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


_NUMBERS = re.compile(
    r"(\d{1,4})(\s*[-/.‐‑–−年년]\s*|\s+)(\d{1,2})(\s*[-/.‐‑–−月월]\s*|\s+)(\d{1,4})(?!\d)\s*[日일]?\.?"
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})\s*(?:[:：٫hHч時时点點시]|\.(?=\d\d))\s*(?P<minute>\d{1,2})?\s*(?:[:：.分분]\s*(?P<second>\d{1,2})(?:[.,]\d+)?)?\s*[秒초분分]?"
)
_HOUR_WITH_HALF = re.compile(r"(?P<hour>\d{1,2})(?P<minute>)(?P<second>)")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|ère|º|ª|°|o)\b", re.I)
_OFFSET = re.compile(r"(?:\s*(?:Z|UTC|GMT)?\s*[+-]\d{2}:?\d{2}|\s*(?:Z|UTC|GMT)(?:[+-]\d{1,2})?)\)?$")
# Not "letters": vowel signs of Indic months are marks.
_WORDS = re.compile(r"[^\s\d,،.:;/()-]+(?:[\s.]+[^\s\d,،.:;/()-]+)*")
_LEADING_CLOCK = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp]\.?[Mm]\.?)?)\s*,?\s+(?=\S*\d|[^\d]+\d)")
_FIRST_SHORT_YEAR = 70
_EXAMPLE = "2024-02-28"
_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Three numbers as written and the rest of the text, where a time may stand."""

    parts: tuple[str, str, str]
    rest: str


def _western(text: str) -> str:
    cleaned = clean_text(text)
    if cleaned.isascii():
        return cleaned
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in cleaned)


def _numbers(text: str) -> _Numbers | None:
    if found := _NUMBERS.match(text):
        return _Numbers((found[1], found[3], found[5]), text[found.end() :])
    if found := _COMPACT.match(text):
        return _Numbers((found[1], found[2], found[3]), text[found.end() :])
    return None


def _year(digits: str) -> int | None:
    number = int(digits)
    if len(digits) == 2:
        return number + (1900 if number >= _FIRST_SHORT_YEAR else 2000)
    return number if len(digits) == 4 and number in _YEARS else None


def _day(year: int | None, month: int, day: int) -> date | None:
    if year is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _reading(parts: tuple[str, str, str], order: DateOrder) -> date | None:
    first, second, third = parts
    match order:
        case DateOrder.YMD:
            return _day(_year(first), int(second), int(third)) if len(third) <= 2 else None
        case DateOrder.DMY:
            return _day(_year(third), int(second), int(first)) if len(first) <= 2 else None
        case DateOrder.MDY:
            return _day(_year(third), int(first), int(second)) if len(first) <= 2 else None


def _readings(parts: tuple[str, str, str]) -> dict[DateOrder, date]:
    if len(parts[0]) == 4:
        orders: tuple[DateOrder, ...] = (DateOrder.YMD,)
    elif len(parts[2]) == 4:
        orders = (DateOrder.DMY, DateOrder.MDY)
    else:
        orders = tuple(DateOrder)
    return {order: day for order in orders if (day := _reading(parts, order)) is not None}


def learn_date_order(values: Iterable[str]) -> DateOrder | None:
    """Return the one order in which every date of a column can be read, None where several can.

    Values that are no dates have no say. Dates whose month is a word or whose year stands first need
    no order; a column of such dates alone gives ``ymd``. Contradictory columns give None.
    """
    left = set(DateOrder)
    seen = False
    for value in values:
        numbers = _numbers(_western(value))
        if numbers is None:
            seen = seen or _named(_western(value)) is not None
            continue
        readings = _readings(numbers.parts)
        if DateOrder.YMD in readings and len(numbers.parts[0]) == 4:
            seen = True
        elif readings:
            left &= set(readings) if not _same(readings) else left
            seen = seen or _same(readings)
    if left == set(DateOrder):
        return DateOrder.YMD if seen else None
    return left.pop() if len(left) == 1 else None


def _same(readings: dict[DateOrder, date]) -> bool:
    return len(readings) > 1 and len(set(readings.values())) == 1


def _named(text: str) -> tuple[date, str] | None:
    """Read "27 May 2021", "May 27, 2021", "27 de mayo de 2021", "2021 مايو 27" and what follows."""
    plain = _ORDINAL.sub("", text)
    for word in _WORDS.finditer(plain):
        month = _month(word[0])
        if month is None:
            continue
        before = re.findall(r"\d+", plain[: word.start()])[-2:]
        after = re.match(
            r"[^\d:]*(\d{1,4})(?!\d|\s*:)(?:[^\d:]{0,8}?(\d{4}|\d{2})(?!\d|\s*[:h]))?", plain[word.end() :]
        )
        rest = plain[word.end() + (after.end() if after else 0) :]
        numbers = [*before, *(number for number in (after.groups() if after else ()) if number)]
        if found := _from_named(numbers, len(before), month):
            return found, rest
    return None


def _month(words: str) -> int | None:
    names = month_names()
    folded = fold(words)
    if folded in names:
        return names[folded]
    parts = folded.split()
    pairs = [f"{first} {second}" for first, second in itertools.pairwise(parts)]
    return next((names[part] for part in [*pairs, *parts] if part in names), None)


def _from_named(numbers: list[str], before: int, month: int) -> date | None:
    if len(numbers) < 2:
        return None
    first, second = (numbers[0], numbers[1]) if before < 2 else (numbers[-2], numbers[-1])
    if len(first) == 4:
        return _day(_year(first), month, int(second)) if len(second) <= 2 else None
    return _day(_year(second), month, int(first)) if len(second) in {2, 4} else None


def _time(rest: str) -> time | None:
    """Read a time of day; midnight where none is written, None where it is no time."""
    text = _OFFSET.sub("", rest.strip(" ,;T،を-–à").strip())
    if not text or not re.search(r"\d", text):
        return time(0, 0)
    half = _half(text)
    found = _CLOCK.search(text) or (_HOUR_WITH_HALF.search(text) if half is not None else None)
    if not found:
        return None
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    if half is not None and 1 <= hour <= 12:
        hour = hour % 12 + half
    if hour > 23 or minute > 59 or second > 59:
        return None
    return time(hour, minute, second)


def _half(text: str) -> int | None:
    words = fold(re.sub(r"[\d:.]+", " ", text))
    halves = day_halves()
    return next((halves[word] for word in (words, *words.split()) if word in halves), None)


def _dated(text: str, order: DateOrder | None) -> tuple[date, str] | Problem:
    western = _date_first(_western(text))
    numbers = _numbers(western)
    if numbers is None:
        return _named(_without_weekday(western)) or problems.date_invalid(western, _EXAMPLE)
    readings = _readings(numbers.parts)
    if order is DateOrder.YMD and order not in readings:
        order = None  # a column of years first says nothing about a date with its year last
    if order is not None and order in readings:
        return readings[order], numbers.rest
    if len(numbers.parts[0]) == 4 and readings:
        return readings[DateOrder.YMD], numbers.rest
    meant = list(dict.fromkeys(readings.values()))
    if len(meant) == 1 and (order is None or len(readings) > 1):
        return meant[0], numbers.rest
    if len(meant) > 1 and order is None:
        return problems.date_ambiguous(western, meant[0].isoformat(), meant[1].isoformat())
    return problems.date_invalid(western, _EXAMPLE)


def _date_first(text: str) -> str:
    """Turn "18:01, 27 May 2021 (UTC)", as wikis sign, round to the date first."""
    led = _LEADING_CLOCK.match(text)
    return f"{text[led.end() :].replace('(UTC)', '').strip()} {led[1]}" if led else text


def _without_weekday(text: str) -> str:
    return re.sub(r"^[^\d,،]{2,20}[,،]\s*(?=\S)", "", text) if re.match(r"^[^\d,،]+[,،]\s*\S", text) else text


def parse_date(text: str, order: DateOrder | None) -> Parsed[date]:
    """Return the day a cell names, read in the column's order; a time beside it is read over.

    ``date_ambiguous`` carries both readings where ``order`` is None and both are days;
    ``date_invalid`` where it is no day (31/02/2024) or contradicts the order.
    """
    if is_placeholder(text):
        return Parsed()
    dated = _dated(text, order)
    return Parsed((), (dated,)) if isinstance(dated, Problem) else Parsed((dated[0],))


def parse_moment(text: str, order: DateOrder | None) -> Parsed[datetime]:
    """Return the local date and time a cell names, without zone; midnight where no time is written."""
    if is_placeholder(text):
        return Parsed()
    dated = _dated(text, order)
    if isinstance(dated, Problem):
        return Parsed((), (dated,))
    clock = _time(dated[1])
    if clock is None:
        return Parsed((), (problems.moment_invalid(clean_text(text), _EXAMPLE + " 18:01"),))
    return Parsed((datetime.combine(dated[0], clock),))


def parse_excel_serial(text: str) -> Parsed[datetime]:
    """Return the moment of a spreadsheet's serial number (1900 system); only for columns told to be so."""
    try:
        days = float(text)
    except ValueError:
        return Parsed((), (problems.date_invalid(clean_text(text), _EXAMPLE),))
    if not 61 <= days < 73415:
        return Parsed((), (problems.date_invalid(clean_text(text), _EXAMPLE),))
    return Parsed((datetime(1899, 12, 30) + timedelta(seconds=round(days * 86400)),))  # noqa: DTZ001
