"""What people change about their own account: the password; and who they are on the wikis."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.accounts.log import note_change
from wmcrm.accounts.passwords import hash_chosen_password, is_password
from wmcrm.accounts.sign_ins import end_sign_ins
from wmcrm.errors import BadInputError
from wmcrm.models import Account
from wmcrm.normalize import canonical_username, parse_emails


def change_password(session: Session, account: Account, *, old: str, new: str, but: int | None = None) -> None:
    """Change a password whose old one is known; every session other than ``but`` ends.

    Raises BadInputError for a wrong old password and for a new one that is too short or too common.
    """
    if not is_password(account.password_hash, old):
        raise BadInputError("The old password is not right.")
    account.password_hash = hash_chosen_password(new, account.name)
    end_sign_ins(session, account.id, but=but)
    session.flush()
    note_change(session, "account_password", account)


def keep_address(session: Session, account: Account, text: str) -> None:
    """Keep the e-mail address to which an account is told what waits for it; none for an empty text.

    Raises BadInputError for what is no single address.
    """
    typed = text.strip()
    found = parse_emails(typed)
    if typed and (found.first is None or len(found.values) != 1):
        raise BadInputError("Type one complete e-mail address.")
    account.email = found.first if typed else None
    session.flush()


def find_by_wiki(session: Session, *, username: str, user_id: str) -> Account | None:
    """The open account linked to a user of the wikis; None for everybody else.

    The first sign-in keeps the user's number: whoever takes over a username that was given up has another.
    """
    name = canonical_username(username)
    if name is None or not user_id:
        return None
    query = sa.select(Account).where(col(Account.wiki_username) == name, col(Account.active))
    account: Account | None = session.scalars(query).one_or_none()
    if account is None or (account.wiki_user_id or user_id) != user_id:
        return None
    account.wiki_user_id = user_id
    session.flush()
    return account
