"""In which ways this installation lets people sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import current_app, request

from wmcrm.accounts import SecretKeys, Site
from wmcrm.errors import SettingsError
from wmcrm.settings import Settings, is_this_machine

EXTENSION = "wmcrm_signin"
# Headers that a proxy adds.
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


@dataclass(frozen=True, slots=True)
class WikimediaServer:
    """The OAuth 2.0 server of the wikis, and who we are to it."""

    address: str
    client_id: str
    client_secret: str = field(repr=False)
    back: str

    @classmethod
    def of(cls, settings: Settings) -> WikimediaServer | None:
        """What is configured; None for nothing. Raises SettingsError for an id without a secret."""
        if bool(settings.oauth_client_id) != bool(settings.oauth_client_secret):
            raise SettingsError("WMCRM_OAUTH_CLIENT_ID and WMCRM_OAUTH_CLIENT_SECRET belong together; set both.")
        if not settings.oauth_client_id:
            return None
        return cls(
            address=settings.oauth_server.rstrip("/"),
            client_id=settings.oauth_client_id,
            client_secret=settings.oauth_client_secret,
            back=settings.base_url.rstrip("/") + "/login/wikimedia/back",
        )


@dataclass(frozen=True, slots=True)
class Ways:
    """What the pages of signing in need to know of this installation."""

    keys: SecretKeys
    site: Site
    required: bool
    only_offered: bool
    wikimedia: WikimediaServer | None
    mail: Settings | None


def is_required() -> bool:
    """Whether stewards and administrators need a second factor for the current request.

    Where an installation is meant for this very machine one is offered; whoever comes from elsewhere all the same,
    or through a proxy, needs it, unless the settings say that it is only offered.
    """
    found = ways()
    return found.required or (not found.only_offered and _comes_from_elsewhere())


def _comes_from_elsewhere() -> bool:
    hosts = (request.remote_addr or "", urlsplit(f"//{request.host}").hostname or "")
    return any(name in request.headers for name in PASSED_ON) or not all(is_this_machine(host) for host in hosts)


def ways() -> Ways:
    """Those of the current application."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Ways)
    return found
