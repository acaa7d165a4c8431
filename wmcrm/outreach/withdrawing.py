"""One-click withdrawal (RFC 8058): a signed token in each message, checked without a sign-in.

The token names a person, purpose and channel and does not expire: leaving must stay as easy as on the first
day. Only a POST may use it; showing it changes nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import Act, find_channel, find_purpose, withdraw
from wmcrm.errors import BadInputError
from wmcrm.models import Channel, ConsentEvent, ConsentMethod, ConsentStanding, ConsentState, Person, now_utc

PARTS = 4
LABEL = b"wmcrm withdrawal"
ENDED = frozenset({ConsentStanding.WITHDRAWN, ConsentStanding.OBJECTED})


@dataclass(frozen=True, slots=True)
class WithdrawalRequest:
    """What a verified token asks for."""

    person: str
    purpose: str
    channel: Channel


def withdrawal_token(secret: str, person: Person, *, purpose: str, channel: Channel) -> str:
    """The token that takes this consent back; ``secret`` is the installation's secret key."""
    said = f"{person.public_id}.{purpose}.{channel.value}"
    return f"{said}.{_signature(secret, said)}"


def verify_withdrawal_token(secret: str, token: str) -> WithdrawalRequest:
    """What a token asks for; raises BadInputError when it was not made here. Changes nothing."""
    said, _, signature = token.strip().rpartition(".")
    if not hmac.compare_digest(_signature(secret, said).encode(), signature.encode("utf-8", "surrogatepass")):
        raise BadInputError("This link is not complete; open it again from the message.")
    parts = said.split(".")
    if len(parts) != PARTS - 1:
        raise BadInputError("This link is not complete; open it again from the message.")
    return WithdrawalRequest(parts[0], parts[1], find_channel(parts[2]))


def withdraw_by_token(session: Session, secret: str, token: str, *, on: dt.date | None = None) -> ConsentEvent | None:
    """Take the consent back at once; None when the person is not here any more (there is nothing to take back).

    A merged record's token withdraws for the survivor. What is withdrawn already is left as it is: mail programs
    send the same request more than once. Raises BadInputError for tokens not made here.
    """
    request = verify_withdrawal_token(secret, token)
    person = session.scalars(sa.select(Person).where(col(Person.public_id) == request.person)).first()
    while person is not None and person.merged_into_id is not None:
        person = session.get(Person, person.merged_into_id)
    if person is None:
        return None
    purpose = find_purpose(session, request.purpose)
    known = session.get(ConsentState, (person.id, purpose.id, request.channel))
    if known is not None and known.event_id is not None and known.standing in ENDED:
        return session.get(ConsentEvent, known.event_id)
    act = Act(ConsentMethod.SELF_SERVICE, on or now_utc().date(), evidence="one-click withdrawal")
    return withdraw(session, person, purpose=purpose.code, act=act, channel=request.channel)


def _signature(secret: str, said: str) -> str:
    key = hmac.digest(secret.encode(), LABEL, hashlib.sha256)
    made = hmac.digest(key, said.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
