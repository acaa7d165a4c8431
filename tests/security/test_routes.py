"""Every route x method x account x whose record: the answer follows from the table of permissions and the scope.

The matrix is made from the map of addresses: a new screen is in it by itself. Where whose record it is decides
beside the permission, BY_ROW says so.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.access import Permission, permissions_of, policy_of
from tests.security.conftest import Hall
from tests.security.planted import HIDDEN_FROM_ALL, HIDDEN_FROM_BAOBAB, TWO_ROLES, Side, account_of, leaks
from tests.security.samples import Address, addresses
from wmcrm.models import PermissionRole, metadata

EVERY_ROLE = tuple(PermissionRole)
# Each of the others may send less than one of these, or the same.
TELLING_ROLES = (PermissionRole.VIEWER, PermissionRole.EDITOR, PermissionRole.ADMINISTRATOR)
STRANGER = ("", frozenset[Permission](), "affiliate")
OWNER = account_of(PermissionRole.EDITOR)  # whose drafts the sides' drafts are
# What is nobody's or hidden from everybody is asked by the other accounts.
PLACES = frozenset({Side.OWN, Side.FOREIGN})
READING = permissions_of({PermissionRole.VIEWER})
DONE = frozenset({200, 302, 303})
# A POST whose form is empty or wrong is refused in words: what counts is that it was let in and known.
HEARD = DONE | {400, 405, 409, 422}

REFUSED, UNKNOWN = frozenset({403}), frozenset({404})
# Where it decides beside the permission whose record it is: (endpoint or screen, "reach side", or one of them).
BY_ROW: dict[tuple[str, str], frozenset[int]] = {
    ("accounts", "affiliate"): REFUSED,  # for administrators of everything
    ("affiliates.create", "affiliate"): REFUSED,  # nobody makes an affiliate from within another
    ("import.failed", "own"): HEARD | REFUSED,  # the rows of a sheet are for whoever imported it
    ("import.failed", "everywhere foreign"): REFUSED,
    ("letters", "affiliate"): UNKNOWN,  # the outbox is one for everybody
    ("letters.try_again", "everywhere"): UNKNOWN,  # there is no such letter
    ("passing_on.answer", "own"): HEARD | UNKNOWN,  # who asked does not answer
    ("person.revert", "own"): HEARD,
    ("person.works_again", "own"): UNKNOWN,  # the address did not bounce
    ("person.works_again", "everywhere foreign"): UNKNOWN,
    ("protection.codes", "None"): HEARD | UNKNOWN,  # the account has no code app
    ("protection.passkey_question", "None"): HEARD | UNKNOWN,  # over http there are no passkeys
    ("reference_notices.create", "None"): REFUSED,  # wordings are published by a command, and never changed
    ("reference_notices.edit", "own"): REFUSED,
    ("reference_notices.remove", "own"): REFUSED,
    ("organizations", "affiliate"): UNKNOWN,  # none were named, or linked
    ("organizations", "everywhere"): UNKNOWN,
    ("review.undo_batch", "own"): UNKNOWN,
    ("review.undo_batch", "foreign"): UNKNOWN,
    ("review.undo_merge", "own"): HEARD | REFUSED,  # stewards; reviewers take back whom they took in from a sheet
    ("rights_requests.answer", "everywhere sealed"): HEARD,  # of sealed people they are for stewards of all
    ("retention.processing", "affiliate"): DONE,
    ("retention", "affiliate"): UNKNOWN,  # rules of retention delete everywhere
    ("sealed", "affiliate"): UNKNOWN,  # sealed records are held by no affiliate
    ("sealed.export", "everywhere sealed"): REFUSED,  # no key of a steward is on this machine: locked
    ("sealed.open_for_good", "everywhere sealed"): REFUSED,
    ("sealed.seal", "everywhere sealed"): HEARD,  # somebody only marked as sealed is still to be encrypted
    ("stewards", "affiliate"): UNKNOWN,
    ("stewards.other", "everywhere"): HEARD | UNKNOWN,
    ("stewards.retire", "everywhere"): UNKNOWN,  # nobody was named
    ("stewards.same", "everywhere"): REFUSED | UNKNOWN,
}
# Screens that are made for sealed people: they know them, and nobody else.
FOR_SEALED = frozenset({"sealed.record", "sealed.open_record", "sealed.open_for_good", "sealed.rotate"}) | {
    "sealed.hand_over",
    "sealed.export",
    "sealed.erase",
}


# What a form must hold for its view to look at the record at all.
FORMS: dict[str, dict[str, str]] = {
    "outreach.download": {"format": "csv"},
    "passing_on.answer": {"answer": "declined"},
    "rights_requests.answer": {"answer": "refused"},
}
# Whose screens speak of sealed people, by pseudonym.
# The outbox says of a letter to anybody what became of it; letters to somebody sealed are deleted when they are sealed.
OF_STEWARDS = ("sealed.", "stewards.", "letters.")


def accounts(asking: Collection[PermissionRole]) -> Iterator[tuple[str, frozenset[Permission], str]]:
    """Name, permissions and reach of every account of the matrix; a stranger first."""
    yield STRANGER
    for role in asking:
        yield account_of(role), permissions_of({role}, everywhere=False), "affiliate"
    # The scope of the others is the same.
    for role in {PermissionRole.PROGRAMME, PermissionRole.ADMINISTRATOR} & set(asking):
        yield account_of(role, "everywhere"), permissions_of({role}), "everywhere"
    if PermissionRole.EDITOR in asking or not asking:
        yield TWO_ROLES, permissions_of({PermissionRole.VIEWER, PermissionRole.EDITOR}), "two roles"


def hidden_from(policy: Permission | None, way: str) -> tuple[Side, ...]:
    """Whose words an answer must not hold."""
    if way == "two roles" and policy not in READING:
        return (Side.OWN, *HIDDEN_FROM_ALL)
    return HIDDEN_FROM_BAOBAB if way == "affiliate" else HIDDEN_FROM_ALL


def expected(hall: Hall, address: Address, name: str, allowed: frozenset[Permission], way: str) -> frozenset[int]:
    """The statuses that the rule allows for one cell."""
    policy = policy_of(hall.app, address.endpoint)
    if policy is None or policy is Permission.CLOSED:
        return frozenset({404})
    if policy is Permission.PUBLIC:
        return HEARD | {401, 404}  # a visit to one's own data, a link: without them there is nothing
    if not name:
        return frozenset({302}) if address.method == "GET" else frozenset({401})
    if policy is Permission.SECOND_FACTOR:
        return frozenset({302})  # it was given already: on to the home page
    if policy not in allowed:
        return frozenset({403})
    if way != "two roles":
        return _of_record(address, name, way)
    return _of_record(address, name, "everywhere") if policy in READING else _elsewhere(address, name)


def _elsewhere(address: Address, name: str) -> frozenset[int]:
    """What an account of Fjord is answered that may do this there only: own and foreign change places."""
    if address.endpoint == "import.undo":  # for whoever imported the sheet, and for stewards
        return UNKNOWN | REFUSED
    if address.side in PLACES and not address.mixed:
        address = replace(address, side=Side.FOREIGN if address.side is Side.OWN else Side.OWN)
    return _of_record(address, name, "affiliate")


def _of_record(address: Address, name: str, way: str) -> frozenset[int]:
    side = address.side
    if address.endpoint.endswith(".restore") and not address.endpoint.startswith(("facts.", "person.")):
        return HEARD | UNKNOWN | (REFUSED if address.is_open else frozenset())  # nothing of them was removed
    for place in (address.endpoint, address.endpoint.partition(".")[0]):
        for key in (f"{way} {side}", way, str(side)):
            if (place, key) in BY_ROW:
                return BY_ROW[(place, key)]
    done = DONE if address.method == "GET" else HEARD
    if address.endpoint in FOR_SEALED:
        return done if side is Side.SEALED else frozenset({404})
    if address.mixed or side in {Side.SEALED, Side.ERASED} or (address.owned and name != OWNER):
        return HEARD if address.is_open else frozenset({404})
    if side is Side.FOREIGN:
        if address.is_open:
            return HEARD | {403, 404}
        return done if way == "everywhere" and not address.owned else frozenset({404})
    return frozenset({303, 404, 409}) if side is Side.MERGED else done


def dump(hall: Hall) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with hall.engine.connect() as connection:
        return {t.name: [tuple(row) for row in connection.execute(sa.select(t))] for t in metadata.sorted_tables}


def ask(hall: Hall, cells: list[Address], name: str) -> Iterator[tuple[Address, int, bytes]]:
    """The status and the body of each cell for an account; whatever a cell stored is undone before the next."""
    visitor, token = hall.visit(name), ""
    for cell in cells:
        if cell.method == "GET":
            answer = visitor.get(cell.path)
        else:
            token = token or visitor.token()
            form = {**FORMS.get(cell.endpoint, {}), "csrf_token": token}
            answer = visitor.client.post(cell.path, data=form, buffered=True)
        yield cell, answer.status_code, answer.data
        if cell.method != "GET" and answer.status_code < 400 and name:
            hall.put_back()
        if cell.endpoint.endswith("logout") or answer.status_code == 401:
            visitor, token = hall.visit(name), ""


@pytest.mark.parametrize(
    ("hall_of", "method", "asking"),
    [
        ("sqlite", "GET", TELLING_ROLES),
        ("sqlite", "POST", TELLING_ROLES),
        pytest.param("postgres", "GET", (), marks=pytest.mark.postgres),  # two roles: who sees what hangs on the page
        pytest.param("sqlite", "GET", EVERY_ROLE, marks=pytest.mark.long),
        pytest.param("sqlite", "POST", EVERY_ROLE, marks=pytest.mark.long),
        pytest.param("postgres", "GET", EVERY_ROLE, marks=[pytest.mark.long, pytest.mark.postgres]),
        pytest.param("postgres", "POST", EVERY_ROLE, marks=[pytest.mark.long, pytest.mark.postgres]),
    ],
    indirect=["hall_of"],
)
def test_every_cell_of_routes_and_accounts_is_as_the_tables_say(
    hall_of: Hall, method: str, asking: tuple[PermissionRole, ...]
) -> None:
    began, worked, counted = time.perf_counter(), time.process_time(), Counter[str]()
    cells = [cell for cell in addresses(hall_of.app, hall_of.world) if (cell.method == "GET") == (method == "GET")]
    before = dump(hall_of)
    wrong: list[str] = []
    for name, allowed, way in accounts(asking):
        asked = cells if way != "two roles" else [cell for cell in cells if cell.side in PLACES]
        for cell, status, body in ask(hall_of, _worth_asking(hall_of.app, asked, allowed), name):
            counted[name] += 1
            hidden = hidden_from(policy_of(hall_of.app, cell.endpoint), way)
            told = hidden[:-2] if cell.endpoint.startswith(OF_STEWARDS) else hidden
            wrong += [
                f"{name}: {method} {cell.path} ({cell.endpoint}, {cell.side}) tells: {leak}"
                for leak in leaks(body, told)
            ]
            right = expected(hall_of, cell, name, allowed, way)
            if status not in right:
                wrong.append(
                    f"{name or 'stranger'}: {method} {cell.path} ({cell.endpoint}, {cell.side}): {status}, not {sorted(right)}"
                )
    spent = f"{time.perf_counter() - began:.1f} s, {time.process_time() - worked:.1f} s of the processor"
    print(f"{counted.total()} cells of {method} in {spent}, {len(wrong)} wrong")
    changed = [table for table, rows in dump(hall_of).items() if rows != before[table]]
    assert changed == [], "a GET changed rows, or a refused POST stored something"
    assert not wrong, "\n".join(wrong)


def _worth_asking(app: Flask, cells: list[Address], allowed: frozenset[Permission]) -> list[Address]:
    """Every cell of routes that an account may use; of the others one a route: the door looks at no record."""
    first = {(cell.endpoint, cell.side is Side.FOREIGN): cell for cell in reversed(cells)}
    return [
        cell
        for cell in cells
        if policy_of(app, cell.endpoint) in allowed or first[(cell.endpoint, cell.side is Side.FOREIGN)] == cell
    ]


def test_every_route_has_a_policy(small_hall: Hall) -> None:
    without = [r.endpoint for r in small_hall.app.url_map.iter_rules() if policy_of(small_hall.app, r.endpoint) is None]
    assert without == [], "decorate the view with @needs(Permission.X), see admin_app/access.py"


def test_every_post_without_a_token_is_refused(small_hall: Hall) -> None:
    visitor = small_hall.visit(account_of(PermissionRole.ADMINISTRATOR, "everywhere"))
    found = {}
    for cell in addresses(small_hall.app, small_hall.world):
        if cell.method != "GET" and cell.endpoint not in WITHOUT_TOKEN:
            found[cell.path] = visitor.client.post(cell.path).status_code
    assert {path: status for path, status in found.items() if status not in {400, 404}} == {}


# Addresses that a program of the receiver posts to, with a secret of their own in them (RFC 8058).
WITHOUT_TOKEN: frozenset[str] = frozenset()
