"""An editor imports for her own affiliate: people whom only others hold are neither shown nor linked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlmodel import col

from tests.cast import Cast, add_person
from tests.importer.sheets import bring, counts, options, run_of, settled_cast, sheet
from wmcrm.db import OPERATOR, Actor, Session
from wmcrm.errors import NotAllowedError, NotFoundError
from wmcrm.importer import Decisions, failed_rows, find_run, plan_signups, run_rows, undo_import
from wmcrm.models import Account, Affiliate, CandidatePair, Holding, ImportedRow, Participation, Person, now_utc

DANA = "Name,E-mail,Wikimedia username\nDana Rojas,dana@example.org,DanaR\n"


@pytest.fixture
def cast(session: Session) -> Cast:
    return settled_cast(session)


def act(session: Session, affiliate: Affiliate) -> None:
    """From now on an editor of the affiliate works in the session."""
    session.info["actor"] = Actor(
        "editor", account_id=None, roles=frozenset({"editor"}), affiliate_ids=frozenset({affiliate.id})
    )


def people_called(session: Session, name: str) -> list[Person]:
    session.info["actor"] = OPERATOR
    query = sa.select(Person).where(col(Person.display_name) == name).order_by(col(Person.id))
    return list(session.scalars(query))


def test_a_person_of_another_affiliate_gets_a_record_of_her_own_here(session: Session, cast: Cast) -> None:
    act(session, cast.senegal)
    report = bring(session, DANA, cast.meetup)
    assert counts(report) == {"new": 1}
    theirs, ours = people_called(session, "Dana Rojas")
    assert theirs.id == cast.dana.id
    holders = session.scalars(
        sa.select(col(Holding.holder_affiliate_id)).where(col(Holding.person_id) == ours.id)
    ).all()
    assert holders == [cast.senegal.id]
    attended = session.scalars(sa.select(col(Participation.person_id))).all()
    assert attended == [ours.id]


def test_stewards_are_told_of_the_pair_and_the_editor_is_not(session: Session, cast: Cast) -> None:
    act(session, cast.senegal)
    plan = plan_signups(session, sheet(DANA), options(cast.meetup), keep_rows=10)
    said = " ".join(issue.message for action in plan.actions for issue in action.issues)
    assert "known" not in said
    bring(session, DANA, cast.meetup)
    assert session.scalars(sa.select(CandidatePair)).all() == []
    theirs, ours = people_called(session, "Dana Rojas")
    pair = session.scalars(sa.select(CandidatePair)).one()
    assert (pair.person_a_id, pair.person_b_id) == (theirs.id, ours.id)


def test_a_candidate_of_another_affiliate_is_on_no_card(session: Session, cast: Cast) -> None:
    add_person(session, "Somebody Else", holder=cast.senegal, email="dana@example.org")
    act(session, cast.senegal)
    plan = plan_signups(session, sheet(DANA), options(cast.meetup), keep_rows=10)
    shown = {candidate.ref for action in plan.actions for candidate in getattr(action.action, "candidates", ())}
    assert cast.dana.id not in shown
    assert shown


def test_nobody_can_name_a_person_of_another_affiliate_as_the_one_of_a_row(session: Session, cast: Cast) -> None:
    act(session, cast.senegal)
    told = options(cast.meetup, decisions=Decisions(same={2: cast.dana.id}))
    plan = plan_signups(session, sheet(DANA), told, keep_rows=10)
    assert [action.outcome for action in plan.actions if action.row.kind == "person"] == ["new"]


def test_a_row_that_another_affiliate_imported_for_the_event_is_not_linked_to_their_person(
    session: Session, cast: Cast
) -> None:
    act(session, cast.chile)
    bring(session, DANA, cast.meetup, affiliate="WCL")
    act(session, cast.senegal)
    report = bring(session, DANA, cast.meetup)
    assert counts(report) == {"new": 1}
    session.info["actor"] = OPERATOR
    row = session.scalars(
        sa.select(ImportedRow)
        .where(col(ImportedRow.run_id) == run_of(session, report).id)
        .where(col(ImportedRow.person_id).is_not(None))
    ).one()
    assert row.person_id != cast.dana.id


def test_a_namesake_whom_another_affiliate_imported_for_the_event_is_not_asked_about(
    session: Session, cast: Cast
) -> None:
    act(session, cast.chile)
    bring(session, "Name,City\nPedro Solo,Valdivia\n", cast.meetup, affiliate="WCL")
    act(session, cast.senegal)
    assert counts(bring(session, "Name,City\nPedro Solo,Dakar\n", cast.meetup)) == {"new": 1}


def test_an_editor_imports_in_the_name_of_her_own_affiliate_only(session: Session, cast: Cast) -> None:
    act(session, cast.senegal)
    with pytest.raises(NotAllowedError):
        bring(session, DANA, cast.meetup, affiliate="WCL")
    with pytest.raises(NotAllowedError):
        plan_signups(session, sheet(DANA), options(cast.meetup, affiliate="WCL"))


def test_a_person_whose_holding_ended_is_out_of_reach(session: Session, cast: Cast) -> None:
    holding = session.scalars(sa.select(Holding).where(col(Holding.person_id) == cast.aicha.id)).one()
    holding.until = now_utc().date()
    cast.aicha.holder_affiliate_id = cast.senegal.id
    session.flush()
    act(session, cast.senegal)
    report = bring(session, "Name,E-mail\nAïcha Diop,aicha@example.org\n", cast.meetup)
    assert counts(report) == {"new": 1}


def test_her_own_people_are_linked_as_ever(session: Session, cast: Cast) -> None:
    act(session, cast.senegal)
    assert counts(bring(session, "Name,E-mail\nAïcha Diop,aicha@example.org\n", cast.meetup)) == {"matched": 1}


def test_the_import_of_another_affiliate_cannot_be_opened(session: Session, cast: Cast) -> None:
    act(session, cast.chile)
    report = bring(session, DANA, cast.meetup, affiliate="WCL")
    act(session, cast.senegal)
    with pytest.raises(NotFoundError):
        find_run(session, str(report.run))


def test_the_rows_of_a_sheet_are_for_who_imported_it_and_a_steward_takes_it_back(session: Session, cast: Cast) -> None:
    accounts = [Account(name=name, fs_uniquifier=name) for name in ("Aida", "Omar", "Sami")]
    session.add_all(accounts)
    session.flush()
    aida, omar, sami = (
        Actor(one.name, account_id=one.id, roles=frozenset({role}), affiliate_ids=frozenset({cast.senegal.id}))
        for one, role in zip(accounts, ("editor", "editor", "steward"), strict=True)
    )
    session.info["actor"] = aida
    run = find_run(session, str(bring(session, DANA, cast.meetup).run))
    assert len(list(run_rows(session, run))) == 2
    assert failed_rows(session, run).rows == ()
    for other in (omar, sami):
        session.info["actor"] = other
        with pytest.raises(NotAllowedError, match="Only who imported"):
            list(run_rows(session, run))
        with pytest.raises(NotAllowedError, match="Only who imported"):
            failed_rows(session, run)
    session.info["actor"] = omar
    with pytest.raises(NotAllowedError, match="or a steward"):
        undo_import(session, run)
    session.info["actor"] = sami
    assert undo_import(session, run).reversed["person"] == 1
