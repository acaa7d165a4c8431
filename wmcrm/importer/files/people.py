"""People of a file against those that are known by the same id; contents never match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.orm import Session

from wmcrm.db import new_public_id
from wmcrm.importer.files.erased import blank, withheld_rows
from wmcrm.importer.files.known import find_people, rows_by_external_id, rows_of
from wmcrm.importer.files.people_cells import TypedContact
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.scope import FileScope, plan_known
from wmcrm.importer.files.steps import Change, NewRow, Row, Step, change_of, unchanged
from wmcrm.models import NameKind, Outcome
from wmcrm.normalize import script_of, sort_name

PERSON_COLUMNS = ("display_name", "residence_country", "residence_city", "entry_route", "since_year", "recorded_at")
PARENTS = ("person_id", "recorded_for_id")
FACTS = ("person_name", "wiki_account", "contact_point", "language_skill")


@dataclass(slots=True)
class PersonWorld:
    """What is known of the people of a file whose rows may have changed."""

    scope: FileScope
    facts: dict[tuple[str, int], list[Row]] = field(default_factory=lambda: defaultdict(list))
    survivors: dict[str, int] = field(default_factory=dict)

    def of(self, table: str, person_id: int) -> list[Row]:
        """The rows of a table that were recorded for a person, removed ones too."""
        return self.facts[(table, person_id)]


def plan_people(session: Session, drafts: Sequence[Draft], scope: FileScope) -> list[Step]:
    """A step for each person; e-mails, accounts and languages that a row no longer lists are kept."""
    known = rows_by_external_id(session, "person", scope.source, (draft.external_id for draft in drafts))
    world = PersonWorld(scope)
    moved = {draft.external_id: known[draft.external_id] for draft in drafts if scope.is_changed(draft, known)}
    for table in FACTS:
        for row in rows_of(session, table, "recorded_for_id", (_number(row["id"]) for row in moved.values())):
            world.facts[(table, _number(row["recorded_for_id"]))].append(row)
    references = find_people(session, scope.source, moved.keys())
    world.survivors = {key: reference.person_id for key, reference in references.items()}
    withheld = withheld_rows(session, [draft for draft in drafts if draft.usable], scope.source)
    allowed = [blank(draft) if draft.row in withheld else draft for draft in drafts]
    return [
        Step(step.draft, Outcome.SKIPPED) if step.draft.row in withheld else step
        for step in plan_known(allowed, known, scope, partial(_new, world), partial(_changed, world))
    ]


def _new(world: PersonWorld, draft: Draft) -> Step:
    scope = world.scope
    row = {
        "public_id": new_public_id("p"),
        **_columns(draft),
        **scope.recorded(),
        **scope.sourced(draft.external_id),
    }
    facts = [NewRow(table, values, PARENTS) for table, values in _facts(world, draft, None)]
    if scope.holder_id is not None:
        facts.append(NewRow("holding", scope.recorded(), PARENTS))
    return Step(draft, Outcome.NEW, (NewRow("person", row), *facts))


def _changed(world: PersonWorld, draft: Draft, before: Row) -> Step:
    person_id = _number(before["id"])
    survivor = world.survivors.get(draft.external_id, person_id)
    change = change_of("person", before, _columns(draft), ("person", person_id))
    renamed = _renamed(world, draft, before)
    own: Row = {"person_id": survivor, "recorded_for_id": person_id}
    facts = [
        NewRow(table, {**values, **own})
        for table, values in _facts(world, draft, person_id)
        if table != "person_name" or renamed is None
    ]
    changes = tuple(part for part in (change, renamed) if part)
    if not changes and not facts:
        return unchanged(draft, survivor)
    return Step(draft, Outcome.UPDATED, tuple(facts), changes, person_id=survivor)


def _columns(draft: Draft) -> Row:
    values = {name: draft.values[name] for name in PERSON_COLUMNS if name in draft.values}
    return {**values, "sort_name": sort_name(str(values["display_name"]))[:300]}


def _facts(world: PersonWorld, draft: Draft, person_id: int | None) -> list[tuple[str, Row]]:
    """The names, accounts, contact points and languages of a row that are not known of the person yet."""
    recorded = world.scope.recorded()
    wanted = [*_names(draft), *_accounts(draft), *_contacts(draft), *_languages(draft)]
    known = {_key(table, row) for table in FACTS for row in (world.of(table, person_id) if person_id else ())}
    fresh = [(table, {**row, **recorded}) for table, row in wanted if _key(table, row) not in known]
    return fresh if person_id is None else [_second(table, row) for table, row in fresh]


def _second(table: str, row: Row) -> tuple[str, Row]:
    """A contact point that comes later does not push aside the one preferred so far."""
    return (table, {**row, "preferred": False}) if table == "contact_point" else (table, row)


def _names(draft: Draft) -> list[tuple[str, Row]]:
    name = draft.values.get("name")
    if name is None:
        return []
    parts = {part: draft.values.get(part) for part in ("given_name", "family_name")}
    return [("person_name", {"name": name, **parts, "script": script_of(str(name)), "kind": NameKind.PREFERRED})]


def _accounts(draft: Draft) -> list[tuple[str, Row]]:
    username = draft.values.get("username")
    return [("wiki_account", {"username": username})] if username else []


def _contacts(draft: Draft) -> list[tuple[str, Row]]:
    contacts = draft.values.get("contacts")
    rows: list[tuple[str, Row]] = []
    seen: set[str] = set()
    for contact in contacts if isinstance(contacts, tuple) else ():
        assert isinstance(contact, TypedContact)
        row: Row = {"kind": contact.kind, "value": contact.value, "normalized": contact.normalized}
        rows.append(("contact_point", {**row, "preferred": contact.kind not in seen}))
        seen.add(contact.kind)
    return rows


def _languages(draft: Draft) -> list[tuple[str, Row]]:
    languages = draft.values.get("languages")
    return [("language_skill", {"language": code}) for code in (languages if isinstance(languages, tuple) else ())]


def _key(table: str, row: Row) -> tuple[object, ...]:
    match table:
        case "person_name":
            return (table, row["name"], row["given_name"], row["family_name"])
        case "wiki_account":
            return (table, row["username"])
        case "contact_point":
            return (table, row["kind"], row["normalized"])
        case _:
            return (table, row["language"])


def _renamed(world: PersonWorld, draft: Draft, before: Row) -> Change | None:
    """The name that the record went by is corrected in place; other names of the person stay."""
    person_id = _number(before["id"])
    wanted = _names(draft)
    held = [row for row in world.of("person_name", person_id) if row["name"] == before["display_name"]]
    if not wanted or not held or _key(*wanted[0]) in {_key("person_name", row) for row in held}:
        return None
    return change_of("person_name", held[0], wanted[0][1], ("person", _number(held[0]["person_id"])))


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
