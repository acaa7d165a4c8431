"""The pages that people open by a link, without an account: what they show, and what they never do by themselves."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app import create_app
from admin_app.post_office import PLACE, PostOffice, send_soon
from tests.admin.cast import HIDDEN, Cast
from tests.admin.conftest import SECRET, Desk, Visitor
from tests.self_service.server import mail_server
from wmcrm.consent import Act, add_notice, find_purpose, record_decision, refresh_states, standings
from wmcrm.db import OPERATOR, session_scope
from wmcrm.dedupe import merge
from wmcrm.models import (
    AccessLogEntry,
    Change,
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ContactKind,
    ContactPoint,
    Letter,
    Person,
    RightsRequest,
    SelfServiceLink,
    now_utc,
)
from wmcrm.outreach import withdrawal_token
from wmcrm.privacy import erase_person
from wmcrm.self_service import invite, link_for, send_waiting
from wmcrm.settings import Settings

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
ABOUT = {"purpose": "newsletter", "channel": Channel.EMAIL}


def change(desk: Desk):  # type: ignore[no-untyped-def]
    return session_scope(desk.engine, OPERATOR, writing=True)


def fatou(session, cast: Cast) -> Person:  # type: ignore[no-untyped-def]
    found: Person = session.scalars(sa.select(Person).where(Person.public_id == cast.fatou)).one()
    return found


def link(desk: Desk) -> str:
    with change(desk) as session:
        return "/my-data/open/" + link_for(session, fatou(session, desk.cast))


def arrived(desk: Desk) -> Visitor:
    """Somebody who opened a link to Fatou's data."""
    visitor = desk.visit("")
    assert visitor.post(link(desk)).location == "/my-data/mine"
    return visitor


def give(desk: Desk, proven: bool = True) -> None:
    """Fatou's consent to the newsletter; unproven, what a sheet claims."""
    with change(desk) as session:
        add_notice(session, "v3", purpose="newsletter", language="en", wording="A letter once a month.")
        add_notice(session, "v3", purpose="newsletter", language="ar", wording="رسالة كل شهر.")
        person = fatou(session, desk.cast)
        if proven:
            act = Act(ConsentMethod.FORM, dt.date(2026, 3, 4), notice="v3")
            record_decision(session, person, ConsentDecision.GIVEN, **ABOUT, act=act)
            return
        event = ConsentEvent(
            person_id=person.id, recorded_for_id=person.id, purpose_id=find_purpose(session, "newsletter").id
        )
        event.channel, event.decision, event.method = Channel.EMAIL, ConsentDecision.GIVEN, ConsentMethod.IMPORT
        event.proven, event.on_day = False, dt.date(2026, 3, 4)
        session.add(event)
        session.flush()
        refresh_states(session, [person.id])


def standing(desk: Desk) -> dict[str, str]:
    with change(desk) as session:
        return {
            f"{row.purpose}/{row.channel}": row.standing.value for row in standings(session, fatou(session, desk.cast))
        }


def token_of(desk: Desk) -> str:
    with change(desk) as session:
        return withdrawal_token(SECRET, fatou(session, desk.cast), **ABOUT)


def counts(desk: Desk) -> dict[str, int]:
    tables = (SelfServiceLink, Letter, ConsentEvent, Change, AccessLogEntry, RightsRequest)
    with change(desk) as session:
        return {one.__name__: session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in tables}


# Withdrawal by one click


def test_one_click_takes_the_consent_back_without_cookie_and_token(either: Desk) -> None:
    give(either)
    stranger = either.app.test_client()
    answer = stranger.post(f"/withdraw/{token_of(either)}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert standing(either) == {"newsletter/email": "withdrawn"}
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_a_second_click_changes_nothing_more(either: Desk) -> None:
    give(either)
    for _ in range(3):
        assert either.app.test_client().post(f"/withdraw/{token_of(either)}").status_code == 200
    assert counts(either)["ConsentEvent"] == 2


def test_opening_the_link_of_a_withdrawal_changes_nothing(desk: Desk) -> None:
    give(desk)
    before = counts(desk)
    for _ in range(3):
        page = desk.visit("").get(f"/withdraw/{token_of(desk)}")
        assert page.status_code == 200 and "Take it back" in page.text
    assert (counts(desk), standing(desk)) == (before, {"newsletter/email": "given"})


def test_the_answer_is_in_the_language_of_the_reader(desk: Desk) -> None:
    give(desk)
    page = desk.visit("").get(f"/withdraw/{token_of(desk)}", headers={"Accept-Language": "ar"})
    assert 'dir="rtl"' in page.text and "نشرة إخبارية" in page.text


def test_a_withdrawal_of_the_web_reaches_the_ledger(desk: Desk, tmp_path: Path) -> None:
    give(desk)
    desk.app.test_client().post(f"/withdraw/{token_of(desk)}")
    ledger = (tmp_path / "data" / "erasures.ledger").read_text("utf-8")
    assert '"decision": "withdrawn"' in ledger and desk.cast.fatou not in ledger


def test_a_merged_records_token_withdraws_for_the_survivor_and_an_erased_ones_is_answered_alike(either: Desk) -> None:
    give(either)
    token = token_of(either)
    with change(either) as session:
        other = session.scalars(sa.select(Person).where(Person.public_id == either.cast.layla)).one()
        merge(session, other, fatou(session, either.cast))
    assert "do not agree" in either.app.test_client().post(f"/withdraw/{token}").text
    with change(either) as session:
        other = session.get_one(Person, other.id)
        assert [row.standing for row in standings(session, other)] == ["withdrawn"]
        erase_person(session, other, by=OPERATOR)
    assert "do not agree" in either.app.test_client().post(f"/withdraw/{token}").text


@pytest.mark.parametrize(
    "token", ["x", "p_0.newsletter.email.forged", "a" * 10_240, "%F0%9F%92%A9", "..%2F..%2Fetc", "'--"]
)
@pytest.mark.parametrize("place", ["/withdraw/", "/confirm/", "/my-data/open/"])
def test_garbage_is_one_clear_line(shared_desk: Desk, place: str, token: str) -> None:
    visitor = shared_desk.visit("")
    for answer in (visitor.get(place + token), visitor.post(place + token)):
        assert answer.status_code in {200, 404} and "Traceback" not in answer.text
    assert visitor.post(place + token).status_code == 404


def test_a_nul_byte_is_refused(shared_desk: Desk) -> None:
    for place in ("/withdraw/", "/confirm/", "/my-data/open/"):
        assert shared_desk.visit("").get(place + "a%00b").status_code == 400


def test_no_other_route_does_without_the_form_token(desk: Desk) -> None:
    stranger = desk.app.test_client()
    for address in ("/my-data/", link(desk), "/confirm/x", "/my-data/mine/name", "/my-data/mine/erase"):
        assert stranger.post(address).status_code == 400, address


# Confirming


@pytest.fixture
def invited(either: Desk, tmp_path: Path) -> tuple[Desk, str]:
    give(either, proven=False)
    with change(either) as session:
        invite(session, [fatou(session, either.cast).id], **ABOUT, reason="confirm")
    with mail_server() as server:
        send_waiting(either.engine, Settings(secret_key=SECRET, smtp_url=server.url, data_dir=str(tmp_path)))
    text = server.taken[0].get_body(("plain",)).get_content()
    return either, re.search(r"/confirm/\S+", text)[0]  # type: ignore[index]


def test_the_page_of_an_invitation_shows_the_wording_and_decides_nothing(invited: tuple[Desk, str]) -> None:
    desk, address = invited
    before = counts(desk)
    page = desk.visit("").get(address)
    assert page.status_code == 200 and "A letter once a month." in page.text
    assert "رسالة كل شهر" in desk.visit("").get(address, headers={"Accept-Language": "ar"}).text
    assert counts(desk) == before


def test_a_yes_counts_once(invited: tuple[Desk, str]) -> None:
    desk, address = invited
    assert "You agreed" in desk.visit("").post(address, {"answer": "yes"}).text
    assert standing(desk) == {"newsletter/email": "given"}
    again = desk.visit("").post(address, {"answer": "no"})
    assert (again.status_code, "used already" in again.text) == (404, True)
    assert standing(desk) == {"newsletter/email": "given"}


def test_a_no_is_as_easy(invited: tuple[Desk, str]) -> None:
    desk, address = invited
    assert "Nobody asks you again" in desk.visit("").post(address, {"answer": "no"}).text
    assert standing(desk) == {"newsletter/email": "refused"}


def test_something_else_than_yes_or_no_decides_nothing(invited: tuple[Desk, str]) -> None:
    desk, address = invited
    assert desk.visit("").post(address, {"answer": "maybe"}).status_code == 400
    assert desk.visit("").post(address, {"answer": "yes"}).status_code == 200


# One's own data


def test_opening_a_link_uses_nothing_up_and_pressing_the_button_does(either: Desk) -> None:
    address = link(either)
    before = counts(either)
    for _ in range(3):
        assert "Open my data" in either.visit("").get(address).text
    assert counts(either) == before
    visitor = either.visit("")
    assert visitor.post(address).location == "/my-data/mine"
    page = visitor.get("/my-data/mine")
    assert "Fatou" in page.text and "Baobab Wikimedians User Group" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    again = either.visit("").post(address)
    assert (again.status_code, "used already" in again.text) == (404, True)


def test_without_a_visit_there_is_nothing_to_see_or_change(desk: Desk) -> None:
    for visitor in (desk.visit(""), desk.visit("Ruth")):
        page = visitor.get("/my-data/mine")
        assert "This visit is over" in page.text and "Fatou" not in page.text
        assert visitor.post("/my-data/mine/name", {"name": "X"}).status_code == 401


def test_a_visit_is_about_one_person_whoever_is_signed_in(desk: Desk) -> None:
    visitor = desk.visit("Dana")
    visitor.post(link(desk))
    assert "Fatou" in visitor.get("/my-data/mine").text
    assert visitor.get(f"/people/{desk.cast.fatou}").status_code == 404


def test_a_person_mends_their_record(either: Desk) -> None:
    visitor = arrived(either)
    for address, data in (
        ("name", {"name": "Fatou Diop Ndiaye"}),
        ("languages", {"language": "Wolof", "use": "speaks"}),
        ("contacts", {"kind": "email", "value": "fatou.new@example.org"}),
    ):
        assert visitor.post(f"/my-data/mine/{address}", data).location == "/my-data/mine"
    page = visitor.get("/my-data/mine").text
    assert "Fatou Diop Ndiaye" in page and "Wolof" in page and "fatou.new@example.org" in page
    with change(either) as session:
        number = session.scalars(
            sa.select(ContactPoint.id).where(ContactPoint.normalized == "fatou.new@example.org")
        ).one()
        last = session.scalars(sa.select(Change).order_by(Change.id.desc())).first()  # type: ignore[attr-defined]
        assert (last.actor, last.through) == ("self-service", "self_service")
    visitor.post(f"/my-data/mine/contacts/{number}/remove")
    assert "fatou.new@example.org" not in visitor.get("/my-data/mine").text


def test_wrong_input_is_one_clear_line(desk: Desk) -> None:
    visitor = arrived(desk)
    assert "Write the name you want to go by" in visitor.post("/my-data/mine/name", {"name": "   "}).text
    assert "Write the name" not in visitor.get("/my-data/mine").text
    visitor.post("/my-data/mine/consents", {"purpose": "newsletter", "decision": "sell"})
    assert "Use the buttons" in visitor.get("/my-data/mine").text
    visitor.post("/my-data/mine/consents", {"purpose": "nonsense", "decision": "withdraw"})
    assert "There is no purpose" in visitor.get("/my-data/mine").text


def test_facts_of_others_do_not_exist(either: Desk) -> None:
    with change(either) as session:
        other = session.scalars(sa.select(Person).where(Person.public_id == either.cast.foreign)).one()
        mine = {"person_id": other.id, "recorded_for_id": other.id}
        point = ContactPoint(**mine, kind=ContactKind.EMAIL, value="kari@example.org", normalized="kari@example.org")
        session.add(point)
        session.flush()
        number = point.id
    visitor = arrived(either)
    for address in (f"contacts/{number}/remove", f"contacts/{10**15}/remove", "languages/1/remove"):
        answer = visitor.post(f"/my-data/mine/{address}")
        assert answer.status_code == 404
        assert "There is no such record" in answer.text
        assert "Your own data" in answer.text
    assert visitor.post("/my-data/mine/record", {"record": either.cast.foreign}).status_code == 404
    assert "kari" not in visitor.get("/my-data/mine").text


def test_consents_are_decided_by_one_press_each(either: Desk) -> None:
    give(either)
    visitor = arrived(either)
    decide = "/my-data/mine/consents"
    visitor.post(decide, {"purpose": "newsletter", "decision": "withdraw"})
    assert set(standing(either).values()) == {"withdrawn"}
    visitor.post(decide, {"purpose": "newsletter", "decision": "give"})
    assert standing(either)["newsletter/email"] == "given"
    visitor.post(decide, {"purpose": "path_reporting", "decision": "object"})
    assert standing(either)["path_reporting/any"] == "objected"


def test_everything_can_be_downloaded_and_the_download_is_logged(either: Desk) -> None:
    visitor = arrived(either)
    answer = visitor.post("/my-data/mine/download")
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert sorted(names) == [f"{either.cast.fatou}.html", f"{either.cast.fatou}.json"]
    with change(either) as session:
        actions = session.scalars(sa.select(AccessLogEntry.action).where(AccessLogEntry.actor == "self-service")).all()
    assert list(actions) == ["my_data_opened", "subject_export"]


def test_erasure_is_asked_for_after_a_page_that_says_what_it_means(either: Desk) -> None:
    visitor = arrived(either)
    assert "It cannot be undone" in visitor.get("/my-data/mine/erase").text
    assert counts(either)["RightsRequest"] == 0
    visitor.post("/my-data/mine/erase")
    page = visitor.get("/my-data/mine").text
    assert "You are owed an answer by" in page and "used for nothing" in page
    assert counts(either)["RightsRequest"] == 1


def test_this_is_not_me_ends_the_visit(desk: Desk) -> None:
    visitor = arrived(desk)
    assert "until a steward has found out" in visitor.post("/my-data/mine/not-me").text
    assert "This visit is over" in visitor.get("/my-data/mine").text


def test_a_visit_can_be_ended_and_ends_when_the_person_is_erased(desk: Desk) -> None:
    visitor = arrived(desk)
    visitor.post("/my-data/mine/leave")
    assert "This visit is over" in visitor.get("/my-data/mine").text
    visitor = arrived(desk)
    with change(desk) as session:
        erase_person(session, fatou(session, desk.cast), by=OPERATOR)
    assert "This visit is over" in visitor.get("/my-data/mine").text


# Asking for a link


@pytest.fixture
def posting(own_desk: Desk, tmp_path: Path):  # type: ignore[no-untyped-def]
    """An application of its own with a mail server."""
    office: PostOffice = own_desk.app.extensions[PLACE]
    with mail_server() as server:
        office.settings = Settings(
            secret_key=SECRET, smtp_url=server.url, base_url="http://localhost", data_dir=str(tmp_path)
        )
        yield own_desk, office, server


def test_whoever_is_asked_for_the_answer_is_the_same_and_only_one_gets_mail(posting) -> None:  # type: ignore[no-untyped-def]
    desk, office, server = posting
    answers = []
    for who in (HIDDEN, "nobody@example.org", "Fatou D.", "Pseudonym Nine", "not an address at all"):
        visitor = desk.visit("")
        sent = visitor.post("/my-data/", {"who": who})
        answers.append((sent.status_code, sent.location, visitor.get("/my-data/asked").text))
    assert len({answer[:2] for answer in answers}) == 1
    assert len({CSRF.sub("", answer[2]) for answer in answers}) == 1
    office.wait()
    assert [message["To"] for message in server.taken] == [HIDDEN] * 2
    text = server.taken[0].get_body(("plain",)).get_content()
    visitor = desk.visit("")
    visitor.post(re.search(r"/my-data/open/\S+", text)[0])  # type: ignore[index]
    assert HIDDEN in visitor.get("/my-data/mine").text


def test_the_whole_answer_to_a_question_is_the_same_for_the_known_and_the_unknown(either: Desk) -> None:
    answers = set()
    for who in (HIDDEN, "nobody@example.org", "Fatou D.", "Nobody At All", "Pseudonym Nine", "x" * 400):
        visitor = either.visit("")
        answer = visitor.post("/my-data/", {"who": who})
        headers = tuple(sorted((name, value) for name, value in answer.headers if name != "Set-Cookie"))
        answers.add((answer.status_code, headers, answer.data))
    either.app.extensions[PLACE].wait()
    assert len(answers) == 1
    assert next(iter(answers))[0] == 303


def test_an_address_that_somebody_adds_is_confirmed_by_a_link_that_was_sent_there(posting) -> None:  # type: ignore[no-untyped-def]
    desk, office, server = posting
    visitor = arrived(desk)
    visitor.post("/my-data/mine/contacts", {"kind": "email", "value": "fatou.new@example.org"})
    page = visitor.get("/my-data/mine").text
    assert "A link is on its way to it" in page and "not confirmed yet" in page
    visitor.post(re.search(r"/my-data/mine/contacts/\d+/confirm", page)[0])  # type: ignore[index]
    office.wait()
    assert [message["To"] for message in server.taken] == ["fatou.new@example.org"] * 2
    text = server.taken[0].get_body(("plain",)).get_content()
    link = re.search(r"/confirm-address/\S+", text)[0]  # type: ignore[index]
    stranger = desk.visit("")
    assert "Is this your address?" in stranger.get(link).text
    assert "not confirmed yet" in visitor.get("/my-data/mine").text, "looking confirms nothing"
    assert "The address is confirmed" in stranger.post(link).text
    assert "not confirmed yet" not in visitor.get("/my-data/mine").text
    for again, why in ((link, "used already"), ("/confirm-address/nonsense", "not complete")):
        for answer in (stranger.get(again), stranger.post(again)):
            assert answer.status_code == 404
            assert why in answer.text


def test_nothing_typed_is_told_at_once_and_much_asking_is_stopped(posting) -> None:  # type: ignore[no-untyped-def]
    desk, office, server = posting
    visitor = desk.visit("")
    assert visitor.post("/my-data/", {"who": "  "}).status_code == 422
    codes = [visitor.post("/my-data/", {"who": "nobody@example.org"}).status_code for _ in range(11)]
    assert (codes[0], codes[-1]) == (303, 429)
    office.wait()
    assert server.taken == []


def test_a_broken_mail_server_is_no_concern_of_who_asks(posting, caplog: pytest.LogCaptureFixture) -> None:  # type: ignore[no-untyped-def]
    desk, office, _ = posting
    office.settings = Settings(secret_key=SECRET, smtp_url="nonsense")
    assert desk.visit("").post("/my-data/", {"who": HIDDEN}).status_code == 303
    office.wait()
    assert [record.getMessage() for record in caplog.records if "letters" in record.getMessage()] == [
        "letters wait: SettingsError"
    ]
    with change(desk) as session:
        assert session.scalars(sa.select(Letter)).one().state == "waiting"


def test_letters_of_a_request_leave_after_its_commit(posting) -> None:  # type: ignore[no-untyped-def]
    desk, office, server = posting
    give(desk, proven=False)
    app: Flask = desk.app

    def decide() -> str:
        from admin_app.session import db

        invite(db(), [fatou(db(), desk.cast).id], **ABOUT, reason="confirm")
        send_soon()
        return "done"

    from admin_app.access import Permission, set_policy

    app.add_url_rule("/decide", "decide", decide, methods=["POST"])
    set_policy(app, "decide", Permission.SIGNED_IN)
    assert desk.visit("Aïcha").post("/decide").status_code == 200
    office.wait()
    assert len(server.taken) == 1
    assert now_utc()


def test_create_app_starts_no_thread_before_there_is_work(cast_file: tuple[Path, Cast], tmp_path: Path) -> None:
    import threading

    before = threading.active_count()
    create_app(Settings(database_url=f"sqlite:///{tmp_path / 'x.sqlite3'}", secret_key=SECRET), testing=True)
    assert threading.active_count() <= before  # those of other tests may end meanwhile


@pytest.mark.parametrize(
    ("form", "field", "typed", "said"),
    [
        ("name", "name", "x" * 301, "up to 300 characters"),
        ("languages", "language", "Klingonese of the north", "Write one language"),
        ("contacts", "value", "not an address", "one complete address"),
    ],
)
def test_what_was_typed_stays_in_a_form_that_was_refused(
    desk: Desk, form: str, field: str, typed: str, said: str
) -> None:
    reader = arrived(desk)
    answer = reader.post(f"/my-data/mine/{form}", {field: typed, "kind": "email", "use": "speaks"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert answer.text.count(said) == 2  # above the page and at the field
    assert "<details open>" in answer.text.replace(' class="section--close"', "")
    assert "Fatou Diop" in reader.get("/my-data/mine").text


def test_a_text_that_is_too_long_is_refused_in_the_language_of_the_page(desk: Desk) -> None:
    answer = desk.visit("").post("/my-data/", {"who": "x" * 401}, headers={"Accept-Language": "ar"})
    assert answer.status_code == 422
    assert "الحد الأقصى لعدد الأحرف هو 400" in answer.text
