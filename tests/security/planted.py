"""A planted world: two affiliates, people sealed, erased and merged, a row in every table, canaries in the texts.

The accounts are one a role at Baobab, one a role over all affiliates, an editor of Fjord, and one that reads at
Baobab and edits at Fjord. Whatever is
Fjord's, sealed or erased carries a canary: a word that stands nowhere else.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Engine

import wmcrm.upkeep  # noqa: F401  (the search text is kept with the people)
from tests.admin.cast import keep_signed_in, mark_of, password_hash
from tests.importer.tables import table_of
from tests.security.filling import CODES, NOW, OPEN_TABLES, Ground, TextOf, about_people, fill, is_fact
from wmcrm.accounts import find_actor
from wmcrm.consent import refresh_states
from wmcrm.db import OPERATOR, Session, session_scope
from wmcrm.dedupe import merge
from wmcrm.importer import SheetFile, SignupOptions, apply_signups
from wmcrm.importer.choices import Choices
from wmcrm.importer.drafts import start_draft
from wmcrm.models import (
    Account,
    Affiliate,
    AffiliateType,
    Event,
    EventHost,
    Grant,
    Holding,
    PermissionRole,
    Person,
    Protection,
    SignIn,
    metadata,
)
from wmcrm.privacy import erase_person
from wmcrm.sheets import content_hash
from wmcrm.upkeep import refresh_everybody


class Side(StrEnum):
    """Whose a record is, for the accounts of Baobab."""

    OWN = "own"
    FOREIGN = "foreign"
    SEALED = "sealed"
    ERASED = "erased"
    MERGED = "merged"


CANARIES = {
    Side.OWN: "Kanaribaobab",
    Side.FOREIGN: "Kanarifjord",
    Side.SEALED: "Kanarisiegel",
    Side.ERASED: "Kanarigetilgt",
}
FJORD_EDITOR = "Kanarifjord editor"
HIDDEN_FROM_BAOBAB = (Side.FOREIGN, Side.SEALED, Side.ERASED)
HIDDEN_FROM_ALL = (Side.SEALED, Side.ERASED)
# Reads at Baobab, edits at Fjord: what one may do hangs on where.
TWO_ROLES = "viewer here, editor there"
WAYS = {"affiliate": "baobab", "everywhere": None}


def account_of(role: PermissionRole, way: str = "affiliate") -> str:
    """The name of the account with this role, at Baobab or everywhere."""
    return f"{role.value} {way}"


@dataclass(slots=True)
class Planted:
    """Public ids and numbers of what was planted, by side."""

    people: dict[Side, str] = field(default_factory=dict)
    partners: dict[Side, str] = field(default_factory=dict)
    grounds: dict[Side, Ground] = field(default_factory=dict)
    runs: dict[Side, str] = field(default_factory=dict)
    drafts: dict[Side, str] = field(default_factory=dict)
    merges: dict[Side, int] = field(default_factory=dict)
    changes: dict[Side, int] = field(default_factory=dict)
    public_ids: dict[tuple[Side, str], str] = field(default_factory=dict)


def leaks(body: bytes, hidden: Iterable[Side]) -> list[str]:
    """The canaries of these sides that sing in an answer, a printed text or a workbook, with what stands around."""
    text = _unpacked(body).casefold()
    return [text[max(0, at - 60) : at + 60] for side in hidden if (at := text.find(CANARIES[side].casefold())) >= 0]


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK\x03\x04"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def canary_text(side: Side) -> TextOf:
    """Texts with the canary of a side; what is too short for it, or a code, holds none."""

    def text(table: str, column: str, length: int) -> str:
        canary = CANARIES[side]
        if column in CODES:
            return CODES[column]
        if column in {"value", "normalized", "email"}:
            return f"{canary.lower()}@example.org"
        return f"{canary} {table} {column}"[:length] if length >= len(canary) else f"{side[0]}{len(column)}"

    return text


def plant(engine: Engine) -> Planted:
    """Fill an empty database."""
    world = Planted()
    with session_scope(engine, OPERATOR, writing=True) as session:
        codes = {code: _affiliate(session, code) for code in ("baobab", "fjord")}
        accounts = _accounts(session, codes)
        rows: dict[str, int] = {}
        for side in (Side.OWN, Side.FOREIGN, Side.SEALED, Side.ERASED):
            code = "fjord" if side is Side.FOREIGN else "baobab"
            _plant_side(session, world, side, codes[code], accounts[side], rows)
        session.execute(sa.update(SignIn).values(second_factor_at=NOW))
        refresh_everybody(session)
    _merge(engine, world)
    for side in (Side.OWN, Side.FOREIGN):
        _import(engine, world, side)
    with session_scope(engine, OPERATOR, writing=True) as session:
        erased = session.get(Person, world.grounds[Side.ERASED].person_id)
        assert erased is not None
        erase_person(session, erased, by=OPERATOR)
        _look_up(session, world)
        # Marked as sealed only, with everything still in the clear: what hides sealed people must not lean on
        # the encryption.
        sealed = world.grounds[Side.SEALED].person_id
        session.execute(sa.update(Person).where(Person.id == sealed).values(protection=Protection.SEALED))  # type: ignore[arg-type]
    return world


def _affiliate(session: Session, code: str) -> Affiliate:
    made = Affiliate(
        code=code,
        name={"baobab": "Baobab Wikimedians User Group", "fjord": "Wikimedians of the Fjords"}[code],
        affiliate_type=AffiliateType.USER_GROUP,
        country={"baobab": "SN", "fjord": "NO"}[code],
    )
    session.add(made)
    session.flush()
    return made


def _accounts(session: Session, codes: dict[str, Affiliate]) -> dict[Side, int]:
    for role in PermissionRole:
        for way, code in WAYS.items():
            _account(session, account_of(role, way), role, codes[code].id if code else None)
    _account(session, TWO_ROLES, PermissionRole.VIEWER, codes["baobab"].id)
    _also(session, TWO_ROLES, PermissionRole.EDITOR, codes["fjord"].id)
    editor = session.scalars(sa.select(Account).where(Account.name == account_of(PermissionRole.EDITOR))).one()  # type: ignore[arg-type]
    foreign = _account(session, FJORD_EDITOR, PermissionRole.EDITOR, codes["fjord"].id)
    return {Side.OWN: editor.id, Side.FOREIGN: foreign, Side.SEALED: foreign, Side.ERASED: foreign}


def _account(session: Session, name: str, role: PermissionRole, affiliate_id: int | None) -> int:
    made = Account(name=name, password_hash=password_hash(), fs_uniquifier=mark_of(name))
    session.add(made)
    session.flush()
    session.add(Grant(account_id=made.id, role=role, affiliate_id=affiliate_id))
    keep_signed_in(session, made)
    return made.id


def _also(session: Session, name: str, role: PermissionRole, affiliate_id: int) -> None:
    account = session.scalars(sa.select(Account).where(Account.name == name)).one()  # type: ignore[arg-type]
    session.add(Grant(account_id=account.id, role=role, affiliate_id=affiliate_id))


def _plant_side(
    session: Session, world: Planted, side: Side, holder: Affiliate, account_id: int, rows: dict[str, int]
) -> None:
    hidden = side in {Side.SEALED, Side.ERASED}
    names = (CANARIES[side], *((f"Beside the {side}", f"Near the {side}") if hidden else 2 * [CANARIES[side]]))
    people = [_person(session, name, holder.id) for name in names]
    shared = {
        name: number
        for name, number in rows.items()
        if (name in OPEN_TABLES if not hidden else not about_people(metadata.tables[name]))
    }
    ground = Ground(people[0].id, people[1].id, account_id, holder.id, shared)
    event = Event(title=f"Meetup of {holder.code}", starts_on=dt.date(2026, 5, 1), holder_affiliate_id=holder.id)
    session.add(event)
    session.flush()
    session.add(EventHost(event_id=event.id, affiliate_id=holder.id, holder_affiliate_id=holder.id))
    grant = session.scalar(sa.select(sa.func.min(Grant.id)).where(Grant.account_id == account_id))  # type: ignore[arg-type]
    ground.ids |= {"event": event.id, "affiliate": holder.id, "account": account_id, "grant": grant or 0}
    text = canary_text(side)
    fill(session, ground, lambda table, column, length: _open_or(text, table, column, length), only_people=hidden)
    if not rows:
        rows.update(ground.ids)
    refresh_states(session, [ground.person_id])
    world.people[side], world.partners[side] = people[0].public_id, people[1].public_id
    world.grounds[side] = ground
    if side is Side.OWN:
        world.people[Side.MERGED] = people[2].public_id
    world.merges[side] = people[2].id  # until they are merged: the id of who will be absorbed


def _open_or(text: TextOf, table: str, column: str, length: int) -> str:
    if table in OPEN_TABLES and column not in CODES:
        return f"open {table} {column}"[:length]
    return text(table, column, length)


def _person(session: Session, name: str, holder: int) -> Person:
    made = Person(display_name=name, sort_name=name.casefold(), residence_country="SN", holder_affiliate_id=holder)
    made.residence_city, made.pronouns = f"{name} city", f"{name} pronouns"
    session.add(made)
    session.flush()
    session.add(Holding(person_id=made.id, recorded_for_id=made.id, holder_affiliate_id=holder))
    session.flush()
    return made


def _merge(engine: Engine, world: Planted) -> None:
    for side in (Side.OWN, Side.FOREIGN):
        with session_scope(engine, OPERATOR, writing=True) as session:
            survivor = session.get(Person, world.grounds[side].person_id)
            absorbed = session.get(Person, world.merges[side])
            assert survivor is not None
            assert absorbed is not None
            world.merges[side] = merge(session, survivor, absorbed).id
    for side in (Side.SEALED, Side.ERASED):
        world.merges.pop(side)


def _import(engine: Engine, world: Planted, side: Side) -> None:
    """An import that was made, with rows to mend, and a draft, in the name of the side's editor."""
    canary = CANARIES[side]
    name = account_of(PermissionRole.EDITOR) if side is Side.OWN else FJORD_EDITOR
    head = "Name,Username,E-mail,Favourite colour\n"
    sheets = [
        f"{head}{canary} Row{n},{canary}User{n},{canary.lower()}{n}@example.org,{canary} blue\nBad {canary},,not-mail,\n"
        for n in (1, 2)
    ]
    with session_scope(engine, OPERATOR) as looking:
        actor = find_actor(looking, name)
        event = looking.get(Event, world.grounds[side].ids["event"])
    assert event is not None
    with session_scope(engine, actor, writing=True) as session:
        made = SheetFile(table_of(sheets[0]), content_hash(sheets[0].encode()))
        report = apply_signups(session, made, SignupOptions(event=event.public_id))
        world.runs[side] = str(report.run)
        draft = start_draft(session, sheets[1].encode(), Choices(event=event.public_id, hint_title=f"{canary} hint"))
        world.drafts[side] = draft.public_id


def _look_up(session: Session, world: Planted) -> None:
    change = metadata.tables["change"]
    for side, ground in world.grounds.items():
        query = sa.select(sa.func.max(change.c.id)).where(
            change.c.subject_table == "person", change.c.subject_id == ground.person_id
        )
        world.changes[side] = session.scalar(query) or 0
        for name in [name for name in ground.ids if is_fact(metadata.tables[name])]:
            fact = metadata.tables[name]  # a merge made a new row of what both records say
            live = (
                fact.c.person_id == ground.person_id,
                fact.c.removed_at.is_(None),
                fact.c.superseded_by_id.is_(None),
            )
            ground.ids[name] = session.scalar(sa.select(sa.func.min(fact.c.id)).where(*live)) or ground.ids[name]
        for name, number in ground.ids.items():
            table = metadata.tables[name]
            if "public_id" in table.columns:
                found = session.scalar(sa.select(table.c.public_id).where(table.c.id == number))
                world.public_ids[(side, name)] = str(found)
