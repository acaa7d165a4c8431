"""On what evidence a record may be linked without asking."""

from __future__ import annotations

from tests.matching.cast import AICHA, CHEN, DANA, OMAR, again
from wmcrm.matching import Profile, strict_rule


def test_the_same_username_links_unless_the_names_contradict() -> None:
    assert strict_rule(AICHA, Profile(9, ("AichaB",), usernames=("aichaB",)))
    assert strict_rule(AICHA, Profile(9, usernames=("User:AichaB",)))
    assert not strict_rule(AICHA, again(OMAR, 9, usernames=("AichaB",)))


def test_the_same_personal_address_links_where_names_agree() -> None:
    assert strict_rule(DANA, Profile(9, ("D. Novak",), emails=("Dana@post.example",)))
    assert not strict_rule(DANA, Profile(9, ("Petr Novak",), emails=DANA.emails))
    assert not strict_rule(DANA, Profile(9, ("Skyfalcon68823",), emails=DANA.emails))
    assert not strict_rule(DANA, Profile(9, ("D. N.",), emails=DANA.emails))
    assert not strict_rule(DANA, Profile(9, emails=DANA.emails))


def test_usernames_in_conflict_are_asked_about() -> None:
    assert not strict_rule(AICHA, again(AICHA, 9, usernames=("Aicha of Rabat",)))


def test_a_mailbox_of_a_function_links_nobody() -> None:
    one, other = again(DANA, 1, emails=("info@chapter.example",)), again(DANA, 2, emails=("info@chapter.example",))
    assert not strict_rule(one, other)


def test_a_shared_phone_alone_links_nobody() -> None:
    assert not strict_rule(AICHA, again(AICHA, 9, usernames=(), emails=()))
    assert not strict_rule(CHEN, Profile(9))
