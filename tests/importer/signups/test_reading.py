from __future__ import annotations

import time
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.importer.mapping.test_layout import ZOOM_WEBINAR
from tests.importer.tables import mapped, people, read, table_of
from wmcrm.importer.mapping import Registration, RowKind, apply_user_map
from wmcrm.importer.signups import (
    Capacity,
    ConsentClaim,
    ExactKey,
    KeyKind,
    RowsMean,
    SheetContext,
    Signup,
    read_signups,
    row_fingerprint,
    signup_keys,
)
from wmcrm.normalize import DateOrder
from wmcrm.sheets import MemoryTable, Row


def one(text: str, **context: object) -> Signup:
    (row,) = people(text, **context)
    assert row.signup is not None
    return row.signup


def codes(text: str, **context: object) -> list[str]:
    return [issue.code for row in people(text, **context) for issue in row.issues]


def test_a_row_becomes_a_sign_up_with_normalized_values() -> None:
    signup = one(
        "Name,Email,Phone,Wikimedia username,Country,City,Languages,Organization\n"
        'Aïcha Koné,AICHA (at) exemple.ci,07 07 12 34 56,User:aïcha_K,Côte d’Ivoire,Abidjan,"Français, Dioula",Les Ami·es\n'
    )
    assert signup.full_name == "Aïcha Koné"
    assert signup.emails == ("aicha@exemple.ci",)
    assert signup.phones == ("+2250707123456",)
    assert signup.usernames == ("Aïcha K",)
    assert signup.country == "CI"
    assert signup.languages[0] == "fr"
    assert (signup.city, signup.affiliation) == ("Abidjan", "Les Ami·es")


def test_the_name_is_put_together_from_the_sheets_parts_and_never_split() -> None:
    assert one("Given name,Family name\nMaría José,Ruiz Gil\n").full_name == "María José Ruiz Gil"
    assert one("姓,名\n井上,学\n").full_name == "井上 学"
    whole = one('Name,Email\n"RUIZ, Ana",ana@example.org\n')
    assert (whole.full_name, whole.first_name, whole.last_name) == ("RUIZ, Ana", "", "")


def test_the_events_country_reads_phones_but_is_nobodys_residence() -> None:
    signup = one("Name,Phone\nGrace,0712 345678\n", event_country="KE")
    assert signup.phones == ("+254712345678",)
    assert signup.country is None


def test_a_phone_is_read_for_the_rows_country_and_city_before_the_events() -> None:
    text = "Name,Phone,City\nEva,07508 354293,London\n"
    assert one(text, event_country="RU").phones == ("+447508354293",)


@pytest.mark.parametrize(
    ("status", "registration", "attended"),
    [
        ("Attending", "registered", None),
        ("Checked In", "registered", True),
        ("Not Attending", "registered", False),
        ("Deleted", "cancelled", None),
        ("declined", "cancelled", None),
        ("unsubscribed", "cancelled", None),
        ("Waitlist", "waitlisted", None),
        ("no-show", "registered", False),
        ("liste d'attente", "waitlisted", None),
        ("Отменено", "cancelled", None),
        ("已签到", "registered", True),
        ("invited", "none", None),
    ],
)
def test_words_of_status_say_registration_and_attendance(status: str, registration: str, attended: bool | None) -> None:
    signup = one(f"Name,Email,Status\nAna,ana@example.org,{status}\n")
    assert (signup.registration, signup.attended) == (registration, attended)


def test_an_unknown_status_is_told_and_nothing_is_made_of_it() -> None:
    text = "Name,Email,Approval status\nAna,ana@example.org,zzzz\n"
    assert codes(text) == ["status_unknown"]
    assert one(text).registration is Registration.REGISTERED


def test_rows_of_an_attendance_list_came_unless_they_say_otherwise() -> None:
    text = "Name,Email,Status\nAna,a@example.org,\nBo,b@example.org,cancelled\nCy,c@example.org,no-show\n"
    said = [row.signup.attended for row in people(text, rows_mean=RowsMean.ATTENDED) if row.signup]
    assert said == [True, None, False]


def test_attendance_is_a_tick_a_word_or_a_time_and_a_blank_says_nothing() -> None:
    ticks = ["x", "✓", "oui", "2026-03-01 10:00:00", "no", "?", ""]
    text = "Name,Present\n" + "".join(f"Person{chr(97 + place)},{tick}\n" for place, tick in enumerate(ticks))
    assert [row.signup.attended for row in people(text) if row.signup] == [True, True, True, True, False, None, None]
    assert codes(text) == []


def test_who_came_to_one_of_several_sessions_came() -> None:
    text = "Nom complet,Présent(e) matin,Présent(e) soir\nAna Ruiz,,x\nBo Li,x,non\nCy Oh,non,non\nDi Um,,\n"
    assert [row.signup.attended for row in people(text) if row.signup] == [True, True, False, None]


def test_answers_parted_as_wenjuanxing_parts_them_are_several() -> None:
    assert one("姓名,邮箱,您使用的语言\n李华,li@example.cn,中文┋英语\n").languages == ("zh", "en")


def test_a_signature_is_no_attendance_but_a_warning() -> None:
    text = "Name,Email,Attended\nAna,a@example.org,yes\nBo,b@example.org,signed by Bo\n"
    assert codes(text) == ["attendance_unknown"]


CONSENT = "Name,Email,I agree to be contacted\nAna,ana@example.org,{}\n"


@pytest.mark.parametrize(("word", "said"), [("Yes", True), ("نعم", True), ("✓", True), ("non", False), ("Нет", False)])
def test_consent_is_recorded_by_words_for_yes_and_no(word: str, said: bool) -> None:
    assert one(CONSENT.format(word)).consents == (ConsentClaim(None, None, said, word),)


@pytest.mark.parametrize("word", ["Ana Ruiz", "maybe later", "2026-03-01"])
def test_an_unknown_word_in_a_consent_column_records_nothing_and_warns(word: str) -> None:
    assert one(CONSENT.format(word)).consents == ()
    assert codes(CONSENT.format(word)) == ["consent_unknown"]


@pytest.mark.parametrize("word", ["", "-", "n/a"])
def test_a_blank_consent_records_nothing_and_is_no_issue(word: str) -> None:
    assert one(CONSENT.format(word)).consents == ()
    assert codes(CONSENT.format(word)) == []


def test_consent_columns_have_purposes_of_their_own_and_a_no_beats_a_yes() -> None:
    table = table_of("Name,Email,News,Letters,Photos\nAna,ana@example.org,yes,no,yes\n")
    layout, guessed = mapped(table)
    told = ["News=consent:newsletter", "Letters=consent:newsletter", "Photos=consent:photo_recording"]
    mapping = apply_user_map(guessed, told)
    (row,) = [row for row in read_signups(table, layout, mapping, SheetContext()) if row.signup]
    assert row.signup is not None
    assert [(claim.purpose, claim.said) for claim in row.signup.consents] == [
        ("newsletter", False),
        ("photo_recording", True),
    ]


def test_unsubscribed_in_action_network_is_a_no() -> None:
    text = (
        "first_name,last_name,email,can2_user_tags,can2_subscription_status\nAna,Ruiz,ana@example.org,x,unsubscribed\n"
    )
    signup = one(text)
    assert [claim.said for claim in signup.consents] == [False]
    assert signup.registration is Registration.REGISTERED


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Ana & Joe", ""),
        ("Ana Ruiz and Joe Li", "a@example.org"),
        ("Ana et Joe", "a@example.org; j@example.org"),
        ('"Ana Ruiz\nJoe Li"', ""),
    ],
)
def test_two_people_in_a_cell_are_an_issue_with_split_and_nobodys_contact(name: str, email: str) -> None:
    (row,) = people(f"Name,Email\n{name},{email}\n")
    assert row.signup is None
    assert [(issue.code, issue.suggestion) for issue in row.issues] == [("several_people", "split")]


@pytest.mark.parametrize(
    "name", ["José Ortega y Gasset", "Costa e Silva", "Anderson", "Ana / アナ", "Sandy Andrade", "RUIZ, Ana"]
)
def test_names_with_a_conjunction_in_them_are_one_person(name: str) -> None:
    assert one(f'Name,Email\n"{name}",a@example.org\n').full_name == name


def test_a_row_without_name_or_address_is_nobody() -> None:
    (row,) = people("Name,Email,City\n-,n/a,Lima\n")
    assert row.signup is None
    assert [issue.code for issue in row.issues] == ["nobody"]


def test_placeholders_are_empty_but_namibia_is_a_country() -> None:
    signup = one("Name,Email,Country,Username\nAna,ana@example.org,NA,--\n")
    assert (signup.country, signup.usernames) == ("NA", ())


def test_a_broken_formula_is_reported_and_read_as_empty() -> None:
    (row,) = people("Name,Email,Phone\nAna,ana@example.org,#DIV/0!\n")
    assert [(issue.code, issue.column, issue.row) for issue in row.issues] == [("formula_error", "Phone", 2)]
    assert row.signup is not None


def test_a_slip_in_an_address_is_only_suggested() -> None:
    (row,) = people("Name,Email\nAna,ana@gmial.com\n")
    assert row.signup is not None
    assert row.signup.emails == ("ana@gmial.com",)
    assert row.issues[0].as_dict() == {
        "row": 2,
        "column": "Email",
        "code": "email_domain_typo",
        "severity": "warning",
        "message": "'ana@gmial.com' may be a slip of ana@gmail.com",
        "value": "ana@gmial.com",
        "suggestion": "ana@gmail.com",
    }


STAMPED = "Timestamp,Name\n03/04/2026 10:00:00,Ana\n{}/04/2026 11:00:00,Bo\n"


def test_the_order_of_dates_is_learned_from_all_values_of_the_column() -> None:
    first = people(STAMPED.format("25"))[0].signup
    assert first is not None
    assert first.signed_up_at == datetime.fromisoformat("2026-04-03 10:00")


def test_dates_that_can_be_read_in_two_ways_stay_empty_and_are_told_once() -> None:
    assert codes(STAMPED.format("05")) == ["date_order_unknown"]
    assert one(
        "Timestamp,Name\n03/04/2026 10:00:00,Ana\n", date_order=DateOrder.MDY
    ).signed_up_at == datetime.fromisoformat("2026-03-04 10:00")


def test_the_events_day_tells_the_year_of_short_dates_but_never_day_from_month() -> None:
    event = {"event_starts_on": date(2026, 4, 1), "event_ends_on": date(2026, 4, 2)}
    short = "Timestamp,Name\n14/3/26 10:00,Ana\n"
    assert one(short, **event).signed_up_at == datetime.fromisoformat("2026-03-14 10:00")
    assert codes("Timestamp,Name\n03/04/2026 10:00,Ana\n", **event) == ["date_order_unknown"]


def test_the_role_in_the_event_is_told_by_a_role_column_not_by_a_profession() -> None:
    assert one("Name,Email,Role\nAna,a@example.org,Volunteer\n").event_role == "helper"
    speaker = one("Name,Email,Ticket type\nAna,a@example.org,Speaker\n")
    assert (speaker.event_role, speaker.capacity) == ("speaker", Capacity.SPEAKER)
    assert one("Name,Email,Profession\nAna,a@example.org,Photographer\n").event_role is None


def test_hosts_and_panelists_of_a_webinar_are_staff_and_speakers() -> None:
    found = {row.number: row.signup for row in read(ZOOM_WEBINAR) if row.signup}
    assert (found[7].full_name, found[7].capacity) == ("Hana Host", Capacity.STAFF)
    assert (found[10].full_name, found[10].event_role, found[10].country) == ("Pat Panel", "speaker", "GH")
    assert (found[13].usernames, found[13].attended, found[13].capacity) == (("AnaD",), True, None)
    assert (found[14].attended, found[15].registration) == (False, Registration.CANCELLED)
    assert (found[18].full_name, found[18].usernames) == ("Dial In Dora", ())


def test_rows_are_read_one_at_a_time_and_all_of_them_come_back_in_order() -> None:
    rows = read("Title,\n,\nName,Email\nAna,ana@example.org\n,\nTotal,1\n")
    assert [(row.number, row.kind.value) for row in rows] == [
        (1, "title"),
        (2, "blank"),
        (3, "header"),
        (4, "person"),
        (5, "blank"),
        (6, "total"),
    ]


def test_exact_keys_are_usernames_mailboxes_and_phones() -> None:
    signup = Signup(emails=("a.b+wiki@gmail.com",), phones=("+254712345678",), usernames=("AnaD",))
    assert signup_keys(signup) == (
        ExactKey(KeyKind.USERNAME, "AnaD"),
        ExactKey(KeyKind.EMAIL, "ab@gmail.com"),
        ExactKey(KeyKind.PHONE, "+254712345678"),
    )


def test_no_personal_datum_is_printed_by_accident() -> None:
    (row,) = people("Name,Email,I agree to be contacted\nAna Ruiz,ana@gmial.com,perhaps Ana\n")
    assert not any(
        text in repr((row, row.signup, row.issues, signup_keys(row.signup or Signup()))) for text in ("Ana", "gmial")
    )


cells = st.text(max_size=15) | st.sampled_from(
    [
        "#REF!",
        "a@b.org",
        "+44 7700 900123",
        "x",
        "Yes",
        "03/04/2026",
        "1E+400",
        "User:A/b",
        "\x00",
        "\u202eevil",
        "Ana & Bo",
        "45234.5",
    ]
)
HEADERS = ("Timestamp", "Name", "Email", "Phone", "Username", "Country", "Languages", "Consent", "Status", "Attended")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(cells, max_size=11), max_size=6))
def test_no_cell_stops_the_reading_and_no_value_is_found_in_nothing(rows: list[list[str]]) -> None:
    table = MemoryTable("any", tuple(Row(number, tuple(row)) for number, row in enumerate([HEADERS, *rows], 1)))
    layout, mapping = mapped(table)
    out = list(read_signups(table, layout, mapping, SheetContext()))
    assert [row.number for row in out] == [row.number for row in table]
    for row in out:
        assert row.signup is None or row.kind is RowKind.PERSON
        assert all(issue.message and issue.row == row.number for issue in row.issues)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=8), max_size=5))
def test_a_fingerprint_ignores_outer_white_space_and_empty_cells_at_the_end(row: list[str]) -> None:
    assert row_fingerprint(tuple(row)) == row_fingerprint((*(f" {cell} " for cell in row), "", " "))
    assert row_fingerprint((*row, "x")) != row_fingerprint(tuple(row))


def test_thousands_of_rows_are_read_in_a_second() -> None:
    people_rows = [
        (f"2026-03-01 10:00:{n % 60:02}", f"Ana Ruiz {n}", f"ana{n}@example.org", "", f"AnaR{n}", "Peru")
        for n in range(3000)
    ]
    table = MemoryTable("many", tuple(Row(n, row) for n, row in enumerate([HEADERS[:6], *people_rows], 1)))
    layout, mapping = mapped(table)
    begun = time.process_time()
    assert sum(1 for row in read_signups(table, layout, mapping, SheetContext()) if row.signup) == 3000
    assert time.process_time() - begun < 1.0
