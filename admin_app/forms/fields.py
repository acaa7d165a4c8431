"""Fields that read what people type the way the library does, and say the same when it cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from zoneinfo import available_timezones

from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput

from admin_app.words import word
from wmcrm.errors import BadInputError
from wmcrm.normalize import (
    COUNTRIES,
    REGIONS,
    Parsed,
    clean_text,
    country_name,
    parse_date,
    parse_languages,
    parse_username,
)

NOBODY_SAID = lazy_gettext("not known")


class Text(StringField):  # type: ignore[misc]
    """One line, cleaned; empty is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Clean what was sent."""
        self.data = clean_text(valuelist[0]) or None if valuelist else None


class Paragraphs(TextAreaField):  # type: ignore[misc]
    """Several lines as they are; empty is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the lines that were sent."""
        self.data = valuelist[0].replace("\r\n", "\n").strip() or None if valuelist else None


class Day(Field):  # type: ignore[misc]
    """A day, from the browser's date picker or typed; empty is None."""

    widget = DateInput()
    data: date | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; refused with the library's own sentence."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = take(parse_date(text, None)) if text else None


class Choice(SelectField):  # type: ignore[misc]
    """One word of an enumeration, in the reader's language."""

    def __init__(
        self,
        *args: object,
        kind: type[StrEnum],
        optional: bool = False,
        but: StrEnum | None = None,
        **extra: object,
    ) -> None:
        self.kind = kind
        blank = [("", NOBODY_SAID)] if optional else []

        def offered() -> list[tuple[str, str]]:
            return [*blank, *(pair for pair in words_of(kind) if pair[0] != but)]

        super().__init__(*args, choices=offered, coerce=_reader(kind), **extra)


class OfficialList(SelectField):  # type: ignore[misc]
    """A code from a list that is too long for an enumeration: countries, regions, time zones."""

    def __init__(self, *args: object, codes: Callable[[], Iterable[tuple[str, str]]], **extra: object) -> None:
        super().__init__(
            *args, choices=lambda: [("", NOBODY_SAID), *codes()], coerce=lambda value: value or None, **extra
        )


class TimeZone(Text):
    """An IANA time zone, typed with suggestions: six hundred of them are too many to choose from a list."""

    def suggestions(self) -> tuple[str, ...]:
        """What the browser offers while one types."""
        return time_zones()

    def pre_validate(self, _form: object) -> None:
        """Refuse what is no time zone."""
        if self.data and self.data not in available_timezones():
            raise ValidationError(gettext("This is no time zone; write it as Africa/Dakar."))


class Languages(StringField):  # type: ignore[misc]
    """Languages as people write them ("French, ar; Hausa"), stored as codes."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read every language; refused when one is unknown."""
        self.data = list(take_all(parse_languages(valuelist[0]))) if valuelist and valuelist[0].strip() else []


class OneLanguage(Text):
    """One language as people write it, stored as its code."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the language; refused when it is unknown or there are several."""
        self.data = take_one(parse_languages(valuelist[0])) if valuelist and valuelist[0].strip() else None


class Username(Text):
    """A username as people paste it, with or without the address of its page."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the username; refused with the library's own sentence."""
        self.data = take_one(parse_username(valuelist[0])) if valuelist and valuelist[0].strip() else None


class Lines(TextAreaField):  # type: ignore[misc]
    """A list, one item a line."""

    def _value(self) -> str:
        return "\n".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep the lines that hold something."""
        lines = valuelist[0].splitlines() if valuelist else []
        self.data = [cleaned for line in lines if (cleaned := clean_text(line))]


def take_all(parsed: Parsed[str]) -> tuple[str, ...]:
    """The values of a cell; a ValueError with the library's sentence when one could not be read."""
    for problem in parsed.problems:
        if problem.severity == "error" or not parsed.values:
            raise ValueError(problem_text(problem.template, problem.value, problem.suggestion, problem.params))
    return parsed.values


def take_one(parsed: Parsed[str]) -> str:
    """The one value of a cell; a ValueError with the library's sentence for none or several."""
    for problem in parsed.problems:
        raise ValueError(problem_text(problem.template, problem.value, problem.suggestion, problem.params))
    if len(parsed.values) != 1:
        raise ValueError(gettext("Type one, no more and no less."))
    return parsed.values[0]


def take(parsed: Parsed[date]) -> date:
    """The day of a cell; a ValueError with the library's sentence when there is none."""
    if parsed.first is not None:
        return parsed.first
    for problem in parsed.problems:
        raise ValueError(problem_text(problem.template, problem.value, problem.suggestion, problem.params))
    raise ValueError(gettext("This is not a date; write it as 2024-02-28."))


def problem_text(template: str, value: str, suggestion: str | None, params: object) -> str:
    """The library's sentence about a value, in the reader's language."""
    given = dict(params) if isinstance(params, dict) else {}
    return str(gettext(template)).format(value=value, suggestion=suggestion or "", **given)


def not_before(other: str) -> Callable[[object, Field], None]:
    """A validator: this day is after the day in the field called ``other``, where both are known."""

    def check(form: object, field: Field) -> None:
        begins = getattr(form, other).data
        if begins and field.data and field.data < begins:
            raise ValidationError(gettext("The end cannot be before the beginning."))

    return check


def words_of(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """The choices of an enumeration."""
    return [(member.value, word(member)) for member in kind]


def countries() -> Sequence[tuple[str, str]]:
    """Every country by its name in the reader's language, sorted by it."""
    return _countries(str(get_locale() or "en"))


def regions() -> list[tuple[str, str]]:
    """The movement's regions."""
    return [(region.value, word(region)) for region in REGIONS]


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """IANA zones that are named after a place, and UTC."""
    return tuple(zone for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC")


@lru_cache(maxsize=16)
def _countries(locale: str) -> Sequence[tuple[str, str]]:
    named = [(code, country_name(code, locale)) for code in COUNTRIES]
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))


def _reader(kind: type[StrEnum]) -> Callable[[str | None], StrEnum | None]:
    def read(value: str | None) -> StrEnum | None:
        return kind(value) if value else None

    return read


def day_or_today(text: str, today: date) -> date:
    """The day in an address, or today when there is none; BadInputError with the library's sentence otherwise."""
    return read_day(text) or today


def read_day(text: str) -> date | None:
    """The day in an address, None when there is none; BadInputError with the library's own sentence otherwise."""
    if not text.strip():
        return None
    try:
        return take(parse_date(text, None))
    except ValueError as error:
        raise BadInputError("This is not a date; write it as 2024-02-28.") from error
