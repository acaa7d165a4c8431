"""Accounts, for administrators: who may sign in, with which roles where; invitations, sessions, lost factors."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import PERMISSIONS, ROLES, Permission, needs
from admin_app.addresses import NUMBER
from admin_app.forms.accounts import GrantForm, InviteForm, WikiForm
from admin_app.notices import tell
from admin_app.session import commit_now, db
from admin_app.signin.letters import can_send, check_address, send_welcome
from admin_app.translated import translated
from wmcrm.accounts import (
    add_account,
    close_account,
    deeds_on,
    end_session_of,
    find_managed,
    grant_role,
    link_wiki_account,
    list_accounts,
    make_welcome_link,
    open_account,
    require_administrator,
    reset_second_factor,
    revoke_grant,
    sign_ins_of,
)
from wmcrm.errors import AmbiguousReferenceError, BadInputError, ConflictError, NotFoundError
from wmcrm.models import Account, now_utc

screen = Blueprint("accounts", __name__, url_prefix="/accounts")
ODD = {Permission.PUBLIC, Permission.SIGNED_IN, Permission.SETTING_UP}


@screen.get("/")
@needs(Permission.ACCOUNTS_MANAGE)
def index() -> str:
    """Every account."""
    return render_template("account/all.html", rows=list_accounts(db(), now=now_utc()))


@screen.route("/new", methods=("GET", "POST"))
@needs(Permission.ACCOUNTS_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite somebody; the answer shows the link by which they choose a password, once."""
    require_administrator(db())
    form = InviteForm()
    if form.validate_on_submit():
        to = (form.email.data or "") if can_send() else ""
        try:
            if to:
                check_address(to)
            account = add_account(db(), form.name.data or "", role=form.role.data, affiliate=form.affiliate_key())
            link_wiki_account(db(), account, form.wiki_username.data or "")
            return _show_link(account, to)
        except (BadInputError, ConflictError, NotFoundError, AmbiguousReferenceError) as error:
            db().rollback()
            form.form_errors.append(translated(error))
    shown = {"form": form, "meaning": _meaning(), "by_mail": can_send()}
    return render_template("account/new.html", **shown), 422 if form.is_submitted() else 200


@screen.get(f"/<{NUMBER}:number>")
@needs(Permission.ACCOUNTS_MANAGE)
def one(number: int) -> str:
    """An account with everything an administrator may change about it."""
    return _page(find_managed(db(), number))


@screen.post(f"/<{NUMBER}:number>/grant")
@needs(Permission.ACCOUNTS_MANAGE)
def grant(number: int) -> ResponseReturnValue:
    """Give the account a role."""
    account, form = find_managed(db(), number), GrantForm()
    try:
        if form.validate():
            grant_role(db(), account, form.role.data, form.affiliate_key())
            return _done(account, gettext("The role was given."))
    except (BadInputError, NotFoundError, AmbiguousReferenceError) as error:
        form.affiliate.errors = [translated(error)]
    return _page(account, grant_form=form), 422


@screen.post(f"/<{NUMBER}:number>/grants/<{NUMBER}:grant_number>/revoke")
@needs(Permission.ACCOUNTS_MANAGE)
def revoke(number: int, grant_number: int) -> ResponseReturnValue:
    """Take a role from the account."""
    account = find_managed(db(), number)
    revoke_grant(db(), account, grant_number)
    return _done(account, gettext("The role was taken away."))


@screen.post(f"/<{NUMBER}:number>/link")
@needs(Permission.ACCOUNTS_MANAGE)
def link(number: int) -> ResponseReturnValue:
    """A new link by which the holder chooses a password; an earlier one ends."""
    return _show_link(find_managed(db(), number))


@screen.post(f"/<{NUMBER}:number>/wiki")
@needs(Permission.ACCOUNTS_MANAGE)
def wiki(number: int) -> ResponseReturnValue:
    """Say which wiki account may sign in as this one."""
    account, form = find_managed(db(), number), WikiForm()
    try:
        if form.validate():
            link_wiki_account(db(), account, form.wiki_username.data or "")
            return _done(account, gettext("It was saved."))
    except (BadInputError, ConflictError) as error:
        form.wiki_username.errors = [translated(error)]
    return _page(account, wiki_form=form), 422


@screen.post(f"/<{NUMBER}:number>/close")
@needs(Permission.ACCOUNTS_MANAGE)
def close(number: int) -> ResponseReturnValue:
    """Let nobody sign in with the account any more."""
    account = find_managed(db(), number)
    close_account(db(), account)
    return _done(account, gettext("The account was closed."))


@screen.post(f"/<{NUMBER}:number>/open")
@needs(Permission.ACCOUNTS_MANAGE)
def reopen(number: int) -> ResponseReturnValue:
    """Open a closed account again."""
    account = find_managed(db(), number)
    open_account(db(), account)
    return _done(account, gettext("The account was opened."))


@screen.post(f"/<{NUMBER}:number>/reset")
@needs(Permission.ACCOUNTS_MANAGE)
def reset(number: int) -> ResponseReturnValue:
    """Forget the second factors of somebody who lost them."""
    account = find_managed(db(), number)
    reset_second_factor(db(), account)
    return _done(account, gettext("The second factors were forgotten and every session ended."))


@screen.post(f"/<{NUMBER}:number>/sessions/end")
@needs(Permission.ACCOUNTS_MANAGE)
def end(number: int) -> ResponseReturnValue:
    """End one session of the account (field ``session``), or all."""
    account, wanted = find_managed(db(), number), request.form.get("session", "")
    if wanted and not wanted.isdecimal():
        raise NotFoundError("This session has ended already.")
    end_session_of(db(), account, int(wanted[:9]) if wanted else None)
    return _done(account, gettext("Signed out."))


def _done(account: Account, text: str) -> ResponseReturnValue:
    tell(text)
    return redirect(url_for(".one", number=account.id), 303)


def _show_link(account: Account, to: str = "") -> ResponseReturnValue:
    token = make_welcome_link(db(), account, now=now_utc())
    address = url_for("welcome.choose", token=token, _external=True)
    commit_now()  # a mail server takes its time, and others want to write
    if send_welcome(account, to, address):
        return _done(account, gettext("The link was sent."))
    return render_template("account/link.html", account=account, address=address)


def _page(account: Account, *, grant_form: GrantForm | None = None, wiki_form: WikiForm | None = None) -> str:
    rows = list_accounts(db(), now=now_utc())
    return render_template(
        "account/one.html",
        account=account,
        row=next(row for row in rows if row.id == account.id),
        sessions=sign_ins_of(db(), account.id, now=now_utc()),
        deeds=deeds_on(db(), account),
        meaning=_meaning(),
        grant_form=grant_form or GrantForm(formdata=None),
        wiki_form=wiki_form or WikiForm(formdata=None, obj=account),
    )


def _meaning() -> list[tuple[str, list[str]]]:
    """Each role with the sentences of what it may do."""
    return [
        (role.value, [gettext(PERMISSIONS[one]) for one in PERMISSIONS if one in permissions - ODD])
        for role, permissions in ROLES.items()
    ]
