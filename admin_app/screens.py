"""Every screen of the admin, in one list, and the way to it.

A new screen is a module in ``admin_app/views`` with a blueprint (or a TableView) called ``screen``, its
name in SCREENS, and, if people go there directly, a line in NAVIGATION.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from flask import Blueprint, Flask, current_app, request, url_for
from flask_babel import LazyString, lazy_gettext

from admin_app.access import Permission
from admin_app.door import may
from admin_app.views.base import table_views

SCREENS = (
    "home",
    "health",
    "people",
    "person",
    "rights",
    "sealed",
    "stewards",
    "access_log",
    "rights_requests",
    "retention",
    "letters",
    "privacy",
    "facts",
    "paths",
    "events",
    "answers",
    "affiliates",
    "sharing",
    "reference",
    "imports",
    "review",
    "organizations",
    "directory",
    "consent",
    "outreach",
    "passing_on",
    "self_service",
    "confirming",
    "withdrawal",
    "account",
    "protection",
    "accounts",
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A place in the navigation: the endpoint it opens, its words, its icon, its key after ``g``."""

    endpoint: str
    text: LazyString
    icon: str
    permission: Permission
    key: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A destination as the page shows it."""

    address: str
    text: LazyString
    icon: str
    key: str
    current: bool


# A destination whose screen is not built in is simply not shown.
NAVIGATION = (
    Destination("home.index", lazy_gettext("Home"), "home", Permission.SIGNED_IN, "h"),
    Destination("import.index", lazy_gettext("Import"), "upload", Permission.IMPORT_RUN, "i"),
    Destination("people.index", lazy_gettext("People"), "userGroup", Permission.PEOPLE_READ, "u"),
    Destination("directory.index", lazy_gettext("Directory"), "userContributions", Permission.DIRECTORY_READ, "d"),
    Destination("paths.index", lazy_gettext("Pathways"), "mapTrail", Permission.PATHS_READ, "p"),
    Destination("events.index", lazy_gettext("Events"), "calendar", Permission.EVENTS_READ, "e"),
    Destination("affiliates.index", lazy_gettext("Affiliates"), "globe", Permission.AFFILIATES_READ, "a"),
    Destination("review.index", lazy_gettext("Review"), "merge", Permission.REVIEW_DECIDE, "r"),
    Destination("reference.index", lazy_gettext("Reference"), "book", Permission.REFERENCE_READ),
    Destination("privacy.index", lazy_gettext("Privacy"), "lock", Permission.RETENTION_READ),
)


def register_screens(app: Flask) -> None:
    """Register every screen, its routes' policies and the navigation.

    What a module calls ``screen`` is a blueprint, a table view, or several of them.
    """
    with app.app_context():
        tables = table_views(app)
        for name in SCREENS:
            found = import_module(f"admin_app.views.{name}").screen
            for part in found if isinstance(found, tuple) else (found,):
                if isinstance(part, Blueprint):
                    app.register_blueprint(part)
                else:
                    tables.add(part)
    app.jinja_env.globals.update(navigation=navigation, has_page=has_page)


def has_page(endpoint: str) -> bool:
    """Whether this installation has the screen, so that a page may link to it."""
    return endpoint in current_app.view_functions


def navigation() -> list[Link]:
    """The links for whoever is signed in; the one of the current screen is marked."""
    here = (request.endpoint or "").partition(".")[0]
    return [
        Link(url_for(place.endpoint), place.text, place.icon, place.key, place.endpoint.partition(".")[0] == here)
        for place in NAVIGATION
        if place.endpoint in current_app.view_functions and may(place.permission)
    ]
