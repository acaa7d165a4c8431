"""Sign-in: invited accounts only, a first factor of three, a second, sessions that can be ended.

Accounts, their hashes and every rule live in wmcrm.accounts; here are the pages and the cookie.
"""

from __future__ import annotations

from flask import Flask

from admin_app.signin import passkey, password, second, welcome, wikimedia
from admin_app.signin.visitor import lacks_second_factor
from admin_app.signin.ways import EXTENSION, Ways, WikimediaServer
from wmcrm.accounts import SESSION_LENGTH, SecretKeys, Site
from wmcrm.settings import Settings

__all__ = ["install_sign_in"]


def install_sign_in(app: Flask, settings: Settings) -> None:
    """Add the pages of signing in and out; that of Wikimedia only where it is configured."""
    app.config["PERMANENT_SESSION_LIFETIME"] = SESSION_LENGTH
    server = WikimediaServer.of(settings)
    app.extensions[EXTENSION] = Ways(
        keys=SecretKeys(settings.require_secret()),
        site=Site(settings.base_url.rstrip("/")),
        required=settings.requires_second_factor,
        only_offered=settings.second_factor == "offered",
        wikimedia=server,
        mail=settings if settings.smtp_url else None,
    )
    for part in (password, second, passkey, welcome):
        app.register_blueprint(part.screen)
    if server is not None:
        app.register_blueprint(wikimedia.screen)
    app.jinja_env.globals["lacks_second_factor"] = lacks_second_factor
