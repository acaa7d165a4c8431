"""Who may open what: every route has a policy, and the door keeps to it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from admin_app.access import PERMISSIONS, ROLES, Permission, permissions_of, policy_of
from tests.admin.cast import GRANTS, WELCOME, Cast
from tests.admin.conftest import Desk
from wmcrm.models import PermissionRole, metadata

# Whose record it is decides here too; tests below say how.
BY_ROW = {"events.edit", "affiliates.edit", "affiliates.create"}

# For everybody who has a link of their own; what they do with one: test_self_service.py
BY_LINK = {"confirming.address", "confirming.confirm", "withdrawal.show"}


def addresses(app: Flask, cast: Cast) -> dict[str, str]:
    """One real address for every route that answers to GET."""
    samples: dict[str, object] = {
        "filename": "app.js",
        "notice_id": "x",
        "kind": "membership",
        "number": 1,
        "token": WELCOME,
    }
    samples |= {"first": cast.twins[0], "second": cast.twins[1]}
    keys = {"people": cast.fatou, "person": cast.fatou, "events": cast.edit_a_thon, "affiliates": cast.baobab}
    found: dict[str, str] = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()):
                values = {**samples, "key": keys.get(rule.endpoint.partition(".")[0], "1")}
                built = app.url_map.bind("localhost").build(
                    rule.endpoint, {name: values[name] for name in rule.arguments}
                )
                found[rule.endpoint] = built
    return found


def test_every_route_has_a_policy(desk: Desk) -> None:
    without = [rule.endpoint for rule in desk.app.url_map.iter_rules() if policy_of(desk.app, rule.endpoint) is None]
    assert without == []


def test_every_permission_says_what_it_means() -> None:
    assert set(PERMISSIONS) == set(Permission)
    assert all(sentence.endswith(".") for sentence in PERMISSIONS.values())


def test_every_role_is_in_the_table() -> None:
    assert set(ROLES) == set(PermissionRole)


def test_an_unknown_role_allows_nothing() -> None:
    assert permissions_of({"emperor"}) == {Permission.PUBLIC}


def test_a_route_that_nobody_decided_on_is_closed(own_desk: Desk) -> None:
    own_desk.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert own_desk.visit("Ruth").get("/forgotten").status_code == 404


def test_strangers_are_sent_to_the_sign_in(desk: Desk) -> None:
    stranger = desk.visit("")
    for endpoint, address in addresses(desk.app, desk.cast).items():
        answer = stranger.get(address)
        match policy_of(desk.app, endpoint):
            case Permission.PUBLIC:
                assert answer.status_code == (404 if endpoint in BY_LINK else 200), address
            case Permission.CLOSED:
                assert answer.status_code == 404, address
            case _:
                assert (answer.status_code, (answer.location or "")[:6]) == (302, "/login"), address


@pytest.mark.parametrize("name", GRANTS)
def test_each_role_opens_exactly_what_its_permissions_say(desk: Desk, name: str) -> None:
    visitor = desk.visit(name)
    role, place = GRANTS[name]
    allowed = permissions_of({role}, everywhere=place is None)
    for endpoint, address in addresses(desk.app, desk.cast).items():
        policy = policy_of(desk.app, endpoint)
        if policy is None or policy in {Permission.PUBLIC, Permission.CLOSED, Permission.SECOND_FACTOR}:
            continue
        if endpoint in BY_ROW and policy in allowed:
            continue
        refused = visitor.get(address).status_code == 403
        assert refused == (policy not in allowed), address


def test_strangers_cannot_post(desk: Desk) -> None:
    assert desk.visit("").post(f"/people/{desk.cast.fatou}/remove").status_code == 401


def test_viewers_cannot_change_anything(desk: Desk) -> None:
    omar = desk.visit("Omar")
    for address in (
        f"/people/{desk.cast.fatou}/remove",
        f"/events/{desk.cast.edit_a_thon}/edit",
        "/reference/skills/new",
    ):
        assert omar.post(address).status_code == 403, address


def test_a_form_without_its_token_is_refused(desk: Desk) -> None:
    answer = desk.visit("Aïcha").client.post(f"/people/{desk.cast.fatou}/remove")
    assert answer.status_code == 400
    assert "This form is too old" in answer.text


def test_reading_changes_no_row(desk: Desk) -> None:
    def everything() -> dict[str, list[tuple[object, ...]]]:
        with desk.engine.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(sa.select(table))]
                for table in metadata.sorted_tables
            }

    before = everything()
    for address in addresses(desk.app, desk.cast).values():
        desk.visit("Ruth").get(address)
    assert everything() == before


def test_dana_from_elsewhere_sees_nobody_of_the_baobab_group(either: Desk) -> None:
    dana, cast = either.visit("Dana"), either.cast
    listed = dana.get("/people/").text
    assert cast.foreign in listed
    assert cast.fatou not in listed
    assert "1 in all" in listed
    assert cast.fatou not in dana.get("/people/?q=diop").text
    assert "Fatou" not in dana.get(f"/events/{cast.edit_a_thon}").text
    assert "Fatou" not in dana.get(f"/affiliates/{cast.baobab}").text


def test_a_foreign_record_does_not_exist_for_dana(either: Desk) -> None:
    dana, key = either.visit("Dana"), either.cast.fatou
    for address in (
        f"/people/{key}",
        f"/people/{key}/edit",
        f"/facts/membership/new?person={key}",
        "/facts/membership/1",
    ):
        assert dana.get(address).status_code == 404, address
    for address in (
        f"/people/{key}/edit",
        f"/people/{key}/remove",
        f"/people/{key}/restore",
        "/facts/membership/1/remove",
    ):
        assert dana.post(address).status_code == 404, address


def test_dana_reads_foreign_events_and_affiliates_and_changes_none(either: Desk) -> None:
    dana, cast = either.visit("Dana"), either.cast
    for place in (f"/events/{cast.edit_a_thon}", f"/affiliates/{cast.baobab}"):
        assert dana.get(place).status_code == 200
        assert "/edit" not in dana.get(place).text
        for address in (f"{place}/edit", f"{place}/remove"):
            assert dana.post(address).status_code == 403, address
    assert dana.get(f"/affiliates/{cast.fjord}/edit").status_code == 200
    assert dana.get("/affiliates/new").status_code == 403
