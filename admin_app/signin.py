"""Sign-in: invited accounts only, argon2id, ten tries in five minutes, sessions of twelve hours.

Accounts and their hashes live in wmcrm; Flask-Security sees them through the adapter below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Flask, request, session
from flask_babel import lazy_gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import LoginForm, RoleMixin, Security, UserMixin, user_authenticated
from flask_security.datastore import UserDatastore
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from admin_app.access import Permission, set_policy
from admin_app.session import engine
from wmcrm.accounts import HASHER, find_sign_in, note_sign_in
from wmcrm.db import OPERATOR, Actor, session_scope

TRIES = "10 per 5 minutes"
SESSION_LENGTH = timedelta(hours=12)


@dataclass(slots=True)
class SignedIn(UserMixin):
    """An account as Flask-Security wants to see it."""

    name: str
    fs_uniquifier: str
    password: str | None
    active: bool
    locale: str | None
    shortcuts: bool
    actor: Actor
    roles: list[RoleMixin] = field(default_factory=list)

    __hash__ = UserMixin.__hash__

    def verify_and_update_password(self, password: str) -> bool:
        """Whether this is the account's password."""
        try:
            return HASHER.verify(self.password or "", password)
        except (VerifyMismatchError, InvalidHashError):
            return False


class Accounts(UserDatastore):
    """Reads accounts out of wmcrm; it writes nothing, accounts are made by ``wmcrm account``."""

    def __init__(self) -> None:
        super().__init__(SignedIn, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **wanted: str) -> SignedIn | None:
        """The account with this ``name`` or this ``fs_uniquifier``; None when there is none."""
        name, mark = wanted.get("name", ""), wanted.get("fs_uniquifier", "")
        with session_scope(engine(), OPERATOR) as reading:
            found = find_sign_in(reading, name=name, fs_uniquifier=mark)
        if found is None:
            return None
        account, actor = found
        return SignedIn(
            name=account.name,
            fs_uniquifier=account.fs_uniquifier,
            password=account.password_hash,
            active=account.active,
            locale=account.locale,
            shortcuts=account.shortcuts,
            actor=actor,
        )

    def find_role(self, role: str) -> None:
        """Roles are grants of wmcrm; Flask-Security holds none."""

    def put(self, model: SignedIn) -> SignedIn:
        """Nothing is stored from here."""
        return model

    def commit(self) -> None:
        """Nothing is stored from here."""


class SignInForm(LoginForm):
    """Name and password; whatever is wrong, the answer is the same sentence."""

    email = None
    remember = None
    name = StringField(
        lazy_gettext("Name of the account"),
        [InputRequired(), Length(max=100)],
        render_kw={"autocomplete": "username", "autofocus": True, "dir": "auto"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        [InputRequired(), Length(max=500)],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField(lazy_gettext("Sign in"))

    def validate(self, **kwargs: object) -> bool:
        """Look the account up, then let Flask-Security compare the password."""
        self.ifield = self.name
        # A NUL byte is no character of a name, and PostgreSQL refuses to be asked about it.
        name = (self.name.data or "").replace("\x00", "").strip()
        self.user = Accounts().find_user(name=name) if name else None
        valid: bool = super().validate(**kwargs)
        if not valid:
            self.name.errors, self.password.errors = [], []
            self.form_errors = [lazy_gettext("The name or the password is not right.")]
        return valid


def install_sign_in(app: Flask, limiter: Limiter) -> None:
    """Add ``/login`` and ``/logout`` and everything that keeps them safe."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=SESSION_LENGTH,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (a scheme)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_NORMALIZE_FORM=None,
        # The library's own costs, so that a name nobody has takes as long to refuse as one that exists.
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__rounds": HASHER.time_cost,
            "argon2__memory_cost": HASHER.memory_cost,
            "argon2__parallelism": HASHER.parallelism,
        },
        SECURITY_PASSWORD_SALT="unused",  # noqa: S106  (argon2 brings its own)
        SECURITY_LOGIN_USER_TEMPLATE="sign_in.html",
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"name": {"mapper": str, "case_insensitive": False}}],
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_POST_LOGOUT_VIEW="/login",
    )
    security = Security(app, Accounts(), login_form=SignInForm)
    security.principal.skip_static = True  # a style sheet needs no look at the account table
    _limit_tries(app, limiter)
    for endpoint in app.view_functions:
        if endpoint.startswith("security."):
            set_policy(app, endpoint, Permission.PUBLIC if endpoint in _OPEN else Permission.CLOSED)
    user_authenticated.connect(_begin_session, app)


_OPEN = frozenset({"security.login", "security.logout"})


def _limit_tries(app: Flask, limiter: Limiter) -> None:
    view = app.view_functions["security.login"]
    by_address = limiter.limit(TRIES, methods=["POST"], key_func=get_remote_address)
    by_name = limiter.limit(TRIES, methods=["POST"], key_func=_tried_name)
    app.view_functions["security.login"] = by_address(by_name(view))  # type: ignore[assignment]


def _tried_name() -> str:
    return "name:" + request.form.get("name", "").strip().casefold()[:100]


def _begin_session(_app: Flask, user: SignedIn, **_extra: object) -> None:
    session.permanent = True
    with session_scope(engine(), OPERATOR, writing=True) as writing:
        note_sign_in(writing, user.fs_uniquifier)
