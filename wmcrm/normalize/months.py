"""Names of months and halves of the day in the languages of our sheets, from CLDR through babel."""

from __future__ import annotations

from functools import lru_cache

from wmcrm.normalize.locales import SHEET_LOCALES, locale_for
from wmcrm.normalize.text import fold

# Everyday abbreviations and regional names that CLDR's standard forms do not have.
_MORE = {
    1: "janv ene janvier كانون الثاني يناير جانفي janeiro ocak",
    2: "fev feb fevr شباط فبراير فيفري",
    3: "mar mars mrt آذار مارس",
    4: "avr abr apr نيسان ابريل أبريل إبريل افريل أفريل",
    5: "mai may أيار مايو ماي",
    6: "juin jun حزيران يونيو جوان",
    7: "juil jul تموز يوليو جويلية",
    8: "aout ago aug آب أغسطس اغسطس أوت اوت",
    9: "sept set sep أيلول سبتمبر",
    10: "oct out okt تشرين الأول أكتوبر اكتوبر",
    11: "nov تشرين الثاني نوفمبر",
    12: "dec dez dic كانون الأول ديسمبر",
}
_LEVANT = {"كانون الثاني": 1, "تشرين الاول": 10, "تشرين الثاني": 11, "كانون الاول": 12}
_PM = "pm p m م مساء مساءً ب.ظ. 下午 晚上 午後 오후 अपराह्न ös μμ чч mchana jioni"
_AM = "am a m ص صباحا صباحًا ق.ظ. 上午 早上 凌晨 午前 오전 पूर्वाह्न öö πμ asubuhi"


def _from_cldr() -> dict[str, int]:
    table: dict[str, int] = {}
    for tag in SHEET_LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale_for(tag).months[context][width].items():
                    table.setdefault(fold(name), number)
    return table


@lru_cache(maxsize=1)
def month_names() -> dict[str, int]:
    """Return folded names of months to their numbers; names of one sign or of digits are left out."""
    table = _from_cldr()
    for number, words in _MORE.items():
        for word in words.split():
            table.setdefault(fold(word), number)
    table.update({fold(name): number for name, number in _LEVANT.items()})
    for half in ("كانون", "تشرين", "الثاني", "الأول"):
        table.pop(fold(half), None)
    return {name: number for name, number in table.items() if len(name) > 1 and not name[0].isdigit()}


@lru_cache(maxsize=1)
def day_halves() -> dict[str, int]:
    """Return folded words for before and after noon to the hours they add: 0 and 12."""
    table = {fold(word): 0 for word in _AM.split() if len(fold(word)) > 1 or not word.isascii()}
    table.update({fold(word): 12 for word in _PM.split() if len(fold(word)) > 1 or not word.isascii()})
    for tag in SHEET_LOCALES:
        periods = locale_for(tag).day_periods["format"]
        for width in ("wide", "abbreviated"):
            for name, hours in (("am", 0), ("pm", 12)):
                if word := periods.get(width, {}).get(name):
                    table.setdefault(fold(word), hours)
    table.update({"a m": 0, "p m": 12, "am": 0, "pm": 12})
    table.pop("", None)
    return table
