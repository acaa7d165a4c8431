from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import canonical_username, is_staff_username, parse_username


@pytest.mark.parametrize(
    "typed",
    [
        "Aïcha Diallo",
        "aïcha_Diallo",
        "  Aïcha  Diallo ",
        "Ai\u0308cha Diallo",
        "\u200eAïcha Diallo\u200f",
        "@Aïcha Diallo",
        "User:Aïcha Diallo",
        "user: Aïcha_Diallo",
        "User talk:Aïcha Diallo",
        "Utilisatrice:Aïcha Diallo",
        "Discussion utilisatrice:Aïcha Diallo",
        "Benutzerin:Aïcha Diallo",
        "Usuaria:Aïcha Diallo",
        "Usuária:Aïcha Diallo",
        "Участница:Aïcha Diallo",
        "Користувачка:Aïcha Diallo",
        "مستخدمة:Aïcha Diallo",
        "نقاش المستخدمة:Aïcha Diallo",
        "用户:Aïcha Diallo",
        "使用者：Aïcha Diallo",
        "利用者:Aïcha Diallo",
        "उपयोगकर्ता:Aïcha Diallo",
        "সদস্য:Aïcha Diallo",
        "ব্যবহারকারী:Aïcha Diallo",
        "Pengguna:Aïcha Diallo",
        "Mtumiaji:Aïcha Diallo",
        "Kullanıcı:Aïcha Diallo",
        "کاربر:Aïcha Diallo",
        "Utente:Aïcha Diallo",
        "Wikipedystka:Aïcha Diallo",
        "משתמשת:Aïcha Diallo",
        "사용자:Aïcha Diallo",
        "Thành viên:Aïcha Diallo",
        "fr:User:Aïcha Diallo",
        ":fr:Utilisatrice:Aïcha Diallo",
        "w:fr:User:Aïcha Diallo",
        "m:User:Aïcha Diallo",
        "[[User:Aïcha Diallo]]",
        "[[:fr:User:Aïcha Diallo|Aïcha]]",
        "# [[User:Aïcha Diallo|Aïcha]] ([[User talk:Aïcha Diallo|talk]]) 18:01, 27 May 2021 (UTC)",
        "{{u|Aïcha Diallo}}",
        "{{ping|Aïcha Diallo}}",
        "User:Aïcha Diallo/sandbox",
        "Special:Contributions/Aïcha Diallo",
        "Spécial:Contributions/Aïcha_Diallo",
        "Special:CentralAuth/Aïcha Diallo",
        "https://meta.wikimedia.org/wiki/User:A%C3%AFcha_Diallo",
        "https://fr.m.wikipedia.org/wiki/Utilisatrice:A%C3%AFcha_Diallo",
        "fr.wikipedia.org/wiki/Utilisatrice:Aïcha_Diallo",
        "//meta.wikimedia.org/wiki/User:Aïcha_Diallo#About",
        "https://en.wikipedia.org/w/index.php?title=User_talk:A%C3%AFcha_Diallo&action=edit",
        "https://zh.wikipedia.org/zh-hant/User:Aïcha_Diallo",
        "https://meta.wikimedia.org/wiki/Special:CentralAuth/A%C3%AFcha_Diallo",
        "https://en.wikipedia.org/w/index.php?title=Special:Contributions&target=A%C3%AFcha_Diallo",
        "https://outreachdashboard.wmflabs.org/users/A%C3%AFcha_Diallo",
        "[https://meta.wikimedia.org/wiki/User:Aïcha_Diallo my page]",
    ],
)
def test_one_account_is_found_however_it_is_written(typed):
    assert parse_username(typed).values == ("Aïcha Diallo",)
    assert parse_username(typed).problems == ()


def test_only_the_first_letter_is_raised_and_the_rest_keeps_its_case():
    assert canonical_username("omarHADDAD") == "OmarHADDAD"
    assert canonical_username("ßeta") == "ßeta"
    assert canonical_username("élodie") == "Élodie"


@pytest.mark.parametrize(
    "typed",
    ["", "-", "no", "No", "none", "N/A", "I don't have one", "لا يوجد", "没有", "нет", "なし", "keine", "nope", "non"],
)
def test_words_for_no_account_give_nothing(typed):
    assert parse_username(typed).values == ()
    assert parse_username(typed).problems == ()


@pytest.mark.parametrize(
    "typed",
    [
        "aicha@example.org",
        "192.0.2.7",
        "2001:db8::1",
        "Aïcha#1",
        "A<b>c",
        "a|b",
        "https://www.example.org/aicha",
        "https://fr.wikipedia.org/wiki/Dakar",
        "x" * 256,
        "ع" * 128,
    ],
)
def test_what_can_be_no_account_is_an_error(typed):
    parsed = parse_username(typed)
    assert parsed.values == ()
    assert [(p.code, p.severity) for p in parsed.problems] == [("username_invalid", "error")]
    assert parsed.problems[0].message


@pytest.mark.parametrize("typed", ["Aïcha / Omar H", "Aïcha, Omar H", "Aïcha; Omar H", "User:Aïcha\nUser:Omar H"])
def test_of_several_accounts_the_first_is_taken_and_it_is_said(typed):
    parsed = parse_username(typed)
    assert parsed.values == ("Aïcha",)
    assert [(p.code, p.severity) for p in parsed.problems] == [("username_several", "warning")]


def test_spaces_never_part_a_username():
    assert parse_username("Aïcha and Omar of Dakar").values == ("Aïcha and Omar of Dakar",)


@pytest.mark.parametrize(
    ("name", "staff"), [("Chen (WMF)", True), ("Chen-WMF", True), ("CWMF", False), ("Omar", False)]
)
def test_staff_of_the_foundation_are_known_by_the_end_of_their_name(name, staff):
    assert is_staff_username(name) is staff
    assert canonical_username(name) == name


@given(st.text(alphabet=st.sampled_from("aBé_: /|[]{}%@#.ـ\u200fUser用户:w"), max_size=30) | st.text(max_size=40))
@settings(max_examples=400, deadline=None)
def test_no_text_breaks_the_parser_and_a_canonical_name_is_canonical(text):
    parsed = parse_username(text)
    for name in parsed.values:
        assert canonical_username(f"User:{name}") == name
    for problem in parsed.problems:
        assert problem.message


@given(st.text(alphabet=st.characters(whitelist_categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=20))
@settings(max_examples=150, deadline=None)
def test_a_page_address_gives_the_name_it_was_made_from(text):
    name = canonical_username("User:" + text)
    if name is not None:
        assert canonical_username(f"https://meta.wikimedia.org/wiki/User:{name.replace(' ', '_')}") == name
