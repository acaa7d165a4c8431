"""Who is the person of a row? Exact keys with compatible names, and never a guess."""

from __future__ import annotations

import pytest

from wmcrm.importer.answers import Answer, Key, NameSaid, keys_of
from wmcrm.importer.decide import Conflict, Decision, Match, Nobody, decide_match
from wmcrm.importer.known import KnownPeople, KnownPerson, SheetMemory
from wmcrm.importer.values import everything, remember


def known_person(
    number: int,
    *names: str,
    usernames: tuple[str, ...] = (),
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = (),
) -> KnownPerson:
    return KnownPerson(number, names, frozenset(keys_of(usernames, emails, phones)))


def known(*people: KnownPerson) -> KnownPeople:
    carriers: dict[Key, tuple[int, ...]] = {}
    for person in people:
        for key in person.keys:
            carriers[key] = (*carriers.get(key, ()), person.person_id)
    return KnownPeople({person.person_id: person for person in people}, carriers)


def answer(name: str | None = None, row: int = 2, **keys: tuple[str, ...]) -> Answer:
    return Answer(row, NameSaid(name) if name else None, **keys)


def decide(said: Answer, *people: KnownPerson, memory: SheetMemory | None = None) -> Decision:
    return decide_match(said, known(*people), memory or SheetMemory())


def remembering(*answers: Answer) -> SheetMemory:
    memory = SheetMemory()
    for said in answers:
        remember(said, -said.row, everything(said, holding=False), memory)
    return memory


AICHA = known_person(1, "Aïcha Diop", usernames=("Aicha D",), emails=("aicha@example.org",), phones=("+221771234567",))
OMAR = known_person(2, "Omar Ba", usernames=("OmarB",), emails=("omar@example.org",))


@pytest.mark.parametrize(
    ("keys", "by"),
    [
        ({"usernames": ("Aicha D",)}, "username"),
        ({"emails": ("aicha+list@example.org",)}, "email"),
        ({"phones": ("+221771234567",)}, "phone"),
        ({"usernames": ("Aicha D",), "emails": ("aicha@example.org",)}, "username"),
        ({"usernames": ("Aicha D",), "emails": ("new@example.org",)}, "username"),
    ],
)
def test_a_key_with_a_compatible_name_is_a_match(keys: dict[str, tuple[str, ...]], by: str) -> None:
    assert decide(answer("Diop Aicha", **keys), AICHA, OMAR) == Match(1, by)


def test_a_name_alone_never_matches() -> None:
    assert decide(answer("Aïcha Diop"), AICHA) == Nobody()


def test_a_shared_mailbox_with_another_name_is_held() -> None:
    found = decide(answer("Fatou Sow", emails=("aicha@example.org",)), AICHA)
    assert isinstance(found, Conflict)
    assert [candidate.ref for candidate in found.candidates] == [1]
    assert found.candidates[0].by == ("email",)


def test_keys_that_point_to_two_people_are_held_with_both() -> None:
    found = decide(answer("Aïcha Diop", usernames=("Aicha D",), emails=("omar@example.org",)), AICHA, OMAR)
    assert isinstance(found, Conflict)
    assert {candidate.ref for candidate in found.candidates} == {1, 2}


def test_a_key_of_two_records_is_held() -> None:
    twin = known_person(3, "Aïcha Diop", emails=("aicha@example.org",))
    assert isinstance(decide(answer("Aïcha Diop", emails=("aicha@example.org",)), AICHA, twin), Conflict)


def test_a_telephone_alone_without_a_name_is_held_but_a_mailbox_is_not() -> None:
    assert isinstance(decide(answer(phones=("+221771234567",)), AICHA), Conflict)
    assert decide(answer(emails=("aicha@example.org",)), AICHA) == Match(1, "email")


def test_namesakes_with_one_telephone_but_two_mailboxes_are_held() -> None:
    said = answer("Aïcha Diop", emails=("other@example.org",), phones=("+221771234567",))
    assert isinstance(decide(said, AICHA), Conflict)


def test_another_username_speaks_against_a_shared_mailbox() -> None:
    said = answer("Aïcha Diop", usernames=("Somebody else",), emails=("aicha@example.org",))
    assert isinstance(decide(said, AICHA), Conflict)


def test_somebody_of_another_holder_is_not_named_but_told_to_stewards() -> None:
    elsewhere = KnownPerson(7, ("Dana Rojas",), frozenset(keys_of((), ("dana@example.org",), ())), in_scope=False)
    found = decide(answer("Dana Rojas", emails=("dana@example.org",)), elsewhere)
    assert isinstance(found, Nobody)
    assert [candidate.ref for candidate in found.elsewhere] == [7]


def test_the_same_person_twice_in_a_sheet_is_one() -> None:
    memory = remembering(answer("Fatou Sow", row=2, emails=("fatou@example.org",)))
    again = answer("Sow Fatou", row=9, emails=("fatou@example.org",))
    assert decide(again, memory=memory) == Match(-2, "row 2")


def test_two_people_of_one_mailbox_in_a_sheet_are_held_apart_and_known_again() -> None:
    memory = remembering(answer("Fatou Sow", row=2, emails=("family@example.org",)))
    husband = answer("Ibrahima Fall", row=3, emails=("family@example.org",), usernames=("IbraF",))
    found = decide(husband, memory=memory)
    assert isinstance(found, Conflict)
    remember(husband, -3, everything(husband, holding=False), memory)
    memory.people[-3].candidates = (-2,)
    again = answer("Ibrahima Fall", row=8, emails=("family@example.org",), usernames=("IbraF",))
    assert decide(again, memory=memory) == Match(-3, "row 3")
    wife = answer("Fatou Sow", row=9, emails=("family@example.org",))
    assert decide(wife, memory=memory) == Match(-2, "row 2")
