"""The admin: screens over wmcrm, with no rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from wmcrm.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings, *, testing: bool = False) -> Flask:
    """The admin over the database that ``settings`` name; raises SettingsError for an unsafe installation."""
    # Imported here, so that set-up can run a module of this package before anything else of it is needed.
    from admin_app.application import build_app

    return build_app(settings, testing=testing)
