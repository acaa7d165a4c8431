"""Two stewards at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.engine import Engine

from tests.cast import add_person
from wmcrm.db import OPERATOR, session_scope
from wmcrm.dedupe import merge
from wmcrm.errors import ConflictError
from wmcrm.models import Person


def test_the_second_of_two_stewards_who_merge_the_same_pair_is_told_so(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        ids = [add_person(session, name).id for name in ("Aïcha Diop", "A. Diop")]
    loaded, refusals = threading.Barrier(2, timeout=20), []

    def steward() -> None:
        with session_scope(engine, OPERATOR, writing=engine.dialect.name == "sqlite") as session:
            one, other = (session.get(Person, number) for number in ids)
            if engine.dialect.name == "postgresql":  # SQLite lets one writer begin at a time
                loaded.wait()
            try:
                merge(session, one, other)
                session.commit()
            except ConflictError as refusal:
                session.rollback()
                refusals.append(str(refusal))

    threads = [threading.Thread(target=steward) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1
    assert "merged meanwhile" in refusals[0]


def test_a_merge_that_fails_leaves_nothing(engine: Engine) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        ids = [add_person(session, name).id for name in ("Aïcha Diop", "A. Diop")]
    with pytest.raises(RuntimeError), session_scope(engine, OPERATOR, writing=True) as session:
        merge(session, *(session.get(Person, number) for number in ids))
        raise RuntimeError
    with session_scope(engine, OPERATOR) as session:
        assert [session.get(Person, number).merged_into_id for number in ids] == [None, None]
