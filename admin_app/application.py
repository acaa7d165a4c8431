"""The application: everything a request passes through, put together in one place."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_app.access import Permission, set_policy
from admin_app.addresses import static_url
from admin_app.assets import check_assets
from admin_app.door import guard
from admin_app.errors import explain_errors
from admin_app.formats import install_formats
from admin_app.headers import add_headers
from admin_app.icons import find_icon
from admin_app.language import install_languages
from admin_app.language import screen as language_screen
from admin_app.notices import show_notices
from admin_app.post_office import install_post_office
from admin_app.screens import register_screens
from admin_app.session import Application, install_sessions
from admin_app.signin import install_sign_in
from wmcrm.db import open_engine
from wmcrm.settings import Settings

LARGEST_UPLOAD = 21 * 1024 * 1024  # a file of 20 MB and the fields around it
LARGEST_TEXT = 4 * 1024 * 1024  # cells pasted into a form


def build_app(settings: Settings, *, testing: bool = False) -> Flask:
    """The admin over the database that ``settings`` name; raises SettingsError for an unsafe installation."""
    check_assets()
    app = Application(__name__)
    app.testing = testing
    _configure(app, settings)
    install_sessions(app, open_engine(settings.database_url))
    install_post_office(app, settings)
    CSRFProtect(app)
    install_languages(app, settings.default_locale)
    install_formats(app)
    install_sign_in(app, settings)
    guard(app)
    explain_errors(app)
    add_headers(app, https=settings.is_https)
    show_notices(app)
    app.register_blueprint(language_screen)
    register_screens(app)
    set_policy(app, "static", Permission.PUBLIC)
    app.jinja_env.globals.update(static_url=static_url, find_icon=find_icon, here=_here)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    https, _ = settings.is_https, settings.least_counts  # a threshold that is not safe is refused at the start
    app.config.update(
        SECRET_KEY=settings.require_secret(),
        PREFERRED_URL_SCHEME="https" if https else "http",
        SESSION_COOKIE_NAME="__Host-wmcrm" if https else "wmcrm",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=LARGEST_TEXT,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        WTF_CSRF_SSL_STRICT=False,  # it would ask for the Referer that our own policy withholds
    )
    if https:
        # The embedded server speaks no TLS: behind https there is one proxy, which names the reader's address.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]


def _here() -> str:
    """The page that is being made, as a path to come back to; after a form was refused, the form."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
