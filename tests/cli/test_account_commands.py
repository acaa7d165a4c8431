"""``wmcrm account``."""

from __future__ import annotations

import re

import pytest

from tests.cli.runner import refused, run


def account(*arguments: str, stdin: str = "") -> object:
    ran = run("account", *arguments, "--format", "json", stdin=stdin)
    assert ran.status == 0, ran.err
    return ran.json


@pytest.fixture(autouse=True)
def _ruth() -> None:
    account("create", "Ruth", "--role", "administrator", "--password-stdin", stdin="four words without sense\n")


def test_an_account_is_listed_with_what_it_may_do() -> None:
    account("create", "Omar", "--role", "viewer")
    account("grant", "Omar", "--role", "editor")
    account("wiki", "Omar", "omar_b")
    listed = {row["name"]: row for row in account("list")}  # type: ignore[attr-defined]
    assert listed["Omar"]["roles"] == ["viewer", "editor"]
    assert (listed["Omar"]["wiki_username"], listed["Omar"]["open"], listed["Omar"]["second_factor"]) == (
        "Omar b",
        True,
        [],
    )
    account("revoke", "Omar", "--role", "viewer")
    account("wiki", "Omar")
    listed = {row["name"]: row for row in account("list")}  # type: ignore[attr-defined]
    assert (listed["Omar"]["roles"], listed["Omar"]["wiki_username"]) == (["editor"], None)


def test_an_account_is_closed_opened_and_its_second_factor_reset() -> None:
    account("create", "Omar", "--role", "viewer")
    assert account("close", "Omar") == {"name": "Omar", "open": False}
    assert refused(run("account", "close", "Omar"))
    assert account("open", "Omar") == {"name": "Omar", "open": True}
    assert account("reset-second-factor", "Omar") == {"name": "Omar", "second_factor": []}
    assert account("sessions", "Omar") == account("sessions", "Omar", "--end") == []


def test_a_link_is_printed_once_and_kept_nowhere() -> None:
    account("create", "Omar", "--role", "viewer")
    link = account("link", "Omar")["link"]  # type: ignore[index]
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/welcome/[\w-]{43}", link)
    assert "welcome/" not in run("account", "list", "--format", "json").out


@pytest.mark.parametrize(
    "words",
    [
        ("close", "Ruth"),
        ("revoke", "Ruth", "--role", "administrator"),
        ("close", "Nobody"),
        ("grant", "Ruth", "--role", "emperor"),
        ("grant", "Ruth", "--role", "editor", "--affiliate", "nowhere"),
        ("wiki", "Ruth", "a|b"),
        ("sessions", ""),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(words: tuple[str, ...]) -> None:
    assert refused(run("account", *words))


def test_only_an_administrator_runs_them_for_an_account() -> None:
    account("create", "Omar", "--role", "steward")
    for words in (("list",), ("close", "Ruth"), ("grant", "Omar", "--role", "administrator"), ("link", "Ruth")):
        assert refused(run("account", *words, "--as", "Omar"))
    assert run("account", "list", "--as", "Ruth").status == 0


@pytest.mark.parametrize("password", ["password1234", "aaaaaaaaaaaa", "qwertyuiop12", "Marie Curie 2026", "short", ""])
def test_a_password_that_everybody_guesses_is_refused_as_on_the_screen(password: str) -> None:
    words = ("create", "Marie Curie", "--role", "viewer", "--password-stdin")
    ran = run("account", *words, stdin=f"{password}\n")
    assert refused(ran)
    assert "four words" in ran.err or "12 characters" in ran.err
    assert [row["name"] for row in run("account", "list", "--format", "json").json] == ["Ruth"]  # type: ignore[union-attr]


def test_an_account_is_told_by_mail_where_it_says() -> None:
    assert account("email", "Ruth", "ruth@example.org") == {"name": "Ruth", "told_by_mail": True}
    assert refused(run("account", "email", "Ruth", "nonsense"))
    assert account("email", "Ruth") == {"name": "Ruth", "told_by_mail": False}
