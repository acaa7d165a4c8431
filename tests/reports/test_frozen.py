"""A frozen report stays as it was, and can say what has changed since."""

from __future__ import annotations

import pytest

from tests.cast import invite_cast
from tests.reports.test_event_results import SMALL
from tests.reports.world import AS_OF, bring
from wmcrm.db import Actor, Session
from wmcrm.errors import BadInputError, NotAllowedError, NotFoundError
from wmcrm.models import ImportKind, StoredFile
from wmcrm.reports import Question, find_frozen, freeze_report, list_frozen, make_report, what_changed

QUESTION = Question(AS_OF)
LATE = {"id": "9", "person_id": "4", "event_id": "2", "capacity": "participant", "status": "attended"}


def test_a_frozen_report_keeps_its_numbers_and_says_what_a_late_sheet_changed(session: Session) -> None:
    SMALL.store(session)
    frozen = freeze_report(session, make_report(session, "event-results", QUESTION), "Half-year 2026")
    bring(session, ImportKind.PARTICIPATIONS, [*SMALL.participations, LATE])

    kept = find_frozen(session, frozen.public_id)
    since = what_changed(session, kept, make_report(session, "event-results", QUESTION))

    assert (kept.title, kept.name) == ("Half-year 2026", "event-results")
    assert [row["attended"] for row in kept.rows] == [1, 2]
    changed = {(cell.column, cell.before, cell.after) for cell in since.cells}
    assert changed == {("attended", 2, 3), ("attended_least", 2, 3), ("new", 1, 2)}
    assert (since.imports, since.merges) == (1, 0)


def test_nothing_changed_means_no_cell(session: Session) -> None:
    SMALL.store(session)
    for name in ("path", "cohorts", "time-to-stage", "event-results"):
        made = make_report(session, name, QUESTION)
        assert what_changed(session, freeze_report(session, made, name), made).cells == ()
    assert [frozen.name for frozen in list_frozen(session)] == ["event-results", "time-to-stage", "cohorts", "path"]


def test_a_frozen_report_needs_a_title_and_a_name_that_exists(session: Session) -> None:
    SMALL.store(session)
    with pytest.raises(BadInputError):
        freeze_report(session, make_report(session, "path", QUESTION), " ")
    with pytest.raises(NotFoundError):
        find_frozen(session, "f_nothing")


def test_an_affiliate_freezes_reports_of_its_own_and_of_no_other(session: Session) -> None:
    cast = invite_cast(session)
    session.flush()
    session.info["actor"] = Actor("omar", roles=frozenset({"viewer"}), affiliate_ids=frozenset({cast.senegal.id}))
    with pytest.raises(NotAllowedError, match="of your own affiliate"):
        theirs = make_report(session, "path", Question(AS_OF, affiliate_id=cast.chile.id))
        freeze_report(session, theirs, "Planted")
    with pytest.raises(NotAllowedError, match="own affiliate only"), session.begin_nested():
        session.add(StoredFile(content_hash="", content=b"", purpose="any", holder_affiliate_id=cast.chile.id))
        session.flush()
    made = freeze_report(session, make_report(session, "path", QUESTION), "Ours")
    assert find_frozen(session, made.public_id).title == "Ours"
