"""The workbench as a page: the draft with its forms, and what changed when the data moved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext
from sqlmodel import col

from admin_app.door import actor
from admin_app.forms.imports import (
    DELIMITERS,
    ENCODINGS,
    ConsentForm,
    NewEventForm,
    notice_versions,
    own_affiliates,
    purposes,
    rows_mean_choices,
)
from admin_app.imports import wording
from admin_app.imports.choosing import consent_form, needs_holder, new_event_form
from admin_app.imports.workbench import Asked, Workbench, workbench
from admin_app.session import db
from wmcrm.importer.drafts import Draft
from wmcrm.importer.preview import Bucket, Effect
from wmcrm.models import Affiliate, Event, EventHost

LONGEST_SEARCH = 200
Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Offered:
    """What the selects of the page offer, and in which column each header stands."""

    sheets: list[Choice]
    encodings: list[Choice]
    delimiters: list[Choice]
    date_orders: list[Choice]
    fields: frozenset[str]
    places: Mapping[str, int]


def workbench_page(
    draft: Draft,
    *,
    template: str = "import/draft.html",
    new_event: NewEventForm | None = None,
    consent: ConsentForm | None = None,
    before: Effect | None = None,
) -> str:
    """The page of a draft, or a part of it; forms that were refused are shown as they were sent."""
    shown = workbench(draft, _asked())
    zone, country = _usual_place()
    return render_template(
        template,
        shown=shown,
        draft=draft,
        new_event=new_event or new_event_form(draft, zone, country),
        consent=consent or consent_form(draft),
        before=before,
        wording=wording,
        Bucket=Bucket,
        offered=_offered(shown),
        seen_cells=[],
        rows_mean=rows_mean_choices(),
        affiliates=list(own_affiliates()) if needs_holder() else [],
        notice_versions=notice_versions(),
        answer_purposes=purposes()[1:],
        event_text=_asked().event_text,
        effect_json=json.dumps(asdict(shown.preview.effect)) if shown.preview else "",
    )


def _offered(shown: Workbench) -> Offered:
    sheet = shown.sheet
    found_delimiter = DELIMITERS.get(sheet.delimiter or "", sheet.delimiter)
    signs = [(sign, str(name)) for sign, name in DELIMITERS.items()]
    places: dict[str, int] = {}
    for column, header in enumerate(sheet.layout.headers):
        places.setdefault(header, column)
    return Offered(
        [("", gettext("the first that names people")), *((name, name) for name in sheet.sheets)],
        [("", gettext("found: %(name)s", name=sheet.encoding)), *((name, name) for name in ENCODINGS)],
        [("", gettext("found: %(name)s", name=found_delimiter)), *signs],
        [
            ("", gettext("as the column shows")),
            ("dmy", gettext("day first: 3 April")),
            ("mdy", gettext("month first: 4 March")),
            ("ymd", gettext("year first")),
        ],
        frozenset(field.value for field in wording.FIELDS),
        places,
    )


def moved_page(draft: Draft, effect: str) -> str:
    """The page of a draft whose plan is another by now, beside what somebody had seen."""
    return workbench_page(draft, before=_effect(effect))


def _effect(text: str) -> Effect | None:
    try:
        told = json.loads(text)
        return Effect(**{name: int(value) for name, value in told.items()})
    except (ValueError, TypeError, AttributeError):
        return None


def _asked() -> Asked:
    pages = {
        bucket: int(text)
        for bucket in Bucket
        if (text := request.args.get(bucket.value, "")).isdecimal() and len(text) < 6
    }
    return Asked(pages, request.args.get("find", "").strip()[:LONGEST_SEARCH])


def _usual_place() -> tuple[str, str | None]:
    """The time zone and the country of the latest event that the reader's affiliates hosted."""
    acting = actor()
    query = sa.select(col(Event.timezone), col(Event.country)).where(col(Event.removed_at).is_(None))
    if not acting.sees_all:
        mine = sorted(acting.affiliate_ids)
        hosted = sa.select(col(EventHost.event_id)).where(col(EventHost.affiliate_id).in_(mine))
        query = query.where(col(Event.id).in_(hosted))
    latest = db().execute(query.order_by(col(Event.starts_on).desc(), col(Event.id).desc()).limit(1)).first()
    if latest is not None:
        return latest[0], latest[1]
    own = sa.select(col(Affiliate.country)).where(col(Affiliate.id).in_(sorted(acting.affiliate_ids)))
    return "UTC", db().scalars(own.limit(1)).first()
