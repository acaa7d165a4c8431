"""The page of a person: addresses for a reason, consents, history in words and back again, merges taken apart."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from tests.admin.cast import HIDDEN
from tests.admin.conftest import Desk
from tests.admin.test_records import VERSION, one, person_form
from tests.admin.test_review import merge_form
from wmcrm.consent import Act, record_decision, standings
from wmcrm.db import OPERATOR, session_scope
from wmcrm.models import (
    AccessLogEntry,
    Account,
    Affiliate,
    Channel,
    ConsentDecision,
    ConsentMethod,
    ContactPoint,
    Grant,
    LanguageSkill,
    PermissionRole,
    Person,
    PersonName,
    Protection,
    WikiAccount,
)

REVERT = re.compile(r'action="(/people/[^"]+/revert)"')
SHOW = re.compile(r'href="(/people/[^"]+/contacts/\d+)"')


def test_an_address_is_shown_for_a_reason_and_logged(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    show = SHOW.search(aicha.get(f"/people/{key}").text)
    assert show is not None
    assert HIDDEN not in aicha.get(show.group(1)).text
    assert aicha.post(show.group(1), {"reason": "  "}).status_code == 422
    assert HIDDEN in aicha.post(show.group(1), {"reason": "Her train is late"}).text
    entry = one(either, AccessLogEntry, action="reveal")
    assert (entry.actor, entry.reason) == ("Aïcha", "Her train is late")  # type: ignore[attr-defined]


def test_nobody_is_shown_an_address_of_a_protected_or_foreign_person(desk: Desk) -> None:
    aicha, key = desk.visit("Aïcha"), desk.cast.fatou
    show = SHOW.search(aicha.get(f"/people/{key}").text)
    assert show is not None
    assert desk.visit("Omar").get(show.group(1)).status_code == 403
    assert desk.visit("Dana").post(show.group(1), {"reason": "curious"}).status_code == 404
    with session_scope(desk.engine, OPERATOR, writing=True) as session:
        session.execute(sa.select(Person).filter_by(public_id=key)).scalar_one().protection = Protection.ELEVATED
    assert not SHOW.search(aicha.get(f"/people/{key}").text)
    refused = aicha.post(show.group(1), {"reason": "curious"})
    assert refused.status_code == 403
    assert HIDDEN not in refused.text


def test_a_contact_point_is_added_preferred_removed_and_brought_back(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    form = f"/people/{key}/contacts/new"
    assert aicha.post(form, {"kind": "email", "value": "nonsense"}).status_code == 422
    assert aicha.post(form, {"kind": "email", "value": "Second@Example.org"}).status_code == 303
    assert aicha.post(form, {"kind": "email", "value": "second@example.org"}).status_code == 422
    point = one(either, ContactPoint, normalized="second@example.org")
    place = f"/people/{key}/contacts/{point.id}"  # type: ignore[attr-defined]
    aicha.post(f"{place}/prefer")
    assert one(either, ContactPoint, normalized="second@example.org").preferred  # type: ignore[attr-defined]
    assert not one(either, ContactPoint, normalized=HIDDEN).preferred  # type: ignore[attr-defined]
    aicha.post(f"{place}/remove")
    assert f'"{place}"' not in aicha.get(f"/people/{key}").text
    assert aicha.post(f"{place}/restore").status_code == 303
    assert f'"{place}"' in aicha.get(f"/people/{key}").text
    assert "second@" not in aicha.get(f"/people/{key}").text.lower()


def test_names_accounts_and_languages_are_typed_as_people_write_them(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    new = "/facts/{}/new?person=" + key
    assert aicha.post(new.format("name"), {"name": "فاتو ديوب", "kind": "native"}).status_code == 303
    assert one(either, PersonName, name="فاتو ديوب").script == "Arab"  # type: ignore[attr-defined]
    pasted = "https://meta.wikimedia.org/wiki/User:fatou_of_Dakar"
    assert aicha.post(new.format("account"), {"username": pasted}).status_code == 303
    assert one(either, WikiAccount, username="Fatou of Dakar")
    assert aicha.post(new.format("account"), {"username": "a@example.org"}).status_code == 422
    sent = {"language": "Wolof", "use": "organizes_in", "level": "native"}
    assert aicha.post(new.format("language"), sent).status_code == 303
    assert one(either, LanguageSkill, language="wo").use.value == "organizes_in"  # type: ignore[attr-defined]
    assert aicha.post(new.format("language"), {**sent, "language": "Klingonese"}).status_code == 422
    page = aicha.get(f"/people/{key}").text
    assert 'lang="und-Arab"' in page
    assert "Wolof" in page


def test_a_consent_is_shown_with_its_evidence_and_withdrawn_in_one_press(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    with session_scope(either.engine, OPERATOR, writing=True) as session:
        fatou = session.execute(sa.select(Person).filter_by(public_id=key)).scalar_one()
        act = Act(ConsentMethod.PAPER, date(2026, 3, 2), notice="v3", controller_id=fatou.holder_affiliate_id)
        record_decision(session, fatou, ConsentDecision.GIVEN, purpose="newsletter", channel=Channel.EMAIL, act=act)
    page = aicha.get(f"/people/{key}").text
    assert "notice v3" in page and "2 Mar 2026" in page
    sent = {"purpose": "newsletter", "channel": "email"}
    assert desk_refuses(either, key, sent)
    assert aicha.post(f"/people/{key}/consents/withdraw", sent).status_code == 303
    with session_scope(either.engine, OPERATOR) as session:
        fatou = session.execute(sa.select(Person).filter_by(public_id=key)).scalar_one()
        assert [row.standing.value for row in standings(session, fatou)] == ["withdrawn"]
    assert "consents/withdraw" not in aicha.get(f"/people/{key}").text


def desk_refuses(desk: Desk, key: str, sent: dict[str, object]) -> bool:
    place = f"/people/{key}/consents/withdraw"
    return (desk.visit("Omar").post(place, sent).status_code, desk.visit("Dana").post(place, sent).status_code) == (
        403,
        404,
    )


def test_a_change_is_told_in_words_put_back_and_put_back_again(either: Desk) -> None:
    aicha, key = either.visit("Aïcha"), either.cast.fatou
    aicha.post(f"/people/{key}/edit", person_form(aicha, key, residence_city="Thiès", residence_country="FR"))
    page = aicha.get(f"/people/{key}").text
    assert "<del><bdi>Senegal</bdi></del>" in page and "<ins><bdi>France</bdi></ins>" in page
    newest = REVERT.search(page)
    assert newest is not None
    assert either.visit("Omar").post(newest.group(1)).status_code == 403
    assert either.visit("Dana").post(newest.group(1)).status_code == 404
    assert aicha.post(newest.group(1)).status_code == 303
    assert one(either, Person, public_id=key).residence_country == "SN"  # type: ignore[attr-defined]
    assert aicha.post(newest.group(1)).status_code == 409
    again = REVERT.search(aicha.get("/events/").text)
    assert again is not None
    aicha.post(again.group(1))
    assert one(either, Person, public_id=key).residence_country == "FR"  # type: ignore[attr-defined]


def test_the_history_of_an_address_says_that_it_changed_and_not_from_what(desk: Desk) -> None:
    aicha, key = desk.visit("Aïcha"), desk.cast.fatou
    aicha.post(f"/people/{key}/contacts/new", {"kind": "email", "value": "second@example.org"})
    page = aicha.get(f"/people/{key}").text
    assert "E-mail: added" in page and "not shown" in page
    assert "second@" not in page


def test_a_change_of_somebody_else_is_not_reverted_under_another_address(desk: Desk) -> None:
    aicha, cast = desk.visit("Aïcha"), desk.cast
    aicha.post(f"/people/{cast.fatou}/edit", person_form(aicha, cast.fatou, residence_city="Thiès"))
    newest = REVERT.search(aicha.get(f"/people/{cast.fatou}").text)
    assert newest is not None
    assert aicha.post(newest.group(1).replace(cast.fatou, cast.layla)).status_code == 404


def test_a_merge_is_listed_and_taken_apart_after_a_look(either: Desk) -> None:
    sami, (kept, other) = either.visit("Sami"), either.cast.twins
    sami.post(f"/review/merge/{kept}/{other}", merge_form(sami, f"/review/merge/{kept}/{other}"))
    sami.post(f"/facts/language/new?person={kept}", {"language": "fr", "use": "speaks", "level": "unknown"})
    page = sami.get(f"/people/{kept}").text
    apart = re.search(r'href="(/people/[^"]+/merges/\d+)"', page)
    assert apart is not None
    assert either.visit("Aïcha").get(apart.group(1)).status_code == 403
    told = sami.get(apart.group(1)).text
    assert "Language of a person (1)" in told
    undo = re.search(r'action="(/review/merges/\d+/undo)"', told.partition("<h1")[2])
    assert undo is not None
    assert sami.post(undo.group(1)).location == f"/people/{kept}"
    assert sami.get(f"/people/{other}").status_code == 200
    assert sami.get(apart.group(1)).status_code == 404


@pytest.mark.parametrize("kind", ["name", "account", "language"])
def test_facts_of_others_do_not_exist(desk: Desk, kind: str) -> None:
    assert desk.visit("Dana").get(f"/facts/{kind}/new?person={desk.cast.fatou}").status_code == 404
    assert desk.visit("Dana").get(f"/facts/{kind}/1").status_code == 404
    assert VERSION.search(desk.visit("Aïcha").get(f"/people/{desk.cast.fatou}/edit").text)


def test_a_reader_here_who_edits_there_is_offered_what_each_role_allows(own_desk: Desk) -> None:
    with session_scope(own_desk.engine, OPERATOR, writing=True) as session:
        omar = session.execute(sa.select(Account).filter_by(name="Omar")).scalar_one()
        fjord = session.execute(sa.select(Affiliate).filter_by(code="fjord")).scalar_one()
        session.add(Grant(account_id=omar.id, role=PermissionRole.EDITOR, affiliate_id=fjord.id))
    visitor = own_desk.visit("Omar")
    here, there = (visitor.get(f"/people/{key}").text for key in (own_desk.cast.fatou, own_desk.cast.foreign))
    assert "lets you read it, not change it" in here
    assert re.findall(r"/(?:edit|contacts/new|facts/\w+/new|erase|revert)\b", here) == []
    assert SHOW.search(here) is None
    assert f"/people/{own_desk.cast.foreign}/edit" in there
    assert visitor.get(f"/people/{own_desk.cast.fatou}/edit").status_code == 404
    assert visitor.get(f"/people/{own_desk.cast.foreign}/edit").status_code == 200
