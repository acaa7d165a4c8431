"""Consent: of one person by purpose and channel; the register of purposes and the notices people were shown."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlmodel import col

from admin_app.access import Permission, needs
from admin_app.consent_page import purpose_lines
from admin_app.door import actor, may
from admin_app.formats import today
from admin_app.forms.consent import DecisionForm, NoticeForm
from admin_app.listing import LARGEST_KEY
from admin_app.notices import tell
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.consent import Act, add_notice, find_channel, notices, record_decision, withdraw
from wmcrm.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from wmcrm.models import ConsentDecision, ConsentMethod, LawfulBasis, Person, PersonStatus, PrivacyNotice, Purpose
from wmcrm.outreach import consent_log
from wmcrm.people import holder_for, standing_for

screen = Blueprint("consent", __name__)


@screen.get("/people/<key>/consent")
@needs(Permission.PEOPLE_READ)
def person(key: str) -> str:
    """What holds for each purpose, whether one may write and why, a form for a new decision, the log."""
    found = _person(key)
    return _page(found, DecisionForm(formdata=None, on=today(), basis=LawfulBasis.CONSENT))


@screen.post("/people/<key>/consent")
@needs(Permission.CONSENT_RECORD)
def record(key: str) -> ResponseReturnValue:
    """Record what the person decided."""
    found, form = _person(key), DecisionForm()
    if form.validate_on_submit() and _recorded(found, form):
        tell(gettext("It was recorded and holds from now on."))
        return redirect(url_for(".person", key=key, _anchor="main"), 303)  # not at the form, from where it was sent
    return _page(found, form), 422


@screen.post("/people/<key>/consent/withdraw")
@needs(Permission.CONSENT_RECORD)
def take_back(key: str) -> ResponseReturnValue:
    """Record that the person withdrew a consent; it holds from this moment."""
    found = _person(key)
    act = Act(ConsentMethod.SPOKEN, today(), controller_id=holder_for(db(), found), collector=actor().name)
    channel = find_channel(request.form.get("channel", ""))
    withdraw(db(), found, purpose=request.form.get("purpose", ""), act=act, channel=channel)
    tell(gettext("Withdrawn. It holds from now on; only the person can consent again."))
    return redirect(url_for(".person", key=key), 303)


@screen.get("/consent/")
@needs(Permission.REFERENCE_READ)
def register() -> str:
    """The register of purposes, and every notice in every language."""
    purposes = db().scalars(sa.select(Purpose).order_by(col(Purpose.id))).all()
    return render_template("consent/register.html", purposes=purposes, versions=notices(db()))


@screen.get("/consent/notices/<int:number>")
@needs(Permission.REFERENCE_READ)
def notice(number: int) -> str:
    """The wording of a notice in one language."""
    found = db().get(PrivacyNotice, min(number, LARGEST_KEY))
    if found is None:
        raise NotFoundError("There is no such record.")
    others = [row for row in notices(db()) if row.version == found.version and row.id != found.id]
    return render_template("consent/notice.html", notice=found, others=others)


@screen.route("/consent/notices/new", methods=("GET", "POST"))
@needs(Permission.REFERENCE_EDIT)
def new_notice() -> ResponseReturnValue:
    """Publish the wording of a notice in a language; a wording that people have seen is never replaced."""
    asked = {"version": request.args.get("version", "")[:60]} if request.method == "GET" else {}
    form = NoticeForm(data=asked)
    if form.validate_on_submit() and (made := _published(form)) is not None:
        tell(gettext("The wording was published."))
        return redirect(url_for(".notice", number=made.id), 303)
    return render_template("consent/notice_form.html", form=form), 422 if request.method == "POST" else 200


def _page(found: Person, form: DecisionForm) -> str:
    return render_template(
        "consent/person.html",
        person=found,
        lines=purpose_lines(db(), found),
        log=consent_log(db(), found),
        form=form if may(Permission.CONSENT_RECORD, found) else None,
    )


def _recorded(found: Person, form: DecisionForm) -> bool:
    act = Act(
        form.method.data,
        form.on.data or today(),
        notice=form.notice.data,
        evidence=form.evidence.data,
        controller_id=holder_for(db(), found),
        collector=actor().name,
        basis=form.basis.data,
    )
    decision = ConsentDecision(form.decision.data)
    try:
        record_decision(db(), found, decision, purpose=form.purpose.data, channel=form.channel.data, act=act)
    except (BadInputError, ConflictError, NotAllowedError) as error:
        form.form_errors.append(translated(error))
        return False
    return True


def _published(form: NoticeForm) -> PrivacyNotice | None:
    version, language, wording = (field.data or "" for field in (form.version, form.language, form.wording))
    made = None
    try:
        for code in form.purposes.data:
            made = add_notice(db(), version, purpose=code, language=language, wording=wording)
    except (BadInputError, ConflictError) as error:
        form.form_errors.append(translated(error))
        return None
    return made


def _person(key: str) -> Person:
    found = standing_for(db(), key)
    if found.public_id != key or found.status is not PersonStatus.ACTIVE:
        raise NotFoundError("There is no such record.")
    return found
