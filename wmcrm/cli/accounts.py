"""``wmcrm account``."""

from __future__ import annotations

import sys

import click

from wmcrm import accounts
from wmcrm.accounts import AccountRow, Granted
from wmcrm.cli.context import common_options, session
from wmcrm.cli.output import print_document, print_rows
from wmcrm.db import Session
from wmcrm.errors import NotFoundError
from wmcrm.models import Account, now_utc
from wmcrm.settings import read_settings

COLUMNS = ("name", "open", "roles", "second_factor", "wiki_username", "sessions", "last_sign_in_at")
SESSION_COLUMNS = ("id", "account", "device", "method", "second_factor", "begun_at", "seen_at", "expires_at")
ROLE_HELP = "viewer, editor, steward, programme, auditor or administrator."


@click.group()
def account() -> None:
    """Invite people to the admin, say what they may do, let them in again."""


@account.command()
@click.argument("name")
@click.option("--role", required=True, help=ROLE_HELP)
@click.option("--affiliate", metavar="CODE", help="Only for this affiliate; without it, for all.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@common_options
def create(name: str, role: str, affiliate: str | None, *, password_stdin: bool) -> None:
    """Invite NAME; without --password-stdin a password is made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with session(writing=True) as writing:
        invitation = accounts.create_account(writing, name, role=role, affiliate=affiliate, password=password)
    print_document(
        {"name": invitation.account.name, "role": role, "affiliate": affiliate, "password": invitation.password}
    )


@account.command("list")
@common_options
def list_them() -> None:
    """Every account with its roles, second factors and running sessions."""
    with session() as reading:
        rows = [_shown(row) for row in accounts.list_accounts(reading, now=now_utc())]
    print_rows(rows, COLUMNS)


@account.command()
@click.argument("name")
@common_options
def close(name: str) -> None:
    """Let nobody sign in as NAME any more; its sessions end."""
    with session(writing=True) as writing:
        accounts.close_account(writing, _find(writing, name))
    print_document({"name": name, "open": False})


@account.command("open")
@click.argument("name")
@common_options
def open_it(name: str) -> None:
    """Open the closed account NAME again."""
    with session(writing=True) as writing:
        accounts.open_account(writing, _find(writing, name))
    print_document({"name": name, "open": True})


@account.command()
@click.argument("name")
@click.option("--role", required=True, help=ROLE_HELP)
@click.option("--affiliate", metavar="CODE", help="Only for this affiliate; without it, for all.")
@common_options
def grant(name: str, role: str, affiliate: str | None) -> None:
    """Give NAME a role."""
    with session(writing=True) as writing:
        accounts.grant_role(writing, _find(writing, name), role, affiliate)
    print_document({"name": name, "role": role, "affiliate": affiliate})


@account.command()
@click.argument("name")
@click.option("--role", required=True, help=ROLE_HELP)
@click.option("--affiliate", metavar="CODE", help="The role at this affiliate; without it, the one for all.")
@common_options
def revoke(name: str, role: str, affiliate: str | None) -> None:
    """Take a role from NAME; the last administrator keeps it."""
    with session(writing=True) as writing:
        accounts.revoke_role(writing, _find(writing, name), role, affiliate)
    print_document({"name": name, "revoked": role, "affiliate": affiliate})


@account.command("reset-second-factor")
@click.argument("name")
@common_options
def reset_second_factor(name: str) -> None:
    """Forget the authenticator app, passkeys and recovery codes of NAME, who lost them."""
    with session(writing=True) as writing:
        accounts.reset_second_factor(writing, _find(writing, name))
    print_document({"name": name, "second_factor": []})


@account.command()
@click.argument("name")
@click.option("--end", is_flag=True, help="End them all.")
@common_options
def sessions(name: str, *, end: bool) -> None:
    """Where NAME is signed in."""
    with session(writing=end) as opened:
        found = _find(opened, name)
        rows = [
            {
                "id": one.id,
                "account": name,
                "device": one.device,
                "method": one.method.value,
                "second_factor": one.second_factor_at is not None,
                "begun_at": one.begun_at.isoformat(),
                "seen_at": one.seen_at.isoformat(),
                "expires_at": one.expires_at.isoformat(),
            }
            for one in accounts.sign_ins_of(opened, found.id, now=now_utc())
        ]
        if end:
            accounts.end_session_of(opened, found)
    print_rows([] if end else rows, SESSION_COLUMNS)


@account.command()
@click.argument("name")
@common_options
def link(name: str) -> None:
    """Print a link by which NAME chooses a password, once, within seven days."""
    with session(writing=True) as writing:
        token = accounts.make_welcome_link(writing, _find(writing, name), now=now_utc())
    print_document({"name": name, "link": f"{read_settings().base_url.rstrip('/')}/welcome/{token}"})


@account.command("wiki")
@click.argument("name")
@click.argument("username", default="")
@common_options
def wiki(name: str, username: str) -> None:
    """Let the holder of the wiki USERNAME sign in as NAME; without USERNAME, nobody any more."""
    with session(writing=True) as writing:
        found = _find(writing, name)
        accounts.link_wiki_account(writing, found, username)
    print_document({"name": name, "wiki_username": found.wiki_username})


@account.command("email")
@click.argument("name")
@click.argument("address", default="")
@common_options
def email(name: str, address: str) -> None:
    """Tell NAME by mail to ADDRESS what waits for an answer; without ADDRESS, only on the screen."""
    with session(writing=True) as writing:
        found = _find(writing, name)
        accounts.keep_address(writing, found, address)
    print_document({"name": name, "told_by_mail": found.email is not None})


def _find(opened: Session, name: str) -> Account:
    accounts.require_administrator(opened)
    found = accounts.find_account(opened, name)
    if found is None:
        raise NotFoundError("There is no account {name}.", name=name)
    return found


def _shown(row: AccountRow) -> dict[str, object]:
    return {
        "name": row.name,
        "open": row.active,
        "roles": [_role(granted) for granted in row.grants],
        "second_factor": [*(["app"] if row.has_app else []), *(["passkey"] * row.passkeys)],
        "wiki_username": row.wiki_username,
        "sessions": row.sessions,
        "last_sign_in_at": row.last_sign_in_at.isoformat() if row.last_sign_in_at else None,
        "invited": row.invited,
    }


def _role(granted: Granted) -> str:
    return granted.role.value + (
        f" at {granted.affiliate_code or granted.affiliate_name}" if granted.affiliate_name else ""
    )
