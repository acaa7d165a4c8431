"""The gate: the only way out for contact values.

``outreach`` answers for many people at once, ``reveal`` for one contact point; both leave a line in the
access log. ``may_contact`` answers without giving a value. Permitted and withheld people always add up to
the audience.
"""

from wmcrm.outreach.answers import Answer, ContactAnswer, Evidence, Outreach, PermittedPoint, Withheld
from wmcrm.outreach.asking import evidence_of, may_contact_many, permitted_ids, wrote_lately
from wmcrm.outreach.bounces import (
    NO_MAILBOX,
    UNCONFIRMED,
    confirm,
    hold_until_confirmed,
    note_bounce,
    use_again,
    use_all_again,
)
from wmcrm.outreach.gate import may_contact, outreach, reveal
from wmcrm.outreach.keyring import Keyring, checked_key, key_id, keyring_of, use_keyring
from wmcrm.outreach.listfile import LIST_COLUMNS, ListFormat, list_file
from wmcrm.outreach.lists import (
    PreparedList,
    find_list,
    open_list,
    people_of_list,
    prepare_list,
    prepare_permitted,
    prepared_lists,
)
from wmcrm.outreach.my_data import (
    HeldPoint,
    OwnPoint,
    addresses_of_people,
    holders_of_address,
    holders_of_same,
    invite_to_my_data,
    own_points,
    unconfirmed_address,
)
from wmcrm.outreach.opt_in import address_to_confirm, invite_to_confirm, points_to_confirm, take_invitation_back
from wmcrm.outreach.overview import (
    ChannelStanding,
    LogLine,
    PurposeOverview,
    consent_log,
    consent_overview,
    reachable_channels,
)
from wmcrm.outreach.renewal import RENEWAL_DAYS, Renewal, renewal_queue
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
from wmcrm.outreach.ways import Way, affiliate_to_ask, ways_to
from wmcrm.outreach.withdrawing import (
    WithdrawalRequest,
    verify_withdrawal_token,
    withdraw_by_token,
    withdrawal_token,
)

__all__ = [
    "LIST_COLUMNS",
    "NO_MAILBOX",
    "RENEWAL_DAYS",
    "UNCONFIRMED",
    "Answer",
    "ChannelStanding",
    "ContactAnswer",
    "Evidence",
    "HeldPoint",
    "Identifier",
    "IdentifierKind",
    "Keyring",
    "ListFormat",
    "LogLine",
    "Outreach",
    "OwnPoint",
    "PermittedPoint",
    "PreparedList",
    "PurposeOverview",
    "Renewal",
    "Way",
    "WithdrawalRequest",
    "Withheld",
    "address_to_confirm",
    "addresses_of_people",
    "affiliate_to_ask",
    "checked_key",
    "confirm",
    "consent_log",
    "consent_overview",
    "digest",
    "evidence_of",
    "find_list",
    "free_hashes",
    "hold_until_confirmed",
    "holders_of_address",
    "holders_of_same",
    "identifier_of_contact",
    "identifiers_of_row",
    "invite_to_confirm",
    "invite_to_my_data",
    "key_id",
    "keyring_of",
    "lift_restriction",
    "list_file",
    "may_contact",
    "may_contact_many",
    "named_identifier",
    "note_bounce",
    "objecting_people",
    "open_list",
    "outreach",
    "own_points",
    "people_of_list",
    "permitted_ids",
    "points_to_confirm",
    "prepare_list",
    "prepare_permitted",
    "prepared_lists",
    "reachable_channels",
    "renewal_queue",
    "restrict",
    "restricted_people",
    "reveal",
    "suppress",
    "suppress_hashes",
    "suppressed_identifiers",
    "take_invitation_back",
    "unconfirmed_address",
    "use_again",
    "use_all_again",
    "use_keyring",
    "verify_withdrawal_token",
    "ways_to",
    "withdraw_by_token",
    "withdrawal_token",
    "wrote_lately",
]
