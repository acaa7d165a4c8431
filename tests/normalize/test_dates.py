# ruff: noqa: DTZ001 (an event's truth is local: these moments have no zone on purpose)
from __future__ import annotations

from datetime import date, datetime

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from wmcrm.normalize import DateOrder, learn_date_order, parse_date, parse_excel_serial, parse_moment
from wmcrm.normalize.locales import SHEET_LOCALES

DMY, MDY, YMD = DateOrder.DMY, DateOrder.MDY, DateOrder.YMD
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("typed", "order", "day"),
    [
        ("2021-05-27", None, date(2021, 5, 27)),
        ("2021-05-27T18:01:00Z", None, date(2021, 5, 27)),
        ("20210527", None, date(2021, 5, 27)),
        ("2021/5/27", None, date(2021, 5, 27)),
        ("27/05/2021", DMY, date(2021, 5, 27)),
        ("27/05/2021", None, date(2021, 5, 27)),
        ("5/27/2021", None, date(2021, 5, 27)),
        ("05/06/2021", DMY, date(2021, 6, 5)),
        ("05/06/2021", MDY, date(2021, 5, 6)),
        ("05/05/2021", None, date(2021, 5, 5)),
        ("5.6.21", DMY, date(2021, 6, 5)),
        ("5-6-99", DMY, date(1999, 6, 5)),
        ("٢٧/٠٥/٢٠٢١", DMY, date(2021, 5, 27)),
        ("२७/०५/२०२१", DMY, date(2021, 5, 27)),
        ("2021年5月27日", None, date(2021, 5, 27)),
        ("2021. 5. 27.", None, date(2021, 5, 27)),
        ("27 May 2021", None, date(2021, 5, 27)),
        ("May 27, 2021", None, date(2021, 5, 27)),
        ("May 27th, 2021", None, date(2021, 5, 27)),
        ("Thursday, 27 May 2021", None, date(2021, 5, 27)),
        ("27-May-21", None, date(2021, 5, 27)),
        ("1er mai 2021", None, date(2021, 5, 1)),
        ("27 de mayo de 2021", None, date(2021, 5, 27)),
        ("27. Mai 2021", None, date(2021, 5, 27)),
        ("27 мая 2021 г.", None, date(2021, 5, 27)),
        ("٢٧ مايو ٢٠٢١", None, date(2021, 5, 27)),
        ("5 كانون الثاني 2021", None, date(2021, 1, 5)),
        ("18:01, 27 May 2021 (UTC)", None, date(2021, 5, 27)),
    ],
)
def test_a_day_is_read_in_the_order_of_its_column(typed, order, day):
    assert parse_date(typed, order).values == (day,)


def test_a_date_that_can_be_read_both_ways_is_asked_about_with_both_readings():
    parsed = parse_date("03/04/2024", None)
    assert parsed.values == ()
    assert parsed.problems[0].code == "date_ambiguous"
    assert dict(parsed.problems[0].params) == {"first": "2024-04-03", "second": "2024-03-04"}
    assert "2024-04-03" in parsed.problems[0].message


@pytest.mark.parametrize(
    "typed", ["31/02/2024", "2024-13-01", "00/00/2024", "soon", "32 May 2024", "1443/05/27", "27/05/2564"]
)
def test_what_is_no_day_is_an_error_that_says_how_to_write_one(typed):
    parsed = parse_date(typed, DMY)
    assert parsed.values == ()
    assert parsed.problems[0].message == f"'{typed}' is not a date; write it as 2024-02-28"


def test_a_day_that_contradicts_its_column_is_an_error():
    assert [p.code for p in parse_date("05/27/2021", DMY).problems] == ["date_invalid"]


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["03/04/2024", "27/05/2024"], DMY),
        (["03/04/2024", "05/27/2024"], MDY),
        (["03/04/2024", "04/05/2024"], None),
        (["27/05/2024", "05/27/2024"], None),
        (["2024-05-27", "2024-05-28"], YMD),
        (["2024-05-27", "03/04/2024"], None),
        (["27 May 2021"], YMD),
        (["", "n/a", "soon"], None),
        ([], None),
        (["9/9/26 18:01", "9/30/26 10:00"], MDY),
        (["26/9/30", "26/9/29"], None),
        (["05.06.21", "31.12.99"], DMY),
    ],
)
def test_the_order_is_learned_from_all_values_of_a_column_or_left_open(values, order):
    assert learn_date_order(values) == order


@pytest.mark.parametrize(
    ("typed", "order", "moment"),
    [
        ("2021-05-27 18:01:02", None, datetime(2021, 5, 27, 18, 1, 2)),
        ("2021-05-27T18:01:02.123+03:00", None, datetime(2021, 5, 27, 18, 1, 2)),
        ("2021-05-27T18:01:02Z", None, datetime(2021, 5, 27, 18, 1, 2)),
        ("12/3/2024 18:01:02", DMY, datetime(2024, 3, 12, 18, 1, 2)),
        ("12/3/2024 5:30 PM", MDY, datetime(2024, 12, 3, 17, 30)),
        ("12/3/2024, 12:05 am", MDY, datetime(2024, 12, 3, 0, 5)),
        ("12/3/2024 5:30:10 p. m.", DMY, datetime(2024, 3, 12, 17, 30, 10)),
        ("12/03/2024 à 18h05", DMY, datetime(2024, 3, 12, 18, 5)),
        ("2024/03/05 午後3:04", None, datetime(2024, 3, 5, 15, 4)),
        ("2024/03/05 下午3:04:05", None, datetime(2024, 3, 5, 15, 4, 5)),
        ("2024年3月5日 10時20分", None, datetime(2024, 3, 5, 10, 20)),
        ("٥/٣/٢٠٢٤ ٣:٠٤:٠٥ م", DMY, datetime(2024, 3, 5, 15, 4, 5)),
        ("May 27, 2021 5:30 PM", None, datetime(2021, 5, 27, 17, 30)),
        ("27 May 2021", None, datetime(2021, 5, 27)),
        ("18:01, 27 May 2021 (UTC)", None, datetime(2021, 5, 27, 18, 1)),
        ("2024/03/05 10:20:30 AM GMT+3", None, datetime(2024, 3, 5, 10, 20, 30)),
    ],
)
def test_a_moment_is_the_local_day_and_time(typed, order, moment):
    assert parse_moment(typed, order).values == (moment,)


def test_a_time_that_no_clock_shows_is_an_error():
    assert [p.code for p in parse_moment("2021-05-27 25:61", None).problems] == ["moment_invalid"]


@pytest.mark.parametrize("typed", ["", "-", "n/a", "--"])
def test_a_placeholder_is_no_date(typed):
    assert parse_date(typed, None) == parse_date("", None)
    assert parse_moment(typed, None) == parse_moment("", None)


def test_a_serial_number_is_a_date_only_where_told():
    assert parse_date("45000", None).values == ()
    assert parse_excel_serial("45000.5").values == (datetime(2023, 3, 15, 12, 0),)
    assert parse_excel_serial("soon").problems[0].code == "date_invalid"


@pytest.mark.parametrize("tag", SHEET_LOCALES)
def test_long_dates_of_every_language_of_the_sheets_are_read_back(tag):
    locale = tag.replace("-", "_")
    for month in range(1, 13):
        day = date(2023, month, 17)
        for width in ("long", "medium", "full"):
            written = format_date(day, width, locale=locale)
            assert parse_date(written, DMY).values == (day,), written


@given(days)
@settings(max_examples=150, deadline=None)
def test_a_day_written_in_an_order_is_read_back_in_it(day):
    assert parse_date(day.isoformat(), None).values == (day,)
    assert parse_date(f"{day.day}/{day.month}/{day.year}", DMY).values == (day,)
    assert parse_date(f"{day.month}/{day.day}/{day.year}", MDY).values == (day,)


@given(st.lists(days, min_size=1, max_size=8), st.sampled_from([DMY, MDY]))
@settings(max_examples=150, deadline=None)
def test_a_learned_order_is_never_the_wrong_one(column, order):
    form = "{0.day}/{0.month}/{0.year}" if order is DMY else "{0.month}/{0.day}/{0.year}"
    typed = [form.format(day) for day in column]
    learned = learn_date_order(typed)
    assert learned in (order, None, YMD)
    if learned is not None:
        assert [parse_date(text, learned).first for text in typed] == column


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)))
@settings(max_examples=150, deadline=None)
def test_a_moment_in_iso_form_is_read_back(moment):
    whole = moment.replace(microsecond=0)
    assert parse_moment(whole.isoformat(), None).values == (whole,)
    assert parse_moment(whole.strftime("%m/%d/%Y %I:%M:%S %p"), MDY).values == (whole,)


@given(st.text(alphabet=st.sampled_from("0123456789/-. :,MayPM年月日م٢"), max_size=25) | st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_parsers(text):
    for order in (None, *DateOrder):
        for parsed in (parse_date(text, order), parse_moment(text, order)):
            assert all(problem.message for problem in parsed.problems)
    learn_date_order([text])
    parse_excel_serial(text)
