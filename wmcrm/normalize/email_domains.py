"""Slips of well-known e-mail domains: what was probably meant, never a correction by itself.

Rule: a name is flagged when one letter of a well-known provider's name is missing, doubled, swapped
or strange *and* the result is no provider that really exists; endings such as ``.con`` are flagged
because no such top-level domain exists.
"""

from __future__ import annotations

from functools import lru_cache

_COM = "com"
_PROVIDERS: dict[str, frozenset[str]] = {
    "gmail": frozenset({_COM}),
    "googlemail": frozenset({_COM}),
    "hotmail": frozenset("com fr es it de co.uk be nl se dk no ca com.br com.ar com.mx cl co.jp co.th".split()),
    "outlook": frozenset("com fr es it de be pt cl co.id com.br com.ar com.mx in jp kr sa dk cz ie".split()),
    "yahoo": frozenset(
        "com fr es it de ca in co.uk co.in co.id co.jp co.kr co.th co.za co.nz com.br com.ar com.mx "
        "com.au com.tw com.hk com.ph com.sg com.my com.vn com.tr com.co com.pe gr ie pl ro se no dk cn".split()
    ),
    "icloud": frozenset({_COM}),
    "protonmail": frozenset({_COM, "ch"}),
    "wikimedia": frozenset({"org"}),
    "wikipedia": frozenset({"org"}),
}
# Providers and owned names that lie one letter away from the above.
_REAL_NAMES = frozenset(
    "mail email ymail gmx amail bmail cmail dmail emaill fmail hmail imail jmail kmail lmail nmail omail "
    "pmail qmail rmail smail tmail umail vmail wmail xmail zmail mymail aol live msn me mac yandex yaho "
    "hushmail fastmail tutamail icould outlok wikimedia wikipedia".split()
) - {"yaho", "icould", "outlok", "emaill"}
_KNOWN_SLIPS = {
    "gmal": "gmail", "gnail": "gmail", "gmai": "gmail", "gmaul": "gmail", "gmeil": "gmail", "gmaill": "gmail",
    "gemail": "gmail", "gmsil": "gmail", "gimal": "gmail", "gamil": "gmail", "gmial": "gmail",
    "gmali": "gmail", "gmailc": "gmail", "ggmail": "gmail", "gmmail": "gmail", "gmaail": "gmail",
    "gmaiil": "gmail", "gmil": "gmail", "gail": "gmail", "fgmail": "gmail", "gmakl": "gmail",
    "gmaol": "gmail", "gmqil": "gmail", "gjail": "gmail", "gkail": "gmail", "g-mail": "gmail",
    "yaho": "yahoo", "yhoo": "yahoo", "yahho": "yahoo", "yhaoo": "yahoo", "yaoo": "yahoo", "yahooo": "yahoo",
    "yahou": "yahoo", "yayoo": "yahoo", "uahoo": "yahoo", "tahoo": "yahoo", "ahoo": "yahoo", "yahop": "yahoo",
    "homail": "hotmail", "htmail": "hotmail", "hitmail": "hotmail", "hotmal": "hotmail",
    "otmail": "hotmail", "hotmaill": "hotmail", "hormail": "hotmail",
    "outlok": "outlook", "outllok": "outlook", "oulook": "outlook", "outloo": "outlook",
    "iclod": "icloud", "icould": "icloud", "icoud": "icloud", "iclou": "icloud", "icluod": "icloud",
}  # fmt: skip
_COM_SLIPS = frozenset("con cmo ocm comm vom xom coom cpm clm c0m copm dom cim comn ckm".split()) - {"dom", "cim"}
_GMAIL_ENDINGS = _COM_SLIPS | frozenset("co cm om cim fr de es it ru net org".split())


def _one_slip_apart(typed: str, name: str) -> bool:
    from rapidfuzz.distance import OSA

    return typed[:1] == name[:1] and OSA.distance(typed, name, score_cutoff=1) == 1


def _name_meant(name: str) -> str:
    if name in _PROVIDERS or name in _REAL_NAMES:
        return name
    if name in _KNOWN_SLIPS:
        return _KNOWN_SLIPS[name]
    for provider in _PROVIDERS:
        if len(provider) > 5 and _one_slip_apart(name, provider):
            return provider
    return name


def _ending_meant(provider: str, ending: str) -> str | None:
    endings = _PROVIDERS.get(provider)
    if endings and ending in endings:
        return ending
    if ending in _COM_SLIPS or (provider in {"gmail", "googlemail"} and ending in _GMAIL_ENDINGS):
        return _COM
    return None if endings else ending


@lru_cache(maxsize=65536)
def domain_meant(domain: str) -> str | None:
    """Return the domain that was probably meant, None where the domain may well be right."""
    name, _, ending = domain.partition(".")
    provider = _name_meant(name)
    meant = _ending_meant(provider, ending)
    if meant is None or (provider, meant) == (name, ending):
        return None
    return f"{provider}.{meant}"
