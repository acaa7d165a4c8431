"""Accounts of the admin: invited by name, with roles; how people sign in, and what they hold for it.

Passkeys are in wmcrm.accounts.passkeys, imported by itself: commands do not need the library it stands on.
"""

from __future__ import annotations

from wmcrm.accounts.acting import find_actor
from wmcrm.accounts.administrators import require_administrator
from wmcrm.accounts.authenticator import (
    accepts_code,
    code_at,
    make_recovery_codes,
    new_secret,
    recovery_codes_left,
    set_up,
    setup_address,
    turn_off,
)
from wmcrm.accounts.inviting import (
    Invitation,
    accept_welcome,
    add_account,
    create_account,
    find_welcomed,
    link_wiki_account,
    make_welcome_link,
)
from wmcrm.accounts.keys import SecretKeys
from wmcrm.accounts.managing import (
    AccountDeed,
    AccountRow,
    Granted,
    close_account,
    deeds_on,
    end_session_of,
    find_managed,
    grant_role,
    list_accounts,
    open_account,
    reset_second_factor,
    revoke_grant,
    revoke_role,
)
from wmcrm.accounts.own import change_password, find_by_wiki, keep_address
from wmcrm.accounts.passwords import HASHER, MINIMAL_PASSWORD, hash_password, is_password
from wmcrm.accounts.sign_ins import (
    SEEN_EVERY,
    SESSION_LENGTH,
    Standing,
    Visit,
    begin_sign_in,
    complete_sign_in,
    end_sign_in,
    end_sign_ins,
    find_account,
    find_visit,
    has_second_factor,
    hash_token,
    note_seen,
    sign_ins_of,
)
from wmcrm.accounts.site import Site
from wmcrm.accounts.tries import Limit, count_try, give_back, is_spent

__all__ = [
    "HASHER",
    "MINIMAL_PASSWORD",
    "SEEN_EVERY",
    "SESSION_LENGTH",
    "AccountDeed",
    "AccountRow",
    "Granted",
    "Invitation",
    "Limit",
    "SecretKeys",
    "Site",
    "Standing",
    "Visit",
    "accept_welcome",
    "accepts_code",
    "add_account",
    "begin_sign_in",
    "change_password",
    "close_account",
    "code_at",
    "complete_sign_in",
    "count_try",
    "create_account",
    "deeds_on",
    "end_session_of",
    "end_sign_in",
    "end_sign_ins",
    "find_account",
    "find_actor",
    "find_by_wiki",
    "find_managed",
    "find_visit",
    "find_welcomed",
    "give_back",
    "grant_role",
    "has_second_factor",
    "hash_password",
    "hash_token",
    "is_password",
    "is_spent",
    "keep_address",
    "link_wiki_account",
    "list_accounts",
    "make_recovery_codes",
    "make_welcome_link",
    "new_secret",
    "note_seen",
    "open_account",
    "recovery_codes_left",
    "require_administrator",
    "reset_second_factor",
    "revoke_grant",
    "revoke_role",
    "set_up",
    "setup_address",
    "sign_ins_of",
    "turn_off",
]
