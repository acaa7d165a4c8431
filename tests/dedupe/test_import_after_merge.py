"""After a merge a sheet finds the survivor, by whatever either record was known."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import add_person
from tests.dedupe.world import forgotten
from wmcrm.db import Session
from wmcrm.dedupe import candidates_for, merge, unmerge
from wmcrm.importer.answers import Key
from wmcrm.importer.lookup import LookupScope, find_known_people, survivors
from wmcrm.importer.signups import KeyKind
from wmcrm.matching import Profile
from wmcrm.models import Person
from wmcrm.upkeep import refresh_people

KINDS = st.sets(st.sampled_from(["username", "email", "phone"]), min_size=1)
VALUES = (
    {"username": "Awa N", "email": "awa@example.org", "phone": "+221771234501"},
    {"username": "A Ndiaye", "email": "ndiaye@example.org", "phone": "+221771234502"},
)


def written(session: Session, kinds: tuple[set[str], set[str]]) -> tuple[Person, Person]:
    one, other = (
        add_person(session, "Awa Ndiaye", country="SN", **{kind: values[kind] for kind in own})
        for own, values in zip(kinds, VALUES, strict=True)
    )
    return one, other


def carriers(session: Session, kind: str, value: str) -> tuple[int, ...]:
    key = Key(KeyKind(kind), value)
    return find_known_people(session, [key], (), LookupScope()).carriers.get(key, ())


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(kinds=st.tuples(KINDS, KINDS), turned=st.booleans())
def test_every_identifier_of_either_record_leads_to_the_survivor(
    session: Session, kinds: tuple[set[str], set[str]], turned: bool
) -> None:
    with forgotten(session):
        both = written(session, kinds)
        survivor, absorbed = reversed(both) if turned else both
        made = merge(session, survivor, absorbed)
        refresh_people(session, [survivor.id, absorbed.id])
        for own, values in zip(kinds, VALUES, strict=True):
            for kind in own:
                assert carriers(session, kind, values[kind]) == (survivor.id,)
                profile = Profile(key=0, names=("Awa Ndiaye",), country="SN", **{f"{kind}s": (values[kind],)})
                assert [one.person_id for one in candidates_for(session, profile).candidates] == [survivor.id]
        assert survivors(session, [absorbed.id]) == {absorbed.id: survivor.id}
        unmerge(session, made)
        for person, own, values in zip(both, kinds, VALUES, strict=True):
            for kind in own:
                assert carriers(session, kind, values[kind]) == (person.id,)
