"""What must hold whatever happens in whatever order: give, withdraw, claim, import, merge, unmerge, erase, seal."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.engine import Engine
from sqlmodel import SQLModel

from tests.cast import add_affiliate, add_event, add_person
from tests.conftest import BACKENDS
from tests.importer.sheets import bring, counts
from wmcrm.consent import Act, record_decision, refresh_states, withdraw
from wmcrm.db import OPERATOR, Actor, Session, acting_as, open_engine
from wmcrm.db.engine import writing
from wmcrm.dedupe import merge, unmerge
from wmcrm.errors import ConflictError
from wmcrm.importer import ConsentTerms
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ConsentState,
    ContactPoint,
    Holding,
    Merge,
    Participation,
    Person,
    PersonName,
    PersonStatus,
    Protection,
    SealedValue,
    WikiAccount,
    metadata,
    now_utc,
)
from wmcrm.models.people import PLACE
from wmcrm.models.tracking import UNTRACKED_COLUMNS, plain, tracked
from wmcrm.outreach import Keyring, outreach, use_keyring
from wmcrm.privacy import (
    erase_person,
    identifiers_of_row,
    make_steward_key,
    seal_person,
    sealed_hits,
    subject_of,
    suppressed_identifiers,
    unseal,
)

Opening = Callable[[], AbstractContextManager[Session]]
PURPOSES = ("newsletter", "event_follow_up")
ABOUT = st.sampled_from(PURPOSES)
FACTS = (PersonName, ContactPoint, WikiAccount, Participation)


@dataclass
class Record:
    """What the test remembers of a record it made: nothing of it is read back from the database."""

    number: int
    person_id: int
    erased: bool = False
    sealed: bool = False

    @property
    def email(self) -> str:
        return f"canary{self.number}@example.org"

    @property
    def username(self) -> str:
        return f"Canary{self.number}"


@dataclass
class Said:
    """A decision: when in the order of things, about what, and of which records (merged ones together)."""

    order: int
    purpose: str
    of: frozenset[int]


@dataclass
class Memory:
    records: list[Record] = field(default_factory=list)
    given: list[Said] = field(default_factory=list)
    withdrawn: list[Said] = field(default_factory=list)
    ghosts: set[int] = field(default_factory=set)
    together: list[set[int]] = field(default_factory=list)


class Lives(RuleBasedStateMachine):
    """People to whom everything happens; the invariants are looked at after every step."""

    people = Bundle("people")

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self.entered = opening()
        self.session: Session = self.entered.__enter__()
        self.memory = Memory()
        self.clock = itertools.count()
        self.asked_about = itertools.cycle(PURPOSES)
        self.moved = True

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.the_history_replays_to_every_row()
        finally:
            self.entered.__exit__(None, None, None)

    @initialize(target=people)
    def begin(self) -> MultipleResults[Record]:
        self.event = add_event(self.session, "Meetup", dt.date(2026, 3, 4))
        self.affiliates = [add_affiliate(self.session, code, code, "SN") for code in ("WONE", "WTWO")]
        self.read_in_turn = itertools.cycle(itertools.product(self.affiliates, FACTS))
        keys = self.session.scalar(sa.select(sa.func.count()).select_from(metadata.tables["steward_key"]))
        if not keys:
            make_steward_key(self.session, "rosa")
        return multiple(self.arrive_anew(), self.arrive_anew())

    @rule(target=people)
    def arrive(self) -> Record:
        return self.arrive_anew()

    def arrive_anew(self) -> Record:
        record = Record(len(self.memory.records), 0)
        self.moved = True
        self._create(record)
        self.memory.records.append(record)
        return record

    def _create(self, record: Record) -> None:
        name = f"Canary Number{record.number}"
        holder = self.affiliates[record.number % 2]
        person = add_person(self.session, name, holder=holder, email=record.email, username=record.username)
        mine = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": holder.id}
        self.session.add(Participation(**mine, event_id=self.event.id, attended="yes"))
        self.session.flush()
        record.person_id = person.id

    @rule(record=people)
    def come_back_in_a_sheet(self, record: Record) -> None:
        """An importer asks before it stores anything; only whoever was erased is withheld."""
        row = identifiers_of_row(emails=[record.email.upper()], usernames=[record.username])
        assert suppressed_identifiers(self.session, row) == (row if record.erased else set())
        hit = {number for numbers in sealed_hits(self.session, row).values() for number in numbers}
        assert bool(hit) == record.sealed

    @rule(record=people, purpose=ABOUT)
    def give(self, record: Record, purpose: str) -> None:
        if record.erased:
            return
        person = self._act_on(record)
        act = Act(ConsentMethod.FORM, now_utc().date(), notice="v3")
        record_decision(self.session, person, ConsentDecision.GIVEN, purpose=purpose, channel=Channel.EMAIL, act=act)
        self._remember(person, purpose, self.memory.given)

    @rule(record=people, purpose=ABOUT)
    def take_back(self, record: Record, purpose: str) -> None:
        if record.erased:
            return
        person = self._act_on(record)
        withdraw(self.session, person, purpose=purpose, act=Act(ConsentMethod.SELF_SERVICE, now_utc().date()))
        self._remember(person, purpose, self.memory.withdrawn)

    @rule(record=people, purpose=ABOUT, proven=st.booleans())
    def be_claimed_by_a_sheet(self, record: Record, purpose: str, proven: bool) -> None:
        if record.erased:
            return
        person = self._act_on(record)
        act = Act(ConsentMethod.IMPORT, now_utc().date(), notice="v3")
        entry = record_decision(
            self.session, person, ConsentDecision.GIVEN, purpose=purpose, channel=Channel.EMAIL, act=act
        )
        entry.proven = proven
        self.session.flush()
        refresh_states(self.session, [person.id])

    @rule(record=people, city=st.sampled_from(["Dakar", "Thiès", ""]))
    def be_edited(self, record: Record, city: str) -> None:
        if record.erased or record.sealed:
            return
        person = self._act_on(record)
        person.residence_city = city or None
        self.session.flush()

    @rule(record=people, purpose=ABOUT, agrees=st.sampled_from(["yes", "no", ""]))
    def be_in_a_sheet(self, record: Record, purpose: str, agrees: str) -> None:
        """Whoever is known or erased: no record more, and the same sheet again changes nothing.

        A sealed person's row makes a record like a stranger's, so that the importer learns nothing.
        """
        if record.sealed:
            return
        self.moved = True
        line = f"Canary Number{record.number},{record.email},{record.username},{agrees}\n"
        text = "Name,Email,Username,Do you agree to be contacted?\n" + line
        told = {"consent_purpose": purpose, "terms": ConsentTerms("v3")}
        before = self._count(Person)
        report = bring(self.session, text, self.event, **told)
        assert self._count(Person) == before
        assert not record.erased or set(counts(report)) <= {"skipped"}
        once = self._count(ConsentEvent), self._count(Participation)
        again = bring(self.session, text, self.event, **told)
        assert set(counts(again)) <= {"unchanged", "skipped"}
        assert (self._count(ConsentEvent), self._count(Participation)) == once

    def _count(self, table: type[SQLModel]) -> int:
        return self.session.execute(sa.select(sa.func.count()).select_from(table.__table__)).scalar_one()

    def _remember(self, person: Person, purpose: str, log: list[Said]) -> None:
        log.append(Said(next(self.clock), purpose, frozenset(subject_of(self.session, person).ids)))

    @rule(one=people, other=people)
    def be_merged(self, one: Record, other: Record) -> None:
        if one.erased or other.erased or one.sealed or other.sealed:
            return
        survivor, absorbed = self._act_on(one), self._act_on(other)
        if survivor.id != absorbed.id:
            merge(self.session, survivor, absorbed)
            self.memory.together.append({survivor.id, absorbed.id})

    @rule(data=st.data())
    def be_unmerged(self, data: st.DataObject) -> None:
        standing = self.session.scalars(sa.select(Merge).where(Merge.undone_at.is_(None)).order_by(Merge.id)).all()
        if not standing:
            return
        chosen = data.draw(st.sampled_from(standing))
        if self.session.get(Person, chosen.survivor_id).protection is Protection.SEALED:
            return
        self.moved = True
        try:
            with self.session.begin_nested():
                unmerge(self.session, chosen)
        except ConflictError:
            return

    @rule(record=people)
    def be_erased(self, record: Record) -> None:
        if record.erased:
            return
        person = self._act_on(record)
        gone = set(subject_of(self.session, person).ids)
        if not record.sealed:
            self.memory.ghosts.add(person.id)
        erase_person(self.session, person, by=OPERATOR)
        for one in self.memory.records:
            if one.person_id in gone:
                one.erased, one.sealed = True, False

    @rule(record=people)
    def be_sealed(self, record: Record) -> None:
        if record.erased or record.sealed:
            return
        self._mark_sealed(record, sealed=True)

    @rule(record=people)
    def be_unsealed(self, record: Record) -> None:
        if record.sealed:
            self._mark_sealed(record, sealed=False)

    def _mark_sealed(self, record: Record, *, sealed: bool) -> None:
        person = self._act_on(record)
        within = set(subject_of(self.session, person).ids)
        if sealed:
            seal_person(self.session, person, ["rosa"])
        else:
            unseal(self.session, person)
            for number in within:
                self.session.get(Person, number).protection = Protection.NORMAL
            self.session.flush()
        for one in self.memory.records:
            if one.person_id in within:
                one.sealed = sealed

    def _act_on(self, record: Record) -> Person:
        self.moved = True
        return self._whole(record)

    def _whole(self, record: Record) -> Person:
        found = self.session.get(Person, record.person_id)
        assert found is not None
        return subject_of(self.session, found).person

    @invariant()
    def the_promises_hold(self) -> None:
        """Looked at after every step that did something."""
        if self.moved:
            self.permitted_and_withheld_are_everybody()
            self.the_state_is_the_fold_of_the_log()
            self.nothing_of_the_erased_or_sealed_can_be_read()
            self.the_event_counts_everybody_but_sealed_people()
            self.no_key_is_an_orphan()
            self.whoever_reads_for_one_affiliate_sees_only_what_it_holds()
        self.moved = False

    def permitted_and_withheld_are_everybody(self) -> None:
        everybody = {record.person_id for record in self.memory.records}
        purpose = next(self.asked_about)  # in turn: to ask about both each time is a third of the cost of a run
        result = outreach(self.session, everybody, purpose=purpose, channel=Channel.EMAIL, reason="Look")
        assert len(result.permitted) + sum(result.withheld.values()) == result.audience == len(everybody)
        for point in result.permitted:
            self._had_a_ground(point.person, purpose)

    def _had_a_ground(self, public_id: str, purpose: str) -> None:
        """Whoever may be written to gave a consent after every withdrawal of each record they are made of."""
        person = self.session.scalars(sa.select(Person).where(Person.public_id == public_id)).one()
        assert person.protection is Protection.NORMAL and person.status is PersonStatus.ACTIVE
        for member in subject_of(self.session, person).ids:
            for said in self.memory.withdrawn:
                if said.purpose == purpose and member in said.of:
                    assert any(
                        later.order > said.order and later.purpose == purpose and member in later.of
                        for later in self.memory.given
                    )

    def the_state_is_the_fold_of_the_log(self) -> None:
        def states() -> list[tuple[object, ...]]:
            table = metadata.tables[str(ConsentState.__tablename__)]
            return sorted(map(str, self.session.execute(sa.select(table)).all()))

        before = states()
        refresh_states(self.session, self.session.scalars(sa.select(Person.id)).all())
        assert states() == before

    def nothing_of_the_erased_or_sealed_can_be_read(self) -> None:
        gone = [record for record in self.memory.records if record.erased or record.sealed]
        self.session.flush()
        names = set(self.session.scalars(sa.select(Person.display_name))) | set(
            self.session.scalars(sa.select(PersonName.name))
        )
        emails = set(self.session.scalars(sa.select(ContactPoint.normalized)))
        usernames = set(self.session.scalars(sa.select(WikiAccount.username)))
        history = " ".join(map(str, self.session.scalars(sa.select(metadata.tables["change"].c.operations))))
        for record in gone:
            assert f"Canary Number{record.number}" not in names
            assert record.email not in emails and record.username not in usernames
            assert f"{record.email}'" not in history

    def the_event_counts_everybody_but_sealed_people(self) -> None:
        """Erased people too; those who were merged once."""
        part = metadata.tables["participation"]
        live = sa.select(part.c.person_id).where(part.c.removed_at.is_(None), part.c.superseded_by_id.is_(None))
        in_use = {self._whole(one).id for one in self.memory.records if not (one.erased or one.sealed)}
        assert set(self.session.scalars(live)) == in_use | self.memory.ghosts

    def whoever_reads_for_one_affiliate_sees_only_what_it_holds(self) -> None:
        """One affiliate and one kind of fact in turn."""
        affiliate, fact = next(self.read_in_turn)
        reader = Actor("Reader", roles=frozenset({"viewer"}), affiliate_ids=frozenset({affiliate.id}))
        holding, part = metadata.tables["holding"], metadata.tables["participation"]
        held = sa.select(holding.c.person_id).where(
            holding.c.holder_affiliate_id == affiliate.id, holding.c.removed_at.is_(None)
        )
        mine = set(self.session.execute(held).scalars())
        # What a merge made of several participations is seen by everybody who recorded one of them.
        merged = sa.select(part.c.superseded_by_id).where(part.c.holder_affiliate_id == affiliate.id)
        united = set(self.session.execute(merged).scalars()) if fact is Participation else set()
        with acting_as(self.session, reader):
            assert set(self.session.scalars(sa.select(Person.id))) <= mine
            whose = sa.select(fact.id, fact.person_id, fact.holder_affiliate_id)
            for number, person_id, holder_id in self.session.execute(whose):
                assert person_id in mine | self.memory.ghosts
                assert holder_id == affiliate.id or number in united

    def the_history_replays_to_every_row(self) -> None:
        """Of people who are neither erased nor sealed, nor were ever one with such: of those the history forgets."""
        gone = {record.person_id for record in self.memory.records if record.erased or record.sealed}
        for _ in self.memory.together:
            gone.update(*(both for both in self.memory.together if both & gone))
        change = metadata.tables["change"]
        replayed: dict[tuple[str, int], dict[str, object]] = {}
        for operations in self.session.execute(sa.select(change.c.operations).order_by(change.c.id)).scalars():
            for table, number, _, after in operations:
                replayed.setdefault((table, number), {}).update(after or {})
        for row in tracked(self.session.scalars(sa.select(Person)).all()):
            place = {name: getattr(row, name) for name in PLACE}
            assert row.id in gone or _said(replayed["person", row.id]) == _values(row) | _said(place)
        for fact in (*FACTS, Holding, ConsentEvent):
            for row in self.session.scalars(sa.select(fact)).all():
                if not gone & {row.person_id, row.recorded_for_id}:
                    assert _said(replayed[str(fact.__tablename__), row.id]) == _values(row)

    def no_key_is_an_orphan(self) -> None:
        sealed = set(self.session.scalars(sa.select(Person.id).where(Person.protection == Protection.SEALED)))
        with_values = set(self.session.scalars(sa.select(SealedValue.person_id)))
        with_keys = set(self.session.scalars(sa.select(metadata.tables["sealed_key"].c.person_id)))
        assert with_values == with_keys <= sealed


def _said(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}


def _values(row: SQLModel) -> dict[str, object]:
    found = {key: plain(value) for key, value in row.model_dump().items() if key not in UNTRACKED_COLUMNS}
    return _said(found)


@pytest.fixture(params=BACKENDS)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opening]:
    """Opens sessions over one database each time, all of whose writes are rolled back."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "lives.sqlite3")
        engine = open_engine(f"sqlite:///{tmp_path / 'lives.sqlite3'}")
    else:
        engine = request.getfixturevalue("shared_postgres")
    yield lambda: rolled_back(engine, tmp_path / "data")
    if request.param == "sqlite":
        engine.dispose()


@contextmanager
def rolled_back(engine: Engine, keys: Path) -> Iterator[Session]:
    with writing(engine).connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        session.info.update(actor=OPERATOR, writing=True)
        use_keyring(session, Keyring(keys))
        for file in (keys / "stewards").glob("*"):
            file.unlink()
        yield session
        session.close()
        outer.rollback()


def live(opening: Opening, **chosen: int | bool) -> None:
    run_state_machine_as_test(lambda: Lives(opening), settings=settings(deadline=None, **chosen))  # type: ignore[arg-type]


def test_whatever_happens_to_people_the_promises_hold(opening: Opening) -> None:
    live(opening, max_examples=8, stateful_step_count=12)


@pytest.mark.long
@pytest.mark.parametrize("part", range(20))
def test_whatever_happens_to_people_the_promises_hold_ten_thousand_times(opening: Opening, part: int) -> None:
    """Ten thousand sequences on each kind of database, in parts that say how far a run came.

    Where CI is set Hypothesis would try the same sequences in each part.
    """
    live(opening, max_examples=500, stateful_step_count=10, derandomize=False)
