"""What the places in addresses stand for, so that every route can be asked with records of every side.

A new place such as ``/lists/<key>`` fails the tests until a line here says which record it names:
``"lists:key": row("exported_list", "public_id")``. The most exact line counts: ``endpoint:name``, then
``screen:name``, then ``:name``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

from flask import Flask
from werkzeug.routing import Map, Rule
from werkzeug.routing.converters import AnyConverter

from tests.security.filling import OPEN_TABLES
from tests.security.planted import Planted, Side

Value = str | int
PERSONAL = frozenset({Side.FOREIGN, Side.SEALED, Side.ERASED})


OF_ACCOUNTS = frozenset({"account", "grant", "sign_in", "passkey", "exported_list"})


@dataclass(frozen=True, slots=True)
class Sample:
    """What a place names: its value for a side; None where the side has no such record.

    ``is_open`` is for what everybody with an account may know of, or for no record at all.
    """

    of: Callable[[Planted, Side], Value | None]
    is_open: bool = False
    owned: bool = False


def person(world: Planted, side: Side) -> Value | None:
    """The public id of somebody of a side."""
    return world.people.get(side)


def partner(world: Planted, side: Side) -> Value | None:
    """The public id of the other person of a side."""
    return world.partners.get(side)


def row(table: str, column: str = "id", *, removed: bool = False, owned: bool = False) -> Sample:
    """A row that was planted in a table: its number, or its public id."""

    def of(world: Planted, side: Side) -> Value | None:
        if side not in world.grounds or (table in OF_ACCOUNTS and side not in {Side.OWN, Side.FOREIGN}):
            return None
        if column == "public_id":
            return world.public_ids.get((side, table))
        ground = world.grounds[side]
        return (ground.removed if removed else ground.ids).get(table)

    return Sample(of, is_open=table in OPEN_TABLES, owned=owned)


def fixed(value: Value) -> Sample:
    """A value that names no record."""
    return Sample(lambda _world, _side: value, is_open=True)


FACTS = {
    "membership": "membership",
    "participation": "participation",
    "name": "person_name",
    "account": "wiki_account",
    "language": "language_skill",
}

SAMPLES: Mapping[str, Sample] = {
    "static:filename": fixed("app.js"),
    "security.static:filename": fixed("x.js"),
    "notices:notice_id": fixed("x"),
    "letters:key": fixed("m_0000000000000"),
    "rights_requests:key": row("rights_request", "public_id"),
    "people:key": Sample(person),
    "person.show:number": row("contact_point"),
    "person.prefer:number": row("contact_point"),
    "person.works_again:number": row("contact_point"),
    "person.remove:number": row("contact_point"),
    "person.restore:number": row("contact_point", removed=True),
    "person.revert:number": Sample(lambda world, side: world.changes.get(side)),
    "person.take_apart:number": Sample(lambda world, side: world.merges.get(side)),
    "account:number": row("sign_in", owned=True),
    "accounts:grant_number": row("grant"),
    "accounts:number": row("account"),
    "protection:number": row("passkey", owned=True),
    "retention:code": fixed("import_cells"),
    "sealed:key": Sample(person),
    "self_service:number": fixed(1),  # of whoever opened a link; nobody did
    ":token": fixed("no-such-token"),
    "consent:number": row("privacy_notice"),
    "outreach:key": row("exported_list", "public_id", owned=True),
    "passing_on.answer:key": row("contact_request", "public_id"),
    "passing_on.cancel:key": row("contact_request", "public_id", owned=True),
    "sharing:number": row("sharing_grant"),
    "stewards:number": row("sealed_hit"),
    "answers:key": row("event", "public_id"),
    "events:key": row("event", "public_id"),
    "affiliates:key": row("affiliate", "public_id"),
    "reference_programmes:key": row("programme", "public_id"),
    "reference_initiatives:key": row("initiative", "public_id"),
    "reference_recommendations:key": row("recommendation"),
    "reference_skills:key": row("skill"),
    "reference_purposes:key": row("purpose"),
    "reference_notices:key": row("privacy_notice"),
    "import:key": Sample(lambda world, side: world.drafts.get(side), owned=True),
    "import.failed:key": Sample(lambda world, side: world.runs.get(side)),
    "import.undo:key": Sample(lambda world, side: world.runs.get(side)),
    "review.say:number": row("candidate_pair"),
    "review.undo_verdict:number": row("judgement"),
    "review.undo_merge:number": Sample(lambda world, side: world.merges.get(side)),
    "review.undo_batch:batch": fixed("b-unknown"),
    "organizations:number": fixed(999),
    "review.merge_two:first": Sample(person),
    "review.merge_two:second": Sample(partner),
}
# Records that an address names after the question mark.
ASKED: Mapping[str, Mapping[str, Sample]] = {
    "facts.create": {"person": Sample(person)},
    "passing_on.ask": {"person": Sample(person)},
}


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a route with a record of a side in it; ``side`` is None where it names no record at all.

    ``is_open``: everybody with an account may know of the record; ``owned``: it belongs to one account;
    ``mixed``: somebody of one's own, with the number of a record of somebody else.
    """

    endpoint: str
    method: str
    path: str
    side: Side | None
    is_open: bool = False
    owned: bool = False
    mixed: bool = False


def sample_of(rule: Rule, name: str) -> Sample:
    """The line for a place of a route; a KeyError says what to write."""
    screen = rule.endpoint.partition(".")[0]
    if name == "key" and rule.rule.startswith("/people/<key>"):
        return SAMPLES["people:key"]
    for key in (f"{rule.endpoint}:{name}", f"{screen}:{name}", f":{name}"):
        if key in SAMPLES:
            return SAMPLES[key]
    raise KeyError(
        f"Say in tests/security/samples.py which record <{name}> of {rule.rule} names: "
        f'"{screen}:{name}": row("the_table") (or Sample(person), or fixed("x") for no record)'
    )


def addresses(app: Flask, world: Planted) -> list[Address]:
    """Every route and method, with records of every side that it can name."""
    found: list[Address] = []
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            found += _of_rule(app.url_map, rule, method, world)
    return found


def _of_rule(urls: Map, rule: Rule, method: str, world: Planted) -> list[Address]:
    kinds = {name: list(rule._converters[name].items) for name in rule.arguments if _is_choice(rule, name)}
    found: dict[str, Address] = {}
    for choice in product(*kinds.values()):
        chosen = dict(zip(kinds, choice, strict=True))
        places = {name: _sample(rule, name, chosen) for name in sorted(rule.arguments - set(kinds))}
        places |= ASKED.get(rule.endpoint, {})
        is_open = all(one.is_open for one in places.values())
        owned = any(one.owned for one in places.values())
        for side in Side:
            values = {name: one.of(world, _side_for(one, side)) for name, one in places.items()}
            if None not in values.values():
                path = _build(urls, rule, method, {**chosen, **values})
                found.setdefault(path, Address(rule.endpoint, method, path, side if places else None, is_open, owned))
        if len(places) > 1 and "key" in places and not is_open:
            values = {name: one.of(world, Side.OWN if name == "key" else Side.FOREIGN) for name, one in places.items()}
            if None not in values.values():
                path = _build(urls, rule, method, {**chosen, **values})
                found.setdefault(path, Address(rule.endpoint, method, path, Side.FOREIGN, mixed=True))
    return list(found.values())


def _build(urls: Map, rule: Rule, method: str, values: Mapping[str, object]) -> str:
    return urls.bind("localhost").build(rule.endpoint, values, method=method)


def _side_for(sample: Sample, side: Side) -> Side:
    return Side.OWN if sample.is_open and side is not Side.FOREIGN else side


def _is_choice(rule: Rule, name: str) -> bool:
    return isinstance(rule._converters[name], AnyConverter)


def _sample(rule: Rule, name: str, chosen: Mapping[str, str]) -> Sample:
    """A fact is named by its kind and its number."""
    if rule.endpoint.startswith("facts.") and name == "number":
        return row(FACTS[chosen["kind"]], removed=rule.endpoint == "facts.restore")
    return sample_of(rule, name)
