"""The gate: the only way out for contact values.

``outreach`` answers for many people at once, ``reveal`` for one contact point; both leave a line in the
access log. ``may_contact`` answers without giving a value. Permitted and withheld people always add up to
the audience.
"""

from wmcrm.outreach.answers import Answer, ContactAnswer, Outreach, PermittedPoint, Withheld
from wmcrm.outreach.asking import may_contact_many
from wmcrm.outreach.gate import may_contact, outreach, reveal
from wmcrm.outreach.keyring import Keyring, checked_key, key_id, keyring_of, use_keyring
from wmcrm.outreach.lists import open_list, prepare_list
from wmcrm.outreach.opt_in import invite_to_confirm
from wmcrm.outreach.renewal import Renewal, renewal_queue
from wmcrm.outreach.restrictions import lift_restriction, objecting_people, restrict, restricted_people
from wmcrm.outreach.suppression import (
    Identifier,
    IdentifierKind,
    digest,
    free_hashes,
    identifier_of_contact,
    identifiers_of_row,
    named_identifier,
    suppress,
    suppress_hashes,
    suppressed_identifiers,
)
from wmcrm.outreach.withdrawing import (
    WithdrawalRequest,
    verify_withdrawal_token,
    withdraw_by_token,
    withdrawal_token,
)

__all__ = [
    "Answer",
    "ContactAnswer",
    "Identifier",
    "IdentifierKind",
    "Keyring",
    "Outreach",
    "PermittedPoint",
    "Renewal",
    "WithdrawalRequest",
    "Withheld",
    "checked_key",
    "digest",
    "free_hashes",
    "identifier_of_contact",
    "identifiers_of_row",
    "invite_to_confirm",
    "key_id",
    "keyring_of",
    "lift_restriction",
    "may_contact",
    "may_contact_many",
    "named_identifier",
    "objecting_people",
    "open_list",
    "outreach",
    "prepare_list",
    "renewal_queue",
    "restrict",
    "restricted_people",
    "reveal",
    "suppress",
    "suppress_hashes",
    "suppressed_identifiers",
    "use_keyring",
    "verify_withdrawal_token",
    "withdraw_by_token",
    "withdrawal_token",
]
