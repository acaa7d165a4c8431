"""The duties that come with personal data: what has to be looked at, and the way to each screen about it."""

from __future__ import annotations

from flask import Blueprint, render_template

from admin_app.access import Permission, needs
from admin_app.door import actor
from admin_app.formats import today
from admin_app.session import db
from wmcrm.permissions import is_for_all
from wmcrm.privacy import data_duties

screen = Blueprint("privacy", __name__, url_prefix="/privacy")
# Where each kind of duty is dealt with; others have no screen of their own.
PLACES = {
    "request_open": "rights_requests.index",
    "sealed_hit": "stewards.hits",
    "retention": "retention.index",
    "purge_overdue": "retention.index",
    "consent_ends": "outreach.renewals",
}


@screen.get("/")
@needs(Permission.RETENTION_READ)
def index() -> str:
    """What is due, with counts and days; for accounts of single affiliates only the screens they may open."""
    for_all = is_for_all(actor(), Permission.RETENTION_READ)
    duties = data_duties(db(), today=today()) if for_all else []
    return render_template("privacy/index.html", duties=duties, places=PLACES, for_all=for_all)
