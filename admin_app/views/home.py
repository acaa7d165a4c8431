"""Home: what needs me today."""

from __future__ import annotations

from flask import Blueprint, render_template

from admin_app.access import Permission, needs

screen = Blueprint("home", __name__)


@screen.get("/")
@needs(Permission.SIGNED_IN)
def index() -> str:
    """What waits for a person, and what was imported lately."""
    return render_template("home.html")
