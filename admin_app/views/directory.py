"""The directory: who organizes what, where and in which languages, and whom one may write to for this."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from admin_app.access import Permission, needs
from admin_app.directory_page import FILTERS, SHOWN, Asked, answer, purposes, read_asked, roles, topics
from admin_app.door import may
from admin_app.formats import today
from admin_app.forms.fields import countries, regions
from admin_app.session import db
from admin_app.words import word
from wmcrm.models import Channel
from wmcrm.permissions import acting_with

screen = Blueprint("directory", __name__, url_prefix="/directory")


@screen.get("/")
@needs(Permission.DIRECTORY_READ)
def index() -> str:
    """Who is found, as rows without any contact value; the address holds no personal data."""
    asked = read_asked(request.args)
    if not may(Permission.OUTREACH_USE):
        asked = Asked(asked.filters, "", "")
    with acting_with(db(), Permission.DIRECTORY_READ if asked.looks_only else Permission.OUTREACH_USE):
        found = answer(db(), asked, today())
    return render_template(
        "directory.html",
        asked=asked,
        found=found,
        filters=FILTERS,
        shown=SHOWN,
        without=_without,
        choices={
            "role": [(role, word(role)) for role in roles()],
            "topic": [(topic, word(topic)) for topic in topics(db())],
            "country": countries(),
            "region": regions(),
        },
        purposes=purposes(db()) if may(Permission.OUTREACH_USE) else [],
        channels=[channel for channel in Channel if channel is not Channel.ANY],
    )


def _without(name: str) -> str:
    """The same question without one filter."""
    kept = {key: value for key, value in request.args.items() if key != name and value}
    return url_for(".index") + (f"?{urlencode(kept)}" if kept else "")
