"""E-mail addresses as typed in a cell to the addresses one can write to.

Rules: the syntax is email-validator's, without DNS; special-use domains are refused except
``.example`` and ``.test``, which stand for themselves in samples and tests. Domains are validated
once and remembered, for a sheet has thousands of addresses and few domains.
"""

from __future__ import annotations

import re
from functools import lru_cache

from wmcrm.normalize import problems
from wmcrm.normalize.email_domains import domain_meant
from wmcrm.normalize.parsed import Parsed, Problem
from wmcrm.normalize.text import clean_text, fold
from wmcrm.normalize.words import is_placeholder

_PLAIN_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PLAIN_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_REFUSED_DOMAINS = ("arpa", "invalid", "local", "localhost", "onion")
_AT = re.compile(r"\s*(?:\(\s*(?:at|arroba|à)\s*\)|\[\s*(?:at|arroba|à)\s*\]|\{\s*at\s*\}|<\s*at\s*>)\s*", re.I)
_DOT = re.compile(r"\s*(?:\(\s*(?:dot|punto|point)\s*\)|\[\s*(?:dot|punto|point)\s*\])\s*", re.I)
_BARE_AT = re.compile(r"\s+(?:at|arroba)\s+", re.I)
_AROUND_AT = re.compile(r"\s*@\s*")
_BRACKETED = re.compile(r"<([^<>@]*@[^<>@]*)>")
_SCHEME = re.compile(r"mailto:", re.I)
_QUERY = re.compile(r"\?(?:subject|body|cc|bcc)=\S*", re.I)
_BETWEEN = re.compile(r"[\s;,/|،؛，；、┋\\]+")
# Letters and digits of double width, as Japanese and Chinese keyboards write them.
_WIDE = {chr(0xFF01 + place): chr(0x21 + place) for place in range(94) if chr(0x21 + place).isalnum()}
_SAME_SIGNS = str.maketrans(_WIDE | {"＠": "@", "﹫": "@", "．": ".", "。": ".", "＿": "_", "－": "-"})
_BEFORE = " ,;:<>()[]{}'\"“”‘’«»¡¿*`"
_AFTER = _BEFORE + ".!?"
_LOOSE_WORD = re.compile(r"(?P<words>[^@:：;,/|<]*[^\s@:：;,/|<–—-])\s+(?P<local>[^\s@:;,/|]+)@")
_DOTS_IGNORED = frozenset({"gmail.com", "googlemail.com"})


@lru_cache(maxsize=4096)
def _valid_domain(domain: str) -> str | None:
    if domain.rsplit(".", 1)[-1] in _REFUSED_DOMAINS or "." not in domain:
        return None
    return _checked("a@" + domain, after=2)


def _checked(address: str, after: int = 0) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(address, check_deliverability=False, globally_deliverable=False, test_environment=True)
    except (EmailNotValidError, UnicodeError):
        return None
    return checked.normalized.casefold()[after:]


def _valid(candidate: str) -> str | None:
    """Return the address as it is stored, None where the text is none."""
    local, at, domain = candidate.lower().rpartition("@")
    if not at or not local or "@" in local:
        return None
    known = _valid_domain(domain)
    if known is None:
        return None
    if len(local) <= 64 and len(local) + len(known) < 254 and _PLAIN_LOCAL.fullmatch(local):
        return f"{local}@{known}"
    return _checked(f"{local}@{known}")


def _tidied(text: str) -> str:
    cleaned = clean_text(text).translate(_SAME_SIGNS)
    if "@" not in cleaned or "mailto" in cleaned.lower() or "?" in cleaned:
        cleaned = _QUERY.sub("", _SCHEME.sub("", cleaned))
        cleaned = _DOT.sub(".", _AT.sub("@", cleaned))
    return _AROUND_AT.sub("@", cleaned)


def _candidates(tidied: str) -> list[str]:
    bracketed = _BRACKETED.findall(tidied)
    rest = _BRACKETED.sub(" ; ", tidied) if bracketed else tidied
    pieces = bracketed + [piece for piece in _BETWEEN.split(rest) if "@" in piece]
    return list(dict.fromkeys(piece.lstrip(_BEFORE).rstrip(_AFTER) for piece in pieces))


def _has_loose_word(tidied: str) -> bool:
    """Tell whether a bare word that is not in the address stands before it.

    "john doe@x.org" may be john.doe or doe: writing to the wrong one tells a stranger. "John Doe
    john@x.org" is plainly a name and its address.
    """
    found = _LOOSE_WORD.match(tidied)
    if not found or _BRACKETED.search(tidied):
        return False
    local = fold(found["local"]).replace(" ", "")
    return not any(len(word) > 2 and word in local for word in fold(found["words"]).split())


def _repaired(tidied: str) -> str | None:
    """Return the one address a small repair of the whole cell gives, or None."""
    joined = _BARE_AT.sub("@", tidied) if "@" not in tidied else tidied
    if joined.count("@") != 1:
        return None
    local, _, domain = joined.partition("@")
    domain = re.sub(r"\.{2,}", ".", re.sub(r"\s*[,،;]\s*|\s+\.|\.\s+", ".", domain)).replace(" ", "")
    local = re.sub(r"\.{2,}", ".", local.replace(" ", "").replace(",", ".")).strip(".")
    repaired = _valid(f"{local}@{domain.strip('.')}")
    return repaired if repaired and _PLAIN_DOMAIN.fullmatch(repaired.rpartition("@")[2]) else None


def parse_emails(text: str) -> Parsed[str]:
    """Return the addresses of a cell, lower-cased, the first preferred, and what was wrong.

    Takes ``mailto:`` links, ``Name <a@b>``, ``a (at) b`` and several addresses in a cell. A slip of a
    well-known domain (``gmial.com``) only suggests; an invalid address gives ``email_invalid``. A
    placeholder gives nothing at all.
    """
    plain = text.strip().lower()
    if _PLAIN_LOCAL.fullmatch(plain.partition("@")[0]) and _PLAIN_DOMAIN.fullmatch(plain.partition("@")[2]):
        candidates = [plain]
    elif is_placeholder(text):
        return Parsed()
    else:
        candidates = _candidates(_tidied(text))
    if not candidates:
        return Parsed((), (problems.email_invalid(clean_text(text), _repaired(_tidied(text))),))
    if _has_loose_word(_tidied(text)):
        return Parsed((), (problems.email_invalid(clean_text(text)),))
    return _judged(candidates, text)


def _judged(candidates: list[str], text: str) -> Parsed[str]:
    found: list[str] = []
    wrong: list[Problem] = []
    for candidate in candidates:
        address = _valid(candidate)
        if address is None:
            whole = _tidied(text) if len(candidates) == 1 else candidate
            wrong.append(problems.email_invalid(candidate, _repaired(whole)))
            continue
        found.append(address)
        local, _, domain = address.rpartition("@")
        if meant := domain_meant(domain):
            wrong.append(problems.email_domain_typo(address, f"{local}@{meant}"))
    return Parsed(tuple(dict.fromkeys(found)), tuple(wrong))


def email_key(email: str) -> str:
    """Return the form in which two addresses of one mailbox are equal, for matching only.

    Lower case, ``+tag`` dropped, googlemail read as gmail, dots dropped where Gmail ignores them.
    """
    local, at, domain = email.strip().casefold().rpartition("@")
    if not at:
        return domain
    local = local.partition("+")[0] or local
    if domain in _DOTS_IGNORED:
        return local.replace(".", "") + "@gmail.com"
    return f"{local}@{domain}"
