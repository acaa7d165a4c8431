"""Where the scripts of the world lie in Unicode, as ISO 15924 codes.

Source: the block ranges of the Unicode Standard, reduced to letters. Hiragana and Katakana are both
``Kana`` here, because neither alone is what a person calls their script.
"""

from __future__ import annotations

_RANGES = (
    (0x0041, "Latn"), (0x0370, "Grek"), (0x0400, "Cyrl"), (0x0530, "Armn"), (0x0590, "Hebr"),
    (0x0600, "Arab"), (0x0700, "Syrc"), (0x0750, "Arab"), (0x0780, "Thaa"), (0x07C0, "Nkoo"),
    (0x0800, "Samr"), (0x0840, "Mand"), (0x0860, "Syrc"), (0x0870, "Arab"), (0x0900, "Deva"),
    (0x0980, "Beng"), (0x0A00, "Guru"), (0x0A80, "Gujr"), (0x0B00, "Orya"), (0x0B80, "Taml"),
    (0x0C00, "Telu"), (0x0C80, "Knda"), (0x0D00, "Mlym"), (0x0D80, "Sinh"), (0x0E00, "Thai"),
    (0x0E80, "Laoo"), (0x0F00, "Tibt"), (0x1000, "Mymr"), (0x10A0, "Geor"), (0x1100, "Hang"),
    (0x1200, "Ethi"), (0x13A0, "Cher"), (0x1400, "Cans"), (0x1680, "Ogam"), (0x16A0, "Runr"),
    (0x1700, "Tglg"), (0x1720, "Hano"), (0x1740, "Buhd"), (0x1760, "Tagb"), (0x1780, "Khmr"),
    (0x1800, "Mong"), (0x18B0, "Cans"), (0x1900, "Limb"), (0x1950, "Tale"), (0x1980, "Talu"),
    (0x19E0, "Khmr"), (0x1A00, "Bugi"), (0x1A20, "Lana"), (0x1B00, "Bali"), (0x1B80, "Sund"),
    (0x1BC0, "Batk"), (0x1C00, "Lepc"), (0x1C50, "Olck"), (0x1C80, "Cyrl"), (0x1C90, "Geor"),
    (0x1CC0, "Sund"), (0x1CD0, "Deva"), (0x1D00, "Latn"), (0x1F00, "Grek"), (0x2071, "Latn"),
    (0x2C00, "Glag"), (0x2C60, "Latn"), (0x2C80, "Copt"), (0x2D00, "Geor"), (0x2D30, "Tfng"),
    (0x2D80, "Ethi"), (0x2DE0, "Cyrl"), (0x2E80, "Hani"), (0x3041, "Kana"), (0x3100, "Bopo"),
    (0x3130, "Hang"), (0x31A0, "Bopo"), (0x31F0, "Kana"), (0x3400, "Hani"), (0xA000, "Yiii"),
    (0xA4D0, "Lisu"), (0xA500, "Vaii"), (0xA640, "Cyrl"), (0xA6A0, "Bamu"), (0xA720, "Latn"),
    (0xA800, "Sylo"), (0xA840, "Phag"), (0xA880, "Saur"), (0xA8E0, "Deva"), (0xA900, "Kali"),
    (0xA930, "Rjng"), (0xA960, "Hang"), (0xA980, "Java"), (0xA9E0, "Mymr"), (0xAA00, "Cham"),
    (0xAA60, "Mymr"), (0xAA80, "Tavt"), (0xAAE0, "Mtei"), (0xAB00, "Ethi"), (0xAB30, "Latn"),
    (0xAB70, "Cher"), (0xABC0, "Mtei"), (0xAC00, "Hang"), (0xF900, "Hani"), (0xFB00, "Latn"),
    (0xFB13, "Armn"), (0xFB1D, "Hebr"), (0xFB50, "Arab"), (0xFE70, "Arab"), (0xFF21, "Latn"),
    (0xFF66, "Kana"), (0xFFA0, "Hang"), (0x10000, "Zzzz"), (0x10400, "Dsrt"), (0x10450, "Zzzz"),
    (0x11000, "Brah"), (0x11080, "Kthi"), (0x110D0, "Sora"), (0x11100, "Cakm"), (0x11150, "Zzzz"),
    (0x11180, "Shrd"), (0x111E0, "Sinh"), (0x11200, "Zzzz"), (0x11400, "Newa"), (0x11480, "Tirh"),
    (0x114E0, "Zzzz"), (0x1B000, "Kana"), (0x1B170, "Zzzz"), (0x1E900, "Adlm"), (0x1E960, "Zzzz"),
    (0x20000, "Hani"), (0x32000, "Zzzz"),
)  # fmt: skip

SCRIPT_STARTS = tuple(start for start, _ in _RANGES)
SCRIPT_NAMES = tuple(name for _, name in _RANGES)
