"""What the cells of a column look like, and whether that fits a field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from wmcrm.importer.mapping.fields import NAME_FIELDS, SheetField
from wmcrm.importer.mapping.status import is_status_word
from wmcrm.normalize import is_placeholder, parse_country, parse_languages, parse_yes_no

SAMPLE_LIMIT = 200

_EMAIL = re.compile(r"[^\s@<>,;]+\s?(?:@|[(\[{]\s?(?:at|arobase|arroba)\s?[)\]}]|＠)\s?[^\s@<>,;]+\.[^\s@.]{2,}", re.I)
_PHONE = re.compile(
    r"^(?:[^\W\d_]{2,12}\s?[:：]?\s?)?[+(＋]?[\d٠-٩۰-۹०-९০-৯０-９][\d٠-٩۰-۹०-९০-৯０-９\s().\-/–]{5,22}(?:\s?\([^)]*\))?$"
)
_PHONE_FLOAT = re.compile(r"^\d(?:\.\d+)?E\+\d{1,2}$|^\d{7,15}\.0$")
# Numbers parted by spaces are phones ("06 11 40 77 76") unless a word among them names the month.
_DATE = re.compile(
    r"^\D{0,12}(?:\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?!\d)|"
    r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2})(?=$|[\s,T])|"
    r"\d{1,2}[-/. ]\s?(?:de )?[^\W\d_]{3,12}\.?[-/., ]\s?(?:de )?\d{2,4}|"
    r"[^\W\d_]{3,12}\.? \d{1,2},? \d{4})"
)
_SERIAL = re.compile(r"^[34]\d{4}(?:\.\d+)?$")
_INTEGER = re.compile(r"^\(?[\d٠-٩۰-۹०-९]{1,20}[.)]?$")
_ORDINAL = re.compile(r"^\(?[\d٠-٩۰-۹०-९]{1,5}(?:\.0)?[.)]?$")
_NUMBER = re.compile(r"^[-+]?[\d.,]+\s?[%€$£]?$")
_USER_PAGE = re.compile(r"(?:/wiki/|^\[\[|^|[?&]title=)[^\s:/]{1,25}:[^\s]+|^\[\[[^\]]+\]\]|\{\{u(?:ser)?\|", re.I)
_USER_LINK = re.compile(
    r"wiki[a-z.]*/(?:wiki/)?[^:/\s]{1,40}:\S|^\[\[[^\]:]{1,25}:|^\{\{u(?:ser)?\||^(?:user|benutzer(?:in)?|utilisateur|usuario|usuária?|участник|مستخدم|用户|用戶|利用者|pengguna|सदस्य|utente|kullanıcı|użytkownik|користувач|کاربر|ব্যবহারকারী):\S",
    re.I,
)
_LETTERS = re.compile(r"[^\W\d_]{2}")


class Verdict(IntEnum):
    """What the values say of a meaning."""

    VETO = -1
    SILENT = 0
    CONFIRM = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """Shares, from 0 to 1, of the distinct filled cells of a column that have each shape."""

    filled: int
    distinct: int
    fill_rate: float
    email: float = 0.0
    phone: float = 0.0
    moment: float = 0.0
    serial: float = 0.0
    integer: float = 0.0
    ordinal: float = 0.0
    number: float = 0.0
    user_link: float = 0.0
    yes_no: float = 0.0
    status: float = 0.0
    country: float = 0.0
    language: float = 0.0
    lettered: float = 0.0
    words: float = 0.0


def gather(values: Sequence[str]) -> Evidence:
    """The evidence of a column's cells, of which the first few hundred are looked at."""
    sample = [value.strip() for value in values[:SAMPLE_LIMIT]]
    filled = [value for value in sample if value and (value == "NA" or not _is_nothing(value))]
    rate = len(filled) / len(sample) if sample else 0.0
    if not filled:
        return Evidence(0, 0, 0.0)
    distinct = list(dict.fromkeys(filled))[:60]
    return Evidence(
        filled=len(filled),
        distinct=len(set(filled)),
        fill_rate=rate,
        email=_share(distinct, _looks_like_email),
        phone=_share(distinct, _looks_like_phone),
        moment=_share(distinct, _looks_like_moment),
        serial=_share(distinct, _SERIAL.match),
        integer=_share(distinct, _INTEGER.match),
        ordinal=_share(distinct, _ORDINAL.match),
        number=_share(distinct, _NUMBER.match),
        user_link=_share(distinct, _USER_LINK.search),
        yes_no=_share(filled, lambda value: parse_yes_no(value) is not None),
        status=_share(filled, is_status_word),
        country=_share(distinct, _is_country),
        language=_share(distinct, _is_language),
        lettered=_share(distinct, _LETTERS.search),
        words=sum(len(value.split()) for value in distinct) / len(distinct),
    )


def _is_nothing(value: str) -> bool:
    # "no" is a placeholder in some tables but an answer here
    return is_placeholder(value) and parse_yes_no(value) is None


def _share(values: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(1 for value in values if test(value)) / len(values)


def _looks_like_email(value: str) -> bool:
    return _EMAIL.search(value) is not None


def _looks_like_phone(value: str) -> bool:
    if _looks_like_moment(value):
        return False
    return _PHONE.match(value) is not None or _PHONE_FLOAT.match(value) is not None


def _looks_like_moment(value: str) -> bool:
    return _DATE.match(value) is not None and not value.startswith("+")


def _is_country(value: str) -> bool:
    return len(value) <= 60 and parse_country(value).first is not None


def _is_language(value: str) -> bool:
    return len(value) <= 80 and bool(parse_languages(value).values)


def verdict(field: SheetField, found: Evidence) -> Verdict:
    """Whether the cells confirm the field, contradict it, or say nothing."""
    if found.filled == 0:
        return Verdict.SILENT
    rule = _RULES.get(field)
    if rule is not None:
        return rule(found)
    if field in NAME_FIELDS:
        return _of_names(found)
    return _of_text(found)


def _threshold(share: float, *, confirm: float, veto: float) -> Verdict:
    if share >= confirm:
        return Verdict.CONFIRM
    return Verdict.VETO if share < veto else Verdict.SILENT


def _of_email(found: Evidence) -> Verdict:
    return _threshold(found.email, confirm=0.5, veto=0.2)


def _of_phone(found: Evidence) -> Verdict:
    if found.yes_no > 0.8 and found.distinct <= 3:
        return Verdict.VETO
    return _threshold(found.phone, confirm=0.5, veto=0.2)


def _of_names(found: Evidence) -> Verdict:
    shapes = max(found.email, found.phone, found.moment, found.integer)
    if shapes > 0.5 or (found.lettered < 0.3 and found.words < 1):
        return Verdict.VETO
    if found.filled >= 2 and (found.yes_no > 0.7 or found.status > 0.7):
        return Verdict.VETO
    return Verdict.CONFIRM if found.distinct > found.filled * 0.4 else Verdict.SILENT


def _of_username(found: Evidence) -> Verdict:
    if found.user_link >= 0.3:
        return Verdict.CONFIRM
    if found.email > 0.6 or found.moment > 0.6 or found.words > 6:
        return Verdict.VETO
    if found.filled >= 2 and (found.yes_no > 0.6 or found.phone > 0.8 or found.integer > 0.8):
        return Verdict.VETO
    return Verdict.SILENT


def _of_country(found: Evidence) -> Verdict:
    return _threshold(found.country, confirm=0.6, veto=0.2 if found.distinct >= 2 else 0.01)


def _of_language(found: Evidence) -> Verdict:
    return _threshold(found.language, confirm=0.5, veto=0.15 if found.distinct >= 2 else 0.01)


def _of_consent(found: Evidence) -> Verdict:
    if max(found.email, found.phone, found.country if found.yes_no < 0.3 else 0.0) > 0.6:
        return Verdict.VETO
    if found.distinct > 12 and found.yes_no < 0.3 and found.distinct > found.filled * 0.5:
        return Verdict.VETO
    return Verdict.CONFIRM if found.yes_no >= 0.5 else Verdict.SILENT


def _of_attendance(found: Evidence) -> Verdict:
    if max(found.email, found.phone if found.moment < 0.5 else 0.0) > 0.5:
        return Verdict.VETO
    if max(found.yes_no, found.moment, found.status) >= 0.3:
        return Verdict.CONFIRM
    return Verdict.VETO if found.distinct > 6 else Verdict.SILENT


def _of_status(found: Evidence) -> Verdict:
    if max(found.status, found.yes_no) >= 0.4:
        return Verdict.CONFIRM
    return Verdict.VETO if found.distinct > 8 or found.country > 0.6 else Verdict.SILENT


def _of_moment(found: Evidence) -> Verdict:
    return _threshold(max(found.moment, found.serial), confirm=0.5, veto=0.2)


def _of_row_number(found: Evidence) -> Verdict:
    return _threshold(found.ordinal, confirm=0.5, veto=0.3)


def _of_identifier(found: Evidence) -> Verdict:
    return Verdict.VETO if found.email > 0.5 or found.words > 3 else Verdict.SILENT


def _of_place(found: Evidence) -> Verdict:
    if found.country > 0.7 and found.distinct >= 2:
        return Verdict.VETO
    return _of_text(found)


def _of_text(found: Evidence) -> Verdict:
    if max(found.email, found.moment) > 0.6:
        return Verdict.VETO
    if found.filled >= 3 and found.yes_no > 0.8:
        return Verdict.VETO
    return Verdict.SILENT


def _of_remarks(found: Evidence) -> Verdict:
    return Verdict.VETO if found.email > 0.6 else Verdict.SILENT


_RULES: dict[SheetField, Callable[[Evidence], Verdict]] = {
    SheetField.EMAIL: _of_email,
    SheetField.PHONE: _of_phone,
    SheetField.USERNAME: _of_username,
    SheetField.COUNTRY: _of_country,
    SheetField.LANGUAGE: _of_language,
    SheetField.CONSENT_CONTACT: _of_consent,
    SheetField.CONSENT_PHOTO: _of_consent,
    SheetField.ATTENDED: _of_attendance,
    SheetField.REGISTRATION_STATUS: _of_status,
    SheetField.SIGNED_UP_AT: _of_moment,
    SheetField.EVENT_DATE: _of_moment,
    SheetField.ROW_NO: _of_row_number,
    SheetField.EXTERNAL_ID: _of_identifier,
    SheetField.CITY: _of_place,
    SheetField.NOTES: _of_remarks,
    SheetField.EXPERIENCE: _of_remarks,
    SheetField.TAGS: _of_remarks,
}
