"""In which ways this installation lets people sign in."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app

from wmcrm.accounts import SecretKeys, Site
from wmcrm.errors import SettingsError
from wmcrm.settings import Settings

EXTENSION = "wmcrm_signin"


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
    wikimedia: WikimediaServer | None
    mail: Settings | None


def ways() -> Ways:
    """Those of the current application."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Ways)
    return found
