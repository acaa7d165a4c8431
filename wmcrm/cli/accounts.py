"""``wmcrm account``."""

from __future__ import annotations

import sys

import click

from wmcrm.accounts import create_account
from wmcrm.cli.context import common_options, session
from wmcrm.cli.output import print_document


@click.group()
def account() -> None:
    """Invite people to the admin."""


@account.command()
@click.argument("name")
@click.option("--role", required=True, help="viewer, editor, steward, programme, auditor or administrator.")
@click.option("--affiliate", metavar="CODE", help="Only for this affiliate; without it, for all.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@common_options
def create(name: str, role: str, affiliate: str | None, *, password_stdin: bool) -> None:
    """Invite NAME; without --password-stdin a password is made and printed once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with session(writing=True) as writing:
        invitation = create_account(writing, name, role=role, affiliate=affiliate, password=password)
    print_document(
        {"name": invitation.account.name, "role": role, "affiliate": affiliate, "password": invitation.password}
    )
