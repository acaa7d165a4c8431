"""The page of a subject export: for people to read, in their language, on any screen, without a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from html import escape
from importlib.resources import files
from string import Template
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

from wmcrm.models import metadata
from wmcrm.normalize import language_name
from wmcrm.privacy.collecting import HIDDEN, Row
from wmcrm.privacy.wording import RIGHT_TO_LEFT, column_label, heading, said, value_words, words

Sections = Mapping[str, Sequence[Row]]
# Sections that are no table: which of their columns hold codes, and which hold sentences that wmcrm ships.
CODES: Mapping[str, frozenset[str]] = {
    "sources": frozenset({"kind", "consent", "status"}),
    "consents": frozenset({"purpose", "channel", "decision", "basis", "method"}),
    "standing": frozenset({"purpose", "channel", "standing"}),
    "access": frozenset({"actor", "action", "purpose", "channel"}),
    "recipients": frozenset({"actor", "action", "purpose", "channel"}),
    "history": frozenset({"actor", "through"}),
    "processing": frozenset({"basis"}),
}
SENTENCES = frozenset({"what", "purpose", "data", "recipients", "retention", "description", "reason", "evidence"})
UNITS: Mapping[str, tuple[Literal["day", "month"], int]] = {"days": ("day", 1), "months": ("month", 30)}
# Texts that stand where people write names of their own, and are none.
SAID = frozenset({("source", "file"), ("notice", "unrecorded")})
# How a row came here: read last, behind what it says.
ORIGIN = ("holder_affiliate", "recorded_at", "source", "external_id")
NARROW = 2
TECHNICAL = HIDDEN | {"recorded_at"}
NEVER_COARSER = 1_000_000
MOST_IN_A_LINE = 6
DAY = "d MMMM y"
SAYS_NOTHING = frozenset({"und", "Zyyy"})


def subject_page(sections: Sections, language: str, made_at: dt.datetime) -> str:
    """The page to read: every value escaped, no script, no file from elsewhere."""
    template = Template(files("wmcrm.privacy").joinpath("subject.html").read_text(encoding="utf-8"))
    full = {name: rows for name, rows in sections.items() if rows}
    return template.substitute(
        lang=language,
        dir="rtl" if language in RIGHT_TO_LEFT else "ltr",
        title=escape(words("title", language)),
        made=escape(f"{words('made_at', language)}: {_moment(made_at, language)}"),
        contents=escape(words("contents", language)),
        links="\n".join(_link(name, rows, language) for name, rows in full.items()),
        body="\n".join(_section(name, rows, language) for name, rows in full.items()),
        nothing=escape(words("nothing", language)),
        empty="\n".join(f"<li>{_heading(name, language)}</li>" for name in sections if name not in full),
    )


def _section(name: str, rows: Sequence[Row], language: str) -> str:
    if name == "consents":
        rows = [_said_once(row, language) for row in rows]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    columns.sort(key=lambda column: ORIGIN.index(column) + 1 if column in ORIGIN else 0)
    labels = {column: escape(column_label(column, language)) for column in columns}
    wide = ' class="wide"' if len(columns) > MOST_IN_A_LINE else ' class="narrow"' if len(columns) <= NARROW else ""
    head = "".join(f'<th scope="col">{label}</th>' for label in labels.values())
    body = "\n".join(_row(name, row, labels, language) for row in rows)
    table = f"<table{wide}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<section id="{name}">\n<h2>{_heading(name, language)}</h2>\n{table}\n</section>'


def _link(name: str, rows: Sequence[Row], language: str) -> str:
    """The line of a section in the contents, with how many rows it has if there are several."""
    count = f" ({format_decimal(len(rows), locale=language)})" if len(rows) > 1 else ""
    return f'<li><a href="#{name}">{_heading(name, language)}</a>{count}</li>'


def _said_once(consent: Row, language: str) -> Row:
    """Without the description of a purpose whose words on this page say the same."""
    code = str(consent["purpose"])
    return {
        name: value
        for name, value in consent.items()
        if name != "description" or value_words("", code, language) == code
    }


def _row(section: str, row: Row, labels: Mapping[str, str], language: str) -> str:
    cells = ((label, _value(section, column, row.get(column), language)) for column, label in labels.items())
    return "<tr>" + "".join(f'<td data-label="{label}">{text}</td>' for label, text in cells) + "</tr>"


def _value(section: str, column: str, value: object, language: str) -> str:
    """A stored value as people read it, escaped."""
    inside = partial(_value, section, language=language)
    match value:
        case None:
            return ""
        case bool():
            return escape(value_words("", str(value).lower(), language))
        case dt.datetime():
            return escape(_moment(value, language))
        case dt.date():
            return escape(format_date(value, DAY, locale=language))
        case list() if column == "operations":
            return _list(_change(*operation, language=language) for operation in value)
        case list():
            return _list(inside(column, one) for one in value if one not in (None, ""))
        case Mapping():
            shown = {name: inside(name, one) for name, one in value.items() if one not in (None, "", [], {})}
            return _pairs({escape(column_label(name, language)): text for name, text in shown.items()})
        case _:
            text = _text(section, column, str(value), language)
            numbers = "" if any(map(str.isalpha, text)) else ' dir="ltr"'  # "+221 77" begins with the plus
            return f"<bdi{numbers}>{escape(text)}</bdi>" if text else ""


def _text(section: str, column: str, text: str, language: str) -> str:
    if column == "kept_for":
        return _length(text, language)
    if _is_code(section, column) or (column, text) in SAID:
        return value_words(section, text, language)
    if text in SAYS_NOTHING:
        return ""
    if column in {"language", "languages"}:
        return language_name(text, language)
    if column in {"country", "residence_country"}:
        return str(Locale(language).territories.get(text, text))
    if column == "script":
        return str(Locale(language).scripts.get(text, text))
    moment = _parse(text) if column.endswith(("_at", "_on", "_day", "since", "until")) else None
    if moment is not None:
        return _moment(moment, language) if len(text) > len("2026-11-22") else format_date(moment, DAY, locale=language)
    return said(text, language) if column in SENTENCES else text


def _is_code(section: str, column: str) -> bool:
    if section in CODES:
        return column in CODES[section]
    table = metadata.tables.get(section)
    return table is not None and column in table.c and hasattr(table.c[column].type, "enum_class")


def _change(table: str, _row_id: object, before: Row | None, after: Row | None, *, language: str) -> str:
    """What a change did to one row: only what tells the person something."""
    done = "added" if before is None else "removed" if after is None else "changed"
    title = f"{_heading(table, language)}: {escape(words(done, language))}"
    old, new = before or {}, after or {}
    read = partial(_value, table, language=language)
    told = {}
    for column in {**old, **new}:
        was, now = read(column, old.get(column)), read(column, new.get(column))
        if (was or now) and column not in TECHNICAL and not column.endswith("_id"):
            told[escape(column_label(column, language))] = _difference(was, now) if before and after else now or was
    return title + _pairs(told)


def _difference(was: str, now: str) -> str:
    return " ".join(f"<{tag}>{text}</{tag}>" for tag, text in (("del", was), ("ins", now)) if text)


def _pairs(told: Mapping[str, str]) -> str:
    return "<dl>" + "".join(f"<div><dt>{label}</dt><dd>{text}</dd></div>" for label, text in told.items()) + "</dl>"


def _list(items: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def _heading(section: str, language: str) -> str:
    return escape(heading(section, language))


def _moment(moment: dt.datetime, language: str) -> str:
    return f"{format_datetime(moment, f'{DAY} HH:mm', locale=language)} UTC"


def _parse(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _length(text: str, language: str) -> str:
    """How long something is kept, from "24 months"."""
    count, _, unit = text.partition(" ")
    step, days = UNITS[unit]
    length = dt.timedelta(days=int(count) * days)
    return format_timedelta(length, granularity=step, threshold=NEVER_COARSER, locale=language)
