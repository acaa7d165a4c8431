"""Passkeys (WebAuthn): registered with a name, used as the second factor or instead of a password.

A user has to be verified by their device (finger, face, PIN) every time, so one passkey is two factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from wmcrm.accounts.log import note_change
from wmcrm.accounts.site import Site
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import Account, Passkey

LONGEST_NAME = 60
MOST_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser asks its user's device for (JSON), and the challenge that the answer must contain."""

    options: str
    challenge: str


def passkeys_of(session: Session, account_id: int) -> Sequence[Passkey]:
    """The passkeys of an account, in the order they were added."""
    query = sa.select(Passkey).where(col(Passkey.account_id) == account_id)
    return session.scalars(query.order_by(col(Passkey.id))).all()


def ask_for_new(session: Session, account: Account, site: Site) -> Question:
    """What to ask a device for that shall get a passkey; devices that have one already say so."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="wmcrm",
        user_id=account.fs_uniquifier.encode(),
        user_name=account.name,
        exclude_credentials=_descriptors(passkeys_of(session, account.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Question(options_to_json(options), bytes_to_base64url(options.challenge))


def add_passkey(session: Session, account: Account, answer: str, *, name: str, challenge: str, site: Site) -> Passkey:
    """Keep the public key that a device made; raises BadInputError for an answer that does not hold."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInputError("A passkey needs a name of 1 to {length} characters.", length=LONGEST_NAME)
    if len(passkeys_of(session, account.id)) >= MOST_PASSKEYS:
        raise ConflictError("An account may have {most} passkeys; remove one first.", most=MOST_PASSKEYS)
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise refused() from error
    credential_id = bytes_to_base64url(verified.credential_id)
    if session.scalars(sa.select(Passkey).where(col(Passkey.credential_id) == credential_id)).first() is not None:
        raise ConflictError("This passkey is registered already.")
    made = Passkey(
        account_id=account.id,
        name=name,
        credential_id=credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
    )
    session.add(made)
    session.flush()
    note_change(session, "account_passkey_add", account)
    return made


def ask_for_one(site: Site, passkeys: Sequence[Passkey] = ()) -> Question:
    """What to ask a device for at sign-in: one of these passkeys, or any that it has for this site."""
    options = generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_descriptors(passkeys) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(options_to_json(options), bytes_to_base64url(options.challenge))


def check_passkey(session: Session, answer: str, *, challenge: str, site: Site, now: datetime) -> Account:
    """The open account whose passkey answered; raises BadInputError for an answer that does not hold.

    A counter that went back means that somebody copied the key: that is refused too.
    """
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = _find(session, bytes_to_base64url(credential.raw_id))
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise refused() from error
    account = session.get(Account, passkey.account_id)
    if account is None or not account.active:
        raise refused()
    passkey.sign_count = verified.new_sign_count
    passkey.last_used_at = now
    session.flush()
    return account


def refused() -> BadInputError:
    """The one answer to whatever does not hold."""
    return BadInputError("The passkey was not accepted. Try again, or sign in another way.")


def remove_passkey(session: Session, account: Account, passkey_id: int) -> None:
    """Forget a passkey of an account; raises NotFoundError when it has no such passkey."""
    passkey = session.get(Passkey, passkey_id)
    if passkey is None or passkey.account_id != account.id:
        raise NotFoundError("There is no such passkey.")
    session.delete(passkey)
    session.flush()
    note_change(session, "account_passkey_remove", account)


def _find(session: Session, credential_id: str) -> Passkey:
    found = session.scalars(sa.select(Passkey).where(col(Passkey.credential_id) == credential_id)).one_or_none()
    if found is None:
        raise refused()
    return found


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id)) for passkey in passkeys]
