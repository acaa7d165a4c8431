"""What reviewers decided adjusts the weights, and a part of it only measures."""

from __future__ import annotations

import pytest

from tests.cast import add_person
from wmcrm.db import Session
from wmcrm.dedupe import judge, learning, merge, scan
from wmcrm.matching import shipped_model
from wmcrm.models import Verdict


def test_a_few_verdicts_change_nothing(session: Session) -> None:
    one, other = add_person(session, "Awa Sow"), add_person(session, "Awa Sow")
    judge(session, one, other, Verdict.SAME)
    assert learning.adjusted_to_verdicts(session, shipped_model()) == (shipped_model(), None)


def test_many_verdicts_adjust_the_weights_and_give_a_figure_also_of_merged_records(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST_VERDICTS", 30)
    for number in range(40):
        details = {"country": "SN", "email": f"awa{number}@example.org"}
        one = add_person(session, f"Awa Sow {number}", **details)
        other = add_person(session, f"Awa Sow {number}", **details)
        if number % 4:
            judge(session, one, other, Verdict.SAME)
        else:
            merge(session, one, other)
    report = scan(session)
    assert report.model_version.endswith("+verdicts")
    assert report.precision == 1.0
