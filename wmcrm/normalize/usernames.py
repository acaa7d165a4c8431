"""Usernames as typed to MediaWiki's canonical form.

Rules: NFC, underscores to spaces, first letter upper case, the rest keeps its case; User and User talk
namespaces in any language (``data/namespaces.json``), addresses of pages, interwiki prefixes, wiki
links, subpages and a leading ``@`` go. Limits are MediaWiki's: no ``#<>[]|{}/@:``, at most 255 bytes,
no IP address.
"""

from __future__ import annotations

import ipaddress
import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from urllib.parse import unquote

from wmcrm.normalize import problems
from wmcrm.normalize.parsed import Parsed, Problem
from wmcrm.normalize.text import clean_text, fold
from wmcrm.normalize.words import is_placeholder, parse_yes_no

_URL = re.compile(r"(?:https?:)?//\S+|\b(?:[\w-]+\.)+(?:org|com|net|info)/(?:wiki|w|[a-z-]{2,7})/\S+", re.I)
_TARGET = re.compile(r"[?&](?:target|user|username)=([^&#]+)", re.I)
_TITLE = re.compile(r"[?&]title=([^&#]+)", re.I)
_DASHBOARD = re.compile(r"/users/([^/?#]+)", re.I)
_PATH = re.compile(r"^(?:https?:)?//[^/]+/(?:wiki|w/index\.php|[a-z]{2,3}(?:-[a-z]+)*)/([^?]+)", re.I)
_LINK = re.compile(r"\[\[:?([^\]|]+)(?:\|[^\]]*)?\]\]")
_EXTERNAL_LINK = re.compile(r"\[((?:https?:)?//\S+)(?:\s[^\]]*)?\]")
_TEMPLATE = re.compile(
    r"\{\{\s*(?:u|ul|user|usr|ping|reply to|reply|re|no ?ping|noping|at|user ?link|usera|benutzer|ut?lisateur|à|@|"
    r"u\d|user\d{0,2}|userlinks|mention|answer|r[eé]p|усч|участник|u2|utente|usuario)\s*\|\s*(?:1=)?\s*([^|{}]+?)\s*(?:\|[^{}]*)?\}\}",
    re.I,
)
_INVALID = re.compile(r"[#<>\[\]|{}/@:\x00-\x1f\x7f\ufffd]")
_EMAIL = re.compile(r"[^\s@/]+@[^\s@/]+\.[^\s@/]+")
_INTERWIKI = re.compile(
    r"(?:w|wp|wikipedia|m|meta|metawiki|metawikipedia|c|commons|d|wikidata|s|wikisource|wikt|wiktionary|b|wikibooks|n|"
    r"wikinews|q|wikiquote|v|wikiversity|voy|wikivoyage|species|wikispecies|mw|mediawiki|mediawikiwiki|wmf|foundation|"
    r"foundationsite|incubator|outreach|wikimania|wikitech|simple|be-x-old|be-tarask|nds-nl|zh-yue|zh-classical|"
    r"zh-min-nan|roa-rup|roa-tara|bat-smg|fiu-vro|map-bms|cbk-zam|tools|phab|en|[a-z]{2,3}(?:wiki)?)",
    re.I,
)
_SEVERAL = re.compile(
    r"\s*[,;،؛、，；┋\n\r]+\s*|\s+/\s*|\s*/\s+|\s+\|\s+|\s+(?:&|and|or|et|ou|y|und|oder|و|или|и)\s+(?=@|User:|\[\[|http)"
)
# Letters, digits, spaces and little else: most cells, with nothing to take off.
_PLAIN = re.compile(r"[^\W\d_][\w .'()-]{0,59}(?<=\w)")
_STAFF = re.compile(r"(?:\s*\(WMF\)|[-\s]WMF)$", re.I)
_LONGEST = 255


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    table = json.loads(files("wmcrm.normalize").joinpath("data/namespaces.json").read_text("utf-8"))
    return {kind: frozenset(map(_namespace_key, table[kind])) for kind in ("user", "talk", "special", "contributions")}


def _namespace_key(name: str) -> str:
    return fold(name.replace("_", " "))


def _unwrapped(text: str) -> str:
    """Take the title out of a wiki link, a template or the address of a page."""
    for pattern in (_TEMPLATE, _EXTERNAL_LINK, _LINK):
        if found := pattern.search(text):
            text = found[1]
            break
    url = _URL.search(text)
    if not url:
        return text
    address = url[0] if "//" in url[0] else "//" + url[0]
    if named := _TARGET.search(address) or _DASHBOARD.search(address):
        return "User:" + named[1]
    page = _TITLE.search(address) or _PATH.search(address)
    return page[1].partition("#")[0] if page else text


def _decoded(title: str) -> str:
    if "%" not in title:
        return title
    try:
        return unquote(title, errors="strict")
    except UnicodeDecodeError:
        return title


def _without_prefixes(title: str) -> tuple[str, bool]:
    """Drop interwiki and namespace prefixes; tell whether a user namespace was among them."""
    names = _names()
    rest = title.strip().lstrip(":").strip()
    while ":" in rest or "：" in rest:
        head, tail = re.split("[:：]", rest, maxsplit=1)
        key = _namespace_key(head)
        if key in names["user"] or key in names["talk"]:
            return tail.strip(), True
        if key in names["special"]:
            page, _, target = tail.partition("/")
            return (target if _namespace_key(page) in names["contributions"] else tail).strip(), True
        if not (_INTERWIKI.fullmatch(head.strip()) or not head.strip()):
            return rest, False
        rest = tail.strip()
    return rest, False


def _canonical(name: str) -> str:
    spaced = " ".join(name.replace("_", " ").split())
    first = spaced[:1].upper()
    return unicodedata.normalize("NFC", (first if len(first) == 1 else spaced[:1]) + spaced[1:])


def _read(piece: str) -> str | Problem | None:
    title = _decoded(_unwrapped(piece))
    name, was_page = _without_prefixes(clean_text(title))
    if not was_page and _URL.search(piece):
        return problems.username_not_a_user_page(clean_text(piece))
    name = name.lstrip("@＠").strip()
    if "/" in name and (was_page or not name.startswith("/")):
        name = name.partition("/")[0].strip()
    name = _canonical(name.replace("_", " ").strip('"“”„«»*·• '))
    if not name:
        return None
    return _problem(name, clean_text(piece)) or name


def _problem(name: str, typed: str) -> Problem | None:
    if _EMAIL.search(typed) and not _URL.search(typed):
        return problems.username_is_email(typed)
    if _is_ip_address(name):
        return problems.username_is_address(typed)
    if _INVALID.search(name):
        return problems.username_characters(typed)
    if len(name.encode()) > _LONGEST:
        return problems.username_too_long(typed)
    return None


def _is_ip_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _pieces(text: str) -> list[str]:
    if _URL.search(text) or "[[" in text or "{{" in text:
        parts = re.split(r"[\s,;،、]+(?=https?://|\[\[|\{\{|$)", text)
    else:
        parts = _SEVERAL.split(text)
    return [part for part in parts if part and part.strip()]


@lru_cache(maxsize=8192)
def parse_username(text: str) -> Parsed[str]:
    """Return the cell's username in canonical form, at most one, and what was wrong.

    Words for "none" in any language give nothing. Of several names the first is taken, with
    ``username_several``; spaces never part names, for usernames have spaces.
    """
    if is_placeholder(text) or parse_yes_no(text) is False:
        return Parsed()
    if _PLAIN.fullmatch(text):
        return Parsed((_canonical(clean_text(text)),))
    read = [answer for piece in _pieces(text) if (answer := _read(piece)) is not None]
    names = list(dict.fromkeys(answer for answer in read if isinstance(answer, str)))
    if not names:
        return Parsed((), tuple(answer for answer in read if isinstance(answer, Problem))[:1])
    if len(names) == 1:
        return Parsed((names[0],))
    return Parsed((names[0],), (problems.username_several(clean_text(text), names[0]),))


def canonical_username(text: str) -> str | None:
    """Return the username in MediaWiki's canonical form, None where the text holds none."""
    return parse_username(text).first


def is_staff_username(name: str) -> bool:
    """Tell whether the name ends in ``(WMF)`` or ``-WMF``: its bearer takes part as staff."""
    return bool(_STAFF.search(name.strip()))
