"""Passkeys, with a device in the test's own hands."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.accounts.device import PRESENT, Device
from wmcrm.accounts import Site, close_account, create_account, has_second_factor
from wmcrm.accounts.passkeys import (
    MOST_PASSKEYS,
    add_passkey,
    ask_for_new,
    ask_for_one,
    check_passkey,
    passkeys_of,
    remove_passkey,
)
from wmcrm.db import Session
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import Account

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SITE = Site("https://crm.example.org")


@pytest.fixture
def aicha(session: Session) -> Account:
    return create_account(session, "Aïcha", role="steward").account


def register(session: Session, account: Account, device: Device, name: str = "my phone") -> None:
    asked = ask_for_new(session, account, SITE)
    add_passkey(session, account, device.register(asked.options), name=name, challenge=asked.challenge, site=SITE)


def sign(session: Session, device: Device) -> Account:
    asked = ask_for_one(SITE)
    return check_passkey(session, device.sign(asked.options), challenge=asked.challenge, site=SITE, now=NOW)


def test_several_passkeys_are_registered_used_and_removed_one_by_one(session: Session, aicha: Account) -> None:
    phone, laptop = Device(), Device()
    register(session, aicha, phone)
    register(session, aicha, laptop, "حاسوبي")
    assert [one.name for one in passkeys_of(session, aicha.id)] == ["my phone", "حاسوبي"]
    assert sign(session, phone) is aicha and sign(session, laptop) is aicha
    first, second = passkeys_of(session, aicha.id)
    assert (first.last_used_at, first.sign_count) == (NOW, 1)
    remove_passkey(session, aicha, first.id)
    with pytest.raises(BadInputError, match="not accepted"):
        sign(session, phone)
    remove_passkey(session, aicha, second.id)
    assert not has_second_factor(session, aicha)


def test_what_is_asked_names_nobody_until_somebody_is_known(session: Session, aicha: Account) -> None:
    register(session, aicha, Device())
    assert json.loads(ask_for_one(SITE).options).get("allowCredentials", []) == []
    mine = json.loads(ask_for_one(SITE, passkeys_of(session, aicha.id)).options)
    assert len(mine["allowCredentials"]) == 1
    new = json.loads(ask_for_new(session, aicha, SITE).options)
    assert len(new["excludeCredentials"]) == 1
    assert (
        new["authenticatorSelection"]["residentKey"] == new["authenticatorSelection"]["userVerification"] == "required"
    )


def test_a_counter_that_went_back_gives_a_copied_key_away(session: Session, aicha: Account) -> None:
    phone = Device()
    register(session, aicha, phone)
    copied = Device(id=phone.id, key=phone.key)
    sign(session, phone)
    sign(session, phone)
    with pytest.raises(BadInputError, match="not accepted"):
        sign(session, copied)


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://crm.example.org.evil.example"},
        {"origin": "http://crm.example.org"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"key": Device().key},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_device_that_lies_is_refused(session: Session, aicha: Account, lie: dict[str, object]) -> None:
    honest = Device()
    register(session, aicha, honest)
    liar = Device(**{"id": honest.id, "key": honest.key, **lie})  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="not accepted"):
        sign(session, liar)
    if "key" not in lie:
        with pytest.raises(BadInputError, match="not accepted"):
            register(session, aicha, Device(**lie))  # type: ignore[arg-type]


def test_an_answer_to_another_challenge_is_refused(session: Session, aicha: Account) -> None:
    phone = Device()
    asked, other = ask_for_new(session, aicha, SITE), ask_for_new(session, aicha, SITE)
    with pytest.raises(BadInputError):
        add_passkey(session, aicha, phone.register(asked.options), name="x", challenge=other.challenge, site=SITE)
    register(session, aicha, phone)
    first, second = ask_for_one(SITE), ask_for_one(SITE)
    with pytest.raises(BadInputError):
        check_passkey(session, phone.sign(first.options), challenge=second.challenge, site=SITE, now=NOW)


def test_a_closed_account_has_no_passkeys_that_open(session: Session, aicha: Account) -> None:
    phone = Device()
    register(session, aicha, phone)
    close_account(session, create_account(session, "Omar", role="viewer").account)
    close_account(session, aicha)
    with pytest.raises(BadInputError, match="not accepted"):
        sign(session, phone)


def test_a_passkey_is_registered_once_and_belongs_to_one_account(session: Session, aicha: Account) -> None:
    phone = Device()
    omar = create_account(session, "Omar", role="viewer").account
    register(session, aicha, phone)
    with pytest.raises(ConflictError, match="registered already"):
        register(session, omar, phone)
    with pytest.raises(NotFoundError):
        remove_passkey(session, omar, passkeys_of(session, aicha.id)[0].id)
    for number in range(MOST_PASSKEYS - 1):
        register(session, aicha, Device(), f"key {number}")
    with pytest.raises(ConflictError, match="remove one first"):
        register(session, aicha, Device())


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x07b"])
def test_a_passkey_has_a_name(session: Session, aicha: Account, name: str) -> None:
    with pytest.raises(BadInputError, match="needs a name"):
        register(session, aicha, Device(), name)


@pytest.mark.parametrize(
    ("origin", "can"),
    [
        ("https://crm.example.org", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("https://192.0.2.1", False),
        ("http://crm.example.org", False),
    ],
)
def test_passkeys_are_bound_to_names_over_https_or_on_this_machine(origin: str, can: bool) -> None:
    assert Site(origin).can_have_passkeys is can
