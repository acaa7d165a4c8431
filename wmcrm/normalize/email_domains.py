"""Slips of well-known e-mail domains: what was probably meant, never a correction by itself.

Rule: a name is flagged when one letter of a well-known provider's name is missing, doubled, swapped
or strange *and* the result is no provider that really exists; endings such as ``.con`` are flagged
because no such top-level domain exists.
"""

from __future__ import annotations

from functools import lru_cache

_COM = "com"
_ENDINGS = {
    "gmail": "com",
    "googlemail": "com",
    "hotmail": "com fr es it de co.uk be nl se dk no ca com.br com.ar com.mx cl co.jp co.th gr",
    "outlook": "com fr es it de be pt cl co.id com.br com.ar com.mx in jp kr sa dk cz ie at co.th com.tr",
    "yahoo": (
        "com fr es it de ca in co.uk co.in co.id co.jp co.kr co.th co.za co.nz com.br com.ar com.mx com.au "
        "com.tw com.hk com.ph com.sg com.my com.vn com.tr com.co com.pe com.cn gr ie pl ro se no dk cn"
    ),
    "icloud": "com",
    "protonmail": "com ch",
    "wikimedia": "org",
    "wikipedia": "org",
}
_PROVIDERS = {name: frozenset(endings.split()) for name, endings in _ENDINGS.items()}
# Providers and other owned names that lie one letter away from those above.
_REAL_NAMES = frozenset(
    "mail email ymail gmx amail bmail cmail dmail fmail hmail imail jmail kmail lmail nmail omail pmail "  # noqa: SIM905
    "qmail rmail smail tmail umail vmail wmail xmail zmail mymail hushmail fastmail tutamail".split()
)
_SLIPS = {
    "gmail": (
        "gmal gnail gmai gmaul gmeil gmaill gemail gimal gamil gmial gmali gmailc ggmail gmmail gmaail gmaiil gmil "
        "gail fgmail gmakl gmaol gmqil gmsil gjail gkail g-mail gmaii gmall gmaip gmali gmeail gmaile gmaul"
    ),
    "yahoo": "yaho yhoo yahho yhaoo yaoo yahooo yahou yayoo uahoo tahoo ahoo yahop yhaho yaooh yahoi yahh00 yah00",
    "hotmail": "homail htmail hitmail hotmal otmail hotmaill hormail hotmai hotamil hotmial hotmil hoymail",
    "outlook": "outlok outllok oulook outloo outlool outlock oultook outook",
    "icloud": "iclod icould icoud iclou icluod iclould",
}
_KNOWN_SLIPS = {slip: name for name, slips in _SLIPS.items() for slip in slips.split()}
# Endings under which there is no top-level domain at all.
_COM_SLIPS = frozenset({"con", "cmo", "ocm", "comm", "vom", "xom", "coom", "cpm", "clm", "c0m", "copm", "comn", "ckm"})
_GMAIL_ENDINGS = _COM_SLIPS | {"co", "cm", "om", "cim", "fr", "de", "es", "it", "ru", "net", "org"}


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


@lru_cache(maxsize=4096)
def domain_meant(domain: str) -> str | None:
    """Return the domain that was probably meant, None where the domain may well be right."""
    name, _, ending = domain.partition(".")
    provider = _name_meant(name)
    meant = _ending_meant(provider, ending)
    if meant is None or (provider, meant) == (name, ending):
        return None
    return f"{provider}.{meant}"
