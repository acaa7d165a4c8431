from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import email_key, parse_emails

AICHA = "aicha@example.org"
OMAR = "omar@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "aicha@example.org",
        " AICHA@Example.ORG ",
        "mailto:aicha@example.org",
        "mailto:aicha@example.org?subject=Hello%20you",
        "Aïcha Diallo <aicha@example.org>",
        '"Diallo, Aïcha" <aicha@example.org>',
        "DIALLO, Aïcha <aicha@example.org>",
        "aicha (at) example.org",
        "aicha[at]example[dot]org",
        "aicha @ example.org",
        "aicha@example.org.",
        "aicha@example.org;",
        "<aicha@example.org>",
        "Email: aicha@example.org",
        "aicha@example.org (work)",
        "aicha＠example.org",
        "ａｉｃｈａ＠ｅｘａｍｐｌｅ．ｏｒｇ",
        "\u200eaicha@example.org\u200f",
        "Aicha Diallo aicha@example.org",
    ],
)
def test_one_address_is_found_however_it_is_dressed(typed):
    assert parse_emails(typed).values == (AICHA,)
    assert parse_emails(typed).problems == ()


@pytest.mark.parametrize("between", ["; ", ", ", " / ", "/", " ", "\n", "، ", "；", "┋", " | ", " and ", " or "])
def test_several_addresses_are_parted_and_the_first_is_preferred(between):
    assert parse_emails(f"{AICHA}{between}{OMAR}").values == (AICHA, OMAR)


def test_the_same_address_twice_is_one():
    assert parse_emails(f"{AICHA}; {AICHA.upper()}").values == (AICHA,)


@pytest.mark.parametrize("typed", ["-", "n/a", "none", "لا يوجد", "无", "anonymous", "", "  "])
def test_a_placeholder_gives_no_address_and_no_complaint(typed):
    assert parse_emails(typed) == parse_emails("")


@pytest.mark.parametrize(
    "typed",
    [
        "aicha",
        "aicha@",
        "@example.org",
        "a@b",
        "a@localhost",
        "a@printer.local",
        "a@x.invalid",
        "a..b@x.org",
        "a@-x.org",
    ],
)
def test_what_is_no_address_is_an_error(typed):
    parsed = parse_emails(typed)
    assert parsed.values == ()
    assert [(problem.code, problem.severity) for problem in parsed.problems] == [("email_invalid", "error")]


def test_a_small_repair_is_suggested_and_not_made():
    for typed in (
        "aicha@example,org",
        "aicha at example.org",
        "aicha@example .org",
        ".aicha@example.org",
        "aicha@example..org",
    ):
        parsed = parse_emails(typed)
        assert parsed.values == ()
        assert parsed.problems[0].suggestion == AICHA


def test_an_address_with_a_blank_in_it_is_not_cut_down_to_a_strangers():
    parsed = parse_emails("diallo aicha@example.org")
    assert parsed.values == ()
    assert parsed.problems[0].suggestion is None


@pytest.mark.parametrize("domain", ["club.example", "gmail.com.example", "wiki.test", "münchen.de", "例え.jp"])
def test_domains_of_samples_and_of_other_scripts_are_accepted(domain):
    assert parse_emails(f"aicha@{domain}").values == (f"aicha@{domain}",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gamil.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.com", "hotmail.com"),
        ("hotnail.fr", "hotmail.fr"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.co.uk", "yahoo.co.uk"),
        ("outlok.com", "outlook.com"),
        ("iclould.com", "icloud.com"),
        ("protonmial.com", "protonmail.com"),
        ("wikimedai.org", "wikimedia.org"),
        ("club-of-readers.con", "club-of-readers.com"),
    ],
)
def test_a_slip_of_a_known_domain_is_kept_and_the_whole_address_suggested(typed, meant):
    parsed = parse_emails(f"aicha@{typed}")
    assert parsed.values == (f"aicha@{typed}",)
    assert [(p.code, p.severity, p.suggestion) for p in parsed.problems] == [
        ("email_domain_typo", "warning", f"aicha@{meant}")
    ]


@pytest.mark.parametrize(
    "domain",
    ["mail.com", "ymail.com", "email.com", "gmx.com", "gmx.de", "gmx.net", "gmail.com", "googlemail.com", "yahoo.co.in",
     "yahoo.com.br", "hotmail.it", "outlook.fr", "mail.ru", "yandex.ru", "qq.com", "163.com", "zmail.ru", "aol.com",
     "me.com", "live.fr", "web.de", "free.fr", "orange.fr", "proton.me", "wikimedia.de", "wikimedia.fr", "wikipedia.de",
     "hotmail.com", "rocketmail.com", "rediffmail.com", "umail.ucsb.edu", "columbia.edu", "uni-bonn.de", "mac.com",
     "wikimedia.org.uk", "wmflabs.org", "tmail.com", "fastmail.com", "icloud.com", "kwikipedia.org.ng"],
)  # fmt: skip
def test_domains_that_exist_are_never_called_slips(domain):
    assert parse_emails(f"aicha@{domain}").problems == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A.Diallo+wiki@gmail.com", "adiallo@googlemail.com"),
        ("omar+news@example.org", "omar@example.org"),
        ("OMAR@example.org", "omar@example.org"),
    ],
)
def test_addresses_of_one_mailbox_have_one_key(one, other):
    assert email_key(one) == email_key(other)


def test_dots_count_where_the_provider_counts_them():
    assert email_key("a.diallo@example.org") != email_key("adiallo@example.org")


@given(st.emails())
@settings(max_examples=150, deadline=None)
def test_a_stored_address_is_stored_the_same_again(email):
    for stored in parse_emails(email).values:
        assert parse_emails(stored).values == (stored,)
        assert email_key(email_key(stored)) == email_key(stored)


@given(st.text(alphabet=st.sampled_from("ab.@,; <>()/\n+-:ü٠\u200f"), max_size=30) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_parser_and_every_value_is_an_address(text):
    parsed = parse_emails(text)
    for value in parsed.values:
        assert parse_emails(value).values == (value,)
    for problem in parsed.problems:
        assert problem.message
