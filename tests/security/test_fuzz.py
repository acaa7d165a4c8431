"""Nonsense in addresses and forms: a clear answer always, a crash never, and nothing stored by halves."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.conftest import Hall
from tests.security.planted import Side, account_of
from tests.security.samples import Address, addresses
from tests.security.test_routes import dump
from wmcrm.models import PermissionRole

ROOT = Path(__file__).parents[2]
RUTH = account_of(PermissionRole.ADMINISTRATOR, "everywhere")
BAD_BYTES = ("%ff%fe", "%00", "%c3%28", "a%00b", "%ed%a0%80", "%f4%90%80%80")
ODD = (
    "",
    "0",
    "-1",
    "9" * 40,
    "1e308",
    "NaN",
    "٣",
    "true",
    "null",
    "../../etc/passwd",
    "'",
    '"',
    "%",
    "{{7*7}}",
    "\u202e",
)
ODD_DAYS = ("2026-02-30", "0000-00-00", "9999-12-31", "2026-11-21T00:00", "x")
nonsense = st.one_of(
    st.text(max_size=40).map(lambda text: quote(text, errors="surrogatepass")),
    st.sampled_from(BAD_BYTES),
    st.sampled_from([quote(one) for one in (*ODD, *ODD_DAYS)]),
    st.integers(-(2**70), 2**70).map(str),
)
FORM_VALUES = st.one_of(st.text(max_size=60), st.sampled_from((*ODD, *ODD_DAYS)), st.integers(-(2**70), 2**70).map(str))
FILTERS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large)


@cache
def names(kind: str) -> tuple[str, ...]:
    """Every name that the code asks of an address (``args``) or of a form (``form``)."""
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "admin_app").rglob("*.py"))
    found = set(re.findall(rf'\b{kind}\.get(?:list)?\(\s*"(\w+)"', source))
    if kind == "form":
        found |= set(re.findall(r"^    (\w+) = \w*Field\(", source, re.MULTILINE))
    else:
        found |= {"q", "after", "sort", "order", "tab", "country", "role", "as_of", "purpose", "channel", "page"}
    return tuple(sorted(found))


@cache
def places(hall_id: int, method: str) -> list[Address]:
    """The addresses that are asked; kept because making them is slower than asking."""
    hall = _HALLS[hall_id]
    skip = {"static", "health.healthz", "sign_in.logout"}
    own = {None, Side.OWN}
    return [
        a for a in addresses(hall.app, hall.world) if a.method == method and a.side in own and a.endpoint not in skip
    ]


_HALLS: dict[int, Hall] = {}


def asked(hall: Hall, method: str) -> list[Address]:
    """What may be asked of a hall."""
    _HALLS[id(hall)] = hall
    return places(id(hall), method)


@pytest.mark.parametrize("most", [30, pytest.param(3000, marks=pytest.mark.long)])
def test_no_question_breaks_a_page(hall: Hall, most: int) -> None:
    visitor, cells = hall.visit(RUTH), asked(hall, "GET")

    @settings(max_examples=most, deadline=None, suppress_health_check=FILTERS)
    @given(data=st.data(), pairs=st.lists(st.tuples(st.sampled_from(names("args")), nonsense), min_size=1, max_size=4))
    def ask(data: st.DataObject, pairs: list[tuple[str, str]]) -> None:
        cell = data.draw(st.sampled_from(cells))
        question = "&".join(f"{name}{'[]' if len(value) == 3 else ''}={value}" for name, value in pairs)
        separator = "&" if "?" in cell.path else "?"
        answer = visitor.client.get(f"{cell.path}{separator}{question}", buffered=True)
        assert answer.status_code < 500, (cell.path, question)

    ask()


@pytest.mark.parametrize("most", [20, pytest.param(1500, marks=pytest.mark.long)])
def test_no_form_breaks_a_page_and_nothing_is_half_stored(hall: Hall, most: int) -> None:
    cells, before = asked(hall, "POST"), kept(hall)

    @settings(max_examples=most, deadline=None, suppress_health_check=FILTERS)
    @given(
        data=st.data(),
        form=st.dictionaries(st.sampled_from(names("form")), st.lists(FORM_VALUES, max_size=3), max_size=8),
    )
    def send(data: st.DataObject, form: dict[str, list[str]]) -> None:
        cell = data.draw(st.sampled_from(cells))
        visitor = hall.visit(RUTH)
        answer = visitor.post(cell.path, dict(form), buffered=True)
        assert answer.status_code < 500, (cell.path, form)
        if answer.status_code < 400:
            hall.put_back()
        else:
            assert kept(hall) == before, (cell.path, answer.status_code)

    send()


def kept(hall: Hall) -> dict[str, list[tuple[object, ...]]]:
    """Every row but the counts of tries: a refused sign-in or link counts as one, on purpose."""
    return {table: rows for table, rows in dump(hall).items() if table != "sign_in_try"}


@pytest.mark.parametrize(
    "path", ["/people/%ff", "/people/%00", "/facts/membership/" + "9" * 30, "/import/..%2f..%2f", "/events/%ed%a0%80"]
)
def test_no_odd_address_breaks_a_page(hall: Hall, path: str) -> None:
    assert hall.visit(RUTH).client.get(path, buffered=True).status_code in {400, 404}
