"""The forms of a page: where they go, what may be filled in, what may be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

SKIPPED = frozenset({"csrf_token"})


@dataclass(slots=True)
class Form:
    """A form: its method, its address, and by name what it holds or offers ("" for what is typed)."""

    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    enctype: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.current: Form | None = None
        self.choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = Form(
                told.get("method", "get").lower(), told.get("action", ""), enctype=told.get("enctype", "")
            )
            self.forms.append(self.current)
        elif self.current is None:
            return
        elif tag in {"input", "textarea", "select", "button"} and told.get("name", "") not in {"", *SKIPPED}:
            self.current.fields.setdefault(told["name"], [])
            self.choosing = told["name"] if tag == "select" else ""
            if tag != "select":
                self.current.fields[told["name"]].append(told.get("value", ""))
        elif tag == "option" and self.choosing:
            self.current.fields[self.choosing].append(told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        if tag == "select":
            self.choosing = ""


def forms_of(page: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def questions(path: str, page: str, word: str) -> list[str]:
    """The addresses that the GET forms of a page lead to: each field with ``word`` or what it offers."""
    found: list[str] = []
    for form in forms_of(page):
        if form.method != "get":
            continue
        target = urlsplit(form.action).path or urlsplit(path).path
        for name, offered in form.fields.items():
            typed = [one for one in offered if one][:2] or [word]
            found += [f"{target}?{urlencode({name: value})}" for value in typed]
    return list(dict.fromkeys(found))
