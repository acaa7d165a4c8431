"""Pathways: how people become organizers, as counts with their tables."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.formats import today
from admin_app.forms.fields import day_or_today, regions
from admin_app.path_charts import cohort_rows, route_bars, stage_bars, stop_bars
from admin_app.session import db
from wmcrm.paths import LATEST, WINDOWS, Asked, paths
from wmcrm.references import find_affiliate

screen = Blueprint("paths", __name__, url_prefix="/paths")


@screen.get("/")
@needs(Permission.PATHS_READ)
def index() -> str:
    """The figures of the people whom the reader may list, as of a day."""
    as_of = day_or_today(request.args.get("as_of", ""), today())
    code, region = request.args.get("affiliate", "").strip(), request.args.get("region", "")
    affiliate = find_affiliate(db(), code) if code else None
    found = list(
        paths(db(), as_of, asked=Asked(affiliate=affiliate.id if affiliate else None, region=region or None)).values()
    )
    return render_template(
        "paths.html",
        as_of=as_of,
        affiliate=code,
        region=region,
        regions=regions(),
        version=LATEST.version,
        people=len(found),
        stages=stage_bars(found),
        stops=stop_bars(found),
        routes=route_bars(found),
        cohorts=cohort_rows(found),
        windows=[gettext("%(months)s months", months=months) for months in WINDOWS],
    )
