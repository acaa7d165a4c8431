"""Prepared lists: only who may be written to, for 30 days, judged again at each opening, as files without formulas."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import pytest

from tests.cast import Cast, invite_cast
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, record_decision, withdraw
from wmcrm.db import OPERATOR, Session
from wmcrm.errors import BadInputError, NotFoundError
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, Person, now_utc
from wmcrm.outreach import (
    LIST_COLUMNS,
    ListFormat,
    find_list,
    list_file,
    open_list,
    outreach,
    people_of_list,
    permitted_ids,
    prepare_permitted,
    prepared_lists,
    wrote_lately,
)

FOR = {"purpose": "newsletter", "channel": Channel.EMAIL}


@pytest.fixture
def cast(session: Session) -> Cast:
    return invite_cast(session)


def agree(session: Session, *people: Person) -> None:
    act = Act(ConsentMethod.FORM, dt.date(2026, 3, 4), notice="v3")
    for person in people:
        record_decision(session, person, ConsentDecision.GIVEN, **FOR, act=act)


def everybody(cast: Cast) -> Sequence[int]:
    return [cast.aicha.id, cast.omar.id, cast.chen.id, cast.dana.id]


def test_a_list_takes_only_who_may_be_written_to(session: Session, cast: Cast) -> None:
    agree(session, cast.dana, cast.aicha)
    made = prepare_permitted(session, everybody(cast), **FOR, reason="Spring letter")
    assert permitted_ids(session, everybody(cast), **FOR) == [cast.aicha.id, cast.dana.id]
    assert people_of_list(session, made.public_id) == [cast.aicha.id, cast.dana.id]
    kept = find_list(session, made.public_id)
    assert (kept.people, kept.opened, kept.purpose) == (2, 0, "newsletter")
    assert kept.use_by == now_utc().date() + dt.timedelta(days=30)
    assert kept.is_usable(kept.use_by) and not kept.is_usable(kept.use_by + dt.timedelta(days=1))


def test_a_list_of_nobody_or_without_a_reason_is_not_made(session: Session, cast: Cast) -> None:
    with pytest.raises(BadInputError, match="no list was made"):
        prepare_permitted(session, everybody(cast), **FOR, reason="Spring letter")
    agree(session, cast.aicha)
    with pytest.raises(BadInputError, match="one line"):
        prepare_permitted(session, everybody(cast), **FOR, reason="  ")
    assert prepared_lists(session) == []


def test_each_account_sees_its_own_lists_the_newest_first(session: Session, cast: Cast) -> None:
    agree(session, cast.aicha)
    names: dict[str, list[str]] = {}
    for name in ("edith", "fatou"):
        session.info["actor"] = OPERATOR
        create_account(session, name, role="editor")
        session.info["actor"] = find_actor(session, name)
        made = [prepare_permitted(session, everybody(cast), **FOR, reason=reason) for reason in ("one", "two")]
        names[name] = [one.public_id for one in reversed(made)]
        assert [row.public_id for row in prepared_lists(session)] == names[name]
    with pytest.raises(NotFoundError):
        find_list(session, names["edith"][0])
    session.info["actor"] = OPERATOR
    assert [row.public_id for row in prepared_lists(session)] == [*names["fatou"], *names["edith"]]


def test_who_withdrew_is_on_no_file_and_counted(session: Session, cast: Cast) -> None:
    agree(session, cast.aicha, cast.dana)
    made = prepare_permitted(session, everybody(cast), **FOR, reason="Spring letter")
    withdraw(session, cast.aicha, purpose="newsletter", act=Act(ConsentMethod.SELF_SERVICE, dt.date(2026, 3, 20)))
    result = open_list(session, made.public_id)
    content = list_file(result, find_list(session, made.public_id), ListFormat.CSV).decode()
    assert (len(result.permitted), sum(result.withheld.values())) == (1, 1)
    assert "dana@example.org" in content
    assert "aicha@" not in content
    assert find_list(session, made.public_id).opened == 1


@pytest.mark.parametrize("kind", ListFormat)
def test_a_name_that_looks_like_a_formula_does_not_run_in_a_file(
    session: Session, cast: Cast, kind: ListFormat
) -> None:
    cast.aicha.display_name = '=HYPERLINK("http://evil.example","Aïcha")'
    agree(session, cast.aicha)
    made = prepare_permitted(session, everybody(cast), **FOR, reason="Spring letter")
    content = list_file(open_list(session, made.public_id), find_list(session, made.public_id), kind)
    if kind is ListFormat.CSV:
        head, line = content.decode("utf-8-sig").splitlines()
        assert head.replace('"', "") == ",".join(LIST_COLUMNS)
        assert line.startswith("\"'=HYPERLINK")
        assert made.use_by.isoformat() in line
    else:
        openpyxl = pytest.importorskip("openpyxl")
        page = openpyxl.load_workbook(io.BytesIO(content)).active
        assert (page["A2"].value, page["A2"].data_type) == (cast.aicha.display_name, "s")


def test_the_hint_counts_teams_of_other_affiliates_too(session: Session, cast: Cast) -> None:
    agree(session, cast.aicha)
    outreach(session, [cast.aicha.id], **FOR, reason="Letter")
    create_account(session, "edith", role="editor", affiliate="WSN")
    session.info["actor"] = find_actor(session, "edith")
    assert wrote_lately(session, [cast.aicha.id, cast.omar.id]) == {cast.aicha.id: 1}
    (point,) = outreach(session, [cast.aicha.id], **FOR, reason="Letter").permitted
    assert point.other_teams == 1
    session.info["actor"] = OPERATOR
