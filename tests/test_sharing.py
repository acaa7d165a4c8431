"""What affiliates share: Dana's affiliate sees of Aïcha's what was granted, while it runs, and writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import col

from tests.cast import Cast, invite_cast
from tests.cli.runner import run
from tests.days import today
from wmcrm.accounts import create_account, find_actor
from wmcrm.consent import Act, find_purpose, record_decision, refresh_states
from wmcrm.db import OPERATOR, Session, open_session, session_scope
from wmcrm.db.search import matching_people
from wmcrm.directory import Wanted, find_organizers
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from wmcrm.history import changes_of
from wmcrm.models import (
    Channel,
    ConsentDecision,
    ConsentEvent,
    ConsentMethod,
    ContactPoint,
    EventRole,
    FieldGroup,
    Holding,
    LanguageSkill,
    Participation,
    Person,
    PersonName,
    PersonSummary,
    Protection,
    Residence,
    WikiAccount,
)
from wmcrm.models.scope import SHARED_TABLES
from wmcrm.outreach import (
    Keyring,
    Withheld,
    find_list,
    invite_to_confirm,
    open_list,
    outreach,
    people_of_list,
    prepare_permitted,
    reveal,
    use_keyring,
)
from wmcrm.people import briefs, find_people, show_person
from wmcrm.sharing import Terms, end, grant, list_sharing, may_share

NEXT_YEAR = today() + dt.timedelta(days=365)
NAMES_AND_ACCOUNTS = (FieldGroup.NAMES, FieldGroup.ACCOUNTS)
As = Callable[[str], Session]


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The cast with an editor in each affiliate; Aïcha helped at the meetup."""
    with session_scope(engine, OPERATOR, writing=True) as session:
        made = invite_cast(session)
        for name, affiliate in (("aida", "WSN"), ("dana", "WCL")):
            create_account(session, name, role="editor", affiliate=affiliate, password="long enough for a test")
        own = {"person_id": made.aicha.id, "recorded_for_id": made.aicha.id, "holder_affiliate_id": made.senegal.id}
        session.add(Participation(**own, event_id=made.meetup.id, attended="yes"))
        session.add(LanguageSkill(**own, language="wo"))
        return made


@pytest.fixture
def acting(engine: Engine, tmp_path: Path) -> Iterator[As]:
    """Sessions of accounts by name, as a new sign-in would make them."""
    opened: list[Session] = []

    def open_as(name: str) -> Session:
        with session_scope(engine, OPERATOR) as looking:
            actor = find_actor(looking, name)
        for before in opened:
            before.close()
        opened.append(open_session(engine, actor, writing=True))
        use_keyring(opened[-1], Keyring(tmp_path / "keys"))
        return opened[-1]

    yield open_as
    for session in opened:
        session.close()


def share(acting: As, cast: Cast, *fields: FieldGroup, purpose: str = "newsletter", until: dt.date = NEXT_YEAR) -> int:
    session = acting("aida")
    made = grant(session, cast.senegal, cast.chile, Terms(fields, purpose, until), today=today())
    session.commit()
    return made.id


def seen(session: Session, table: type) -> set[int]:
    return {row.person_id for row in session.scalars(sa.select(table))}


def test_every_group_but_places_and_contacts_is_a_table_of_facts() -> None:
    assert set(FieldGroup) - SHARED_TABLES.keys() == {FieldGroup.PLACES, FieldGroup.CONTACTS}


def place(session: Session, person_id: int) -> tuple[str | None, ...]:
    """What the page of a person says of where they live."""
    person = show_person(session, session.get_one(Person, person_id)).person
    assert person.display_name == "Aïcha Diop"
    return person.residence_country, person.residence_city, person.community_region


def organizers(session: Session, **wanted: str) -> dict[int, tuple[str | None, str | None]]:
    """Country and region of whom the directory finds."""
    found = find_organizers(session, Wanted(as_of=today(), **wanted))
    return {row.person_id: (row.country, row.region) for row in found}


@pytest.mark.parametrize("with_places", [False, True])
def test_where_somebody_lives_is_told_with_its_own_group_only(
    engine: Engine, acting: As, cast: Cast, *, with_places: bool
) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get_one(Person, cast.aicha.id).residence_city = "Thiès"
        session.scalars(sa.select(Participation)).one().event_role = EventRole.ORGANIZER
    groups = (FieldGroup.NAMES, FieldGroup.PARTICIPATIONS, *([FieldGroup.PLACES] if with_places else ()))
    number = share(acting, cast, *groups)
    dana, aicha = acting("dana"), cast.aicha.id
    assert place(dana, aicha) == (("SN", "Thiès", None) if with_places else (None, None, None))
    listed = {row.id: row.country for row in find_people(dana, "")}
    assert listed == {cast.dana.id: "CL", aicha: "SN" if with_places else None, cast.omar.id: listed[aicha]}
    assert briefs(dana, [aicha])[aicha].city == ("Thiès" if with_places else None)
    known = ("SN", "sub_saharan_africa") if with_places else (None, None)
    assert organizers(dana) == {aicha: known}
    for filters in ({"country": "SN"}, {"region": "sub_saharan_africa"}):
        assert organizers(dana, **filters) == ({aicha: known} if with_places else {})
    assert seen(dana, Residence) == ({cast.dana.id, aicha, cast.omar.id} if with_places else {cast.dana.id})
    aida = acting("aida")
    assert place(aida, aicha) == ("SN", "Thiès", None)
    end(aida, number)
    aida.commit()
    assert seen(acting("dana"), Residence) == {cast.dana.id}


@pytest.mark.parametrize(
    "forget", [Session.expire_all, lambda session: session.refresh(*session.identity_map.values())]
)
def test_a_place_that_is_not_shared_stays_hidden_when_the_session_reads_anew(
    acting: As, cast: Cast, forget: Callable[[Session], None]
) -> None:
    share(acting, cast, FieldGroup.NAMES)
    dana = acting("dana")
    person = dana.get_one(Person, cast.aicha.id)
    forget(dana)
    assert (person.display_name, person.residence_country) == ("Aïcha Diop", None)
    forget(dana)
    assert (person.residence_country, person.residence) == (None, None)


def test_commands_print_the_place_of_a_shared_person_with_its_group_only(
    acting: As, cast: Cast, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    for groups, country in (([FieldGroup.NAMES], None), ([FieldGroup.PLACES], "SN")):
        share(acting, cast, *groups)
        shown = run("people", "show", cast.aicha.public_id, "--as", "dana", "--format", "json").json
        listed = run("people", "find", "", "--as", "dana", "--format", "json").json
        assert (shown["display_name"], shown["country"]) == ("Aïcha Diop", country)
        assert {row["country"] for row in listed} == {"CL", country}


def test_the_place_of_somebody_protected_is_shared_with_nobody(engine: Engine, acting: As, cast: Cast) -> None:
    share(acting, cast, FieldGroup.PLACES)
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get_one(Person, cast.aicha.id).protection = Protection.ELEVATED
    assert seen(acting("dana"), Residence) == {cast.dana.id, cast.omar.id}


def test_granted_fields_are_seen_and_no_others(acting: As, cast: Cast) -> None:
    assert {row.id for row in find_people(acting("dana"), "")} == {cast.dana.id}
    share(acting, cast, *NAMES_AND_ACCOUNTS)
    dana = acting("dana")
    assert {row.id for row in find_people(dana, "")} == {cast.dana.id, cast.aicha.id, cast.omar.id}
    card = show_person(dana, dana.get_one(Person, cast.aicha.id))
    assert [name.name for name in card.names] == ["Aïcha Diop"]
    assert [account.username for account in card.accounts] == ["Aicha D"]
    assert (list(card.contacts), list(card.languages), list(card.participations)) == ([], [], [])
    assert seen(dana, ContactPoint) == {cast.dana.id}
    assert seen(dana, PersonSummary) == set()
    assert {row.id for row in find_people(acting("aida"), "")} == {cast.aicha.id, cast.omar.id}


def test_participations_come_with_what_lists_say_of_them(acting: As, cast: Cast) -> None:
    share(acting, cast, FieldGroup.PARTICIPATIONS)
    dana = acting("dana")
    assert seen(dana, Participation) == {cast.aicha.id}
    assert cast.aicha.id in seen(dana, PersonSummary)
    assert seen(dana, WikiAccount) == {cast.dana.id}


def test_text_finds_own_people_only_for_it_holds_addresses(acting: As, cast: Cast) -> None:
    share(acting, cast, *FieldGroup)
    assert matching_people(acting("dana"), ["aicha"]) == []


def test_elevated_and_sealed_people_are_never_shared(engine: Engine, acting: As, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.get_one(Person, cast.aicha.id).protection = Protection.ELEVATED
        session.get_one(Person, cast.omar.id).protection = Protection.SEALED
    share(acting, cast, *FieldGroup)
    dana = acting("dana")
    assert {person.id for person in dana.scalars(sa.select(Person))} == {cast.dana.id}
    assert seen(dana, Holding) == seen(dana, PersonName) == {cast.dana.id}


def test_a_person_whom_the_giver_let_go_is_shared_no_more(engine: Engine, acting: As, cast: Cast) -> None:
    share(acting, cast, *NAMES_AND_ACCOUNTS)
    with session_scope(engine, OPERATOR, writing=True) as session:
        session.scalars(sa.select(Holding).where(col(Holding.person_id) == cast.aicha.id)).one().until = today()
    dana = acting("dana")
    assert seen(dana, PersonName) == {cast.dana.id, cast.omar.id}
    assert dana.get(Person, cast.aicha.id) is None


def test_after_its_end_a_grant_shows_nothing_to_new_sessions(acting: As, cast: Cast) -> None:
    number = share(acting, cast, *NAMES_AND_ACCOUNTS)
    aida = acting("aida")
    end(aida, number)
    with pytest.raises(ConflictError):
        end(aida, number)
    aida.commit()
    assert [person.id for person in acting("dana").scalars(sa.select(Person))] == [cast.dana.id]
    (told,) = list_sharing(acting("dana"), today=today())
    assert (told.runs, told.may_end, told.ended_on) == (False, False, today())


def test_a_grant_shows_nothing_before_its_first_day_or_from_its_last(engine: Engine, acting: As, cast: Cast) -> None:
    session = acting("aida")
    tomorrow = today() + dt.timedelta(days=1)
    later = Terms(NAMES_AND_ACCOUNTS, "newsletter", NEXT_YEAR, since=tomorrow)
    made = grant(session, cast.senegal, cast.chile, later, today=today())
    session.commit()
    dana = acting("dana")
    assert seen(dana, PersonName) == {cast.dana.id}
    dana.close()
    with session_scope(engine, OPERATOR, writing=True) as writing:
        row = writing.get_one(type(made), made.id)
        row.since, row.until = today() - dt.timedelta(days=9), today()
    assert seen(acting("dana"), PersonName) == {cast.dana.id}
    assert [row.runs for row in list_sharing(acting("dana"), today=today())] == [False]


def test_writing_stays_with_the_holder(acting: As, cast: Cast) -> None:
    share(acting, cast, *FieldGroup)

    def rename(session: Session) -> None:
        session.get_one(Person, cast.aicha.id).pronouns = "elle"

    def correct(session: Session) -> None:
        session.scalars(sa.select(PersonName).where(col(PersonName.person_id) == cast.aicha.id)).one().name = "A"

    def move(session: Session) -> None:
        session.get_one(Person, cast.aicha.id).residence_city = "Santiago"

    def place_anew(session: Session) -> None:
        session.add(Residence(person_id=cast.omar.id, residence_country="CL"))

    def take_over(session: Session) -> None:
        session.add(Holding(person_id=cast.aicha.id, recorded_for_id=cast.aicha.id))

    for write in (rename, correct, move, place_anew, take_over):
        dana = acting("dana")
        write(dana)
        with pytest.raises(NotAllowedError, match="for reading only"):
            dana.flush()
    dana = acting("dana")
    moving = sa.update(Residence).values(residence_city="x")
    for statement in (sa.update(Person).values(pronouns="x"), sa.update(PersonName).values(name="x"), moving):
        assert dana.execute(statement).rowcount == 1
    dana.add(PersonName(person_id=cast.dana.id, recorded_for_id=cast.dana.id, name="Dani"))
    dana.flush()


def test_a_grant_stands_in_the_history_of_the_affiliate_that_gave_it(acting: As, cast: Cast) -> None:
    number = share(acting, cast, *NAMES_AND_ACCOUNTS)
    session = acting("aida")
    end(session, number)
    session.commit()
    ended, given = changes_of(session, "affiliate", cast.senegal.id)[:2]
    assert [change.actor for change in (given, ended)] == ["aida", "aida"]
    assert given.operations[0][0] == "sharing_grant"
    assert isinstance(ended.operations[0][3], dict) and "ended_at" in ended.operations[0][3]


def test_only_who_edits_for_the_giver_shares_and_ends(acting: As, cast: Cast) -> None:
    number = share(acting, cast, FieldGroup.NAMES)
    dana = acting("dana")
    assert (may_share(dana, cast.senegal.id), may_share(dana, cast.chile.id)) == (False, True)
    with pytest.raises(NotAllowedError):
        end(dana, number)
    with pytest.raises(NotAllowedError):
        grant(dana, cast.senegal, cast.chile, Terms([FieldGroup.NAMES], "newsletter", NEXT_YEAR), today=today())
    with pytest.raises(NotFoundError):
        end(acting("aida"), number + 1)


@pytest.mark.parametrize(
    ("fields", "until", "why"),
    [
        ((), NEXT_YEAR, "Choose what is shared"),
        (("names",), today(), "must come after today"),
        (("names",), today() + dt.timedelta(days=900), "two years at most"),
    ],
)
def test_a_grant_needs_fields_and_a_near_end(
    acting: As, cast: Cast, fields: tuple[FieldGroup, ...], until: dt.date, why: str
) -> None:
    with pytest.raises(BadInputError, match=why):
        grant(acting("aida"), cast.senegal, cast.chile, Terms(fields, "newsletter", until), today=today())
    with pytest.raises(BadInputError, match="its own records already"):
        grant(acting("aida"), cast.senegal, cast.senegal, Terms(["names"], "newsletter", NEXT_YEAR), today=today())


def consent(engine: Engine, person: Person, purpose: str) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        act = Act(ConsentMethod.FORM, dt.date(2026, 3, 4), notice="v3")
        one = session.get_one(Person, person.id)
        record_decision(session, one, ConsentDecision.GIVEN, purpose=purpose, channel=Channel.EMAIL, act=act)


def asked(session: Session, people: list[int], purpose: str = "newsletter") -> tuple[list[str], dict[Withheld, int]]:
    told = outreach(session, people, purpose=purpose, channel=Channel.EMAIL, reason="invitation")
    return [point.value for point in told.permitted], dict(told.withheld)


def test_the_purpose_of_a_grant_limits_outreach(engine: Engine, acting: As, cast: Cast) -> None:
    for purpose in ("newsletter", "research_survey"):
        consent(engine, cast.aicha, purpose)
    share(acting, cast, FieldGroup.NAMES, purpose="newsletter")
    both = [cast.aicha.id, cast.dana.id]
    assert asked(acting("dana"), both) == ([], {Withheld.NOT_SHARED: 1, Withheld.NO_CONSENT: 1})
    number = share(acting, cast, FieldGroup.CONTACTS, purpose="newsletter")
    dana = acting("dana")
    assert asked(dana, both) == (["aicha@example.org"], {Withheld.NO_CONSENT: 1})
    assert asked(dana, both, "research_survey") == ([], {Withheld.NOT_SHARED: 1, Withheld.NO_CONSENT: 1})
    dana.commit()
    point = acting("aida").scalars(sa.select(ContactPoint.id).where(col(ContactPoint.person_id) == cast.aicha.id)).one()
    with pytest.raises(NotFoundError):
        reveal(acting("dana"), point, "curious")
    aida = acting("aida")
    end(aida, number)
    aida.commit()
    assert asked(acting("dana"), both) == ([], {Withheld.NOT_SHARED: 1, Withheld.NO_CONSENT: 1})


def test_a_list_holds_whom_another_affiliate_lends_while_it_does(engine: Engine, acting: As, cast: Cast) -> None:
    consent(engine, cast.aicha, "newsletter")
    number = share(acting, cast, FieldGroup.CONTACTS)
    dana = acting("dana")
    about = {"purpose": "newsletter", "channel": Channel.EMAIL, "reason": "invitation"}
    made = prepare_permitted(dana, [cast.aicha.id, cast.dana.id], **about)
    assert find_list(dana, made.public_id).people == 1
    assert people_of_list(dana, made.public_id) == [cast.aicha.id]
    assert [point.value for point in open_list(dana, made.public_id).permitted] == ["aicha@example.org"]
    dana.commit()
    aida = acting("aida")
    end(aida, number)
    aida.commit()
    dana = acting("dana")
    assert find_list(dana, made.public_id).people == 0
    assert open_list(dana, made.public_id).audience == 0


def test_whom_another_affiliate_shares_that_one_asks_to_confirm(engine: Engine, acting: As, cast: Cast) -> None:
    with session_scope(engine, OPERATOR, writing=True) as session:
        newsletter = find_purpose(session, "newsletter").id
        claim = {"purpose_id": newsletter, "decision": "given", "method": "import", "proven": False}
        for person, holder in ((cast.aicha, cast.senegal), (cast.dana, cast.chile)):
            whose = {"person_id": person.id, "recorded_for_id": person.id, "holder_affiliate_id": holder.id}
            session.add(ConsentEvent(**whose, **claim, channel=Channel.EMAIL, on_day=today()))
        refresh_states(session, [cast.aicha.id, cast.dana.id])
    share(acting, cast, FieldGroup.CONTACTS)
    about = {"purpose": "newsletter", "channel": Channel.EMAIL, "reason": "confirm"}
    told = invite_to_confirm(acting("dana"), [cast.aicha.id, cast.dana.id], **about)
    assert [point.value for point in told.permitted] == ["dana@example.org"]
    assert told.withheld == {Withheld.NOT_SHARED: 1}


def test_a_shared_address_needs_the_consent_of_the_person(acting: As, cast: Cast) -> None:
    share(acting, cast, FieldGroup.CONTACTS)
    assert asked(acting("dana"), [cast.aicha.id]) == ([], {Withheld.NO_CONSENT: 1})


def test_commands_give_list_and_end(cast: Cast, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMCRM_DATABASE_URL", database_url)
    given = run("sharing", "grant", "WSN", "WCL", "--field", "names", "--field", "contacts", "--purpose", "newsletter")
    assert given.status == 2
    until = NEXT_YEAR.isoformat()
    told = ("--field", "names", "--field", "contacts", "--purpose", "newsletter", "--until", until)
    given = run("sharing", "grant", "WSN", "WCL", *told, "--format", "json")
    assert (given.status, given.json["fields"]) == (0, ["names", "contacts"])
    (row,) = run("sharing", "list", "--as", "dana", "--format", "json").json
    assert (row["from"], row["to"], row["runs"]) == ("Wikimedians of Senegal User Group", "Wikimedia Chile", True)
    number = str(given.json["id"])
    assert run("sharing", "end", number, "--as", "dana").status == 2
    assert run("sharing", "end", number, "--as", "aida").status == 0
    assert run("sharing", "list", "--format", "json").json[0]["runs"] is False
