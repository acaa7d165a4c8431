"""Sharing between affiliates: who shows what to whom, until when; given and ended."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.addresses import NUMBER
from admin_app.formats import today
from admin_app.forms.sharing import SharingForm, group_names
from admin_app.notices import tell
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import BadInputError
from wmcrm.models import Affiliate, FieldGroup
from wmcrm.references import find_affiliate
from wmcrm.sharing import Terms, end, grant, list_sharing

screen = Blueprint("sharing", __name__, url_prefix="/sharing")


@screen.route("/", methods=("GET", "POST"))
@needs(Permission.AFFILIATES_EDIT)
def index() -> ResponseReturnValue:
    """The grants of one's affiliates, and a form for a new one."""
    form = SharingForm()
    if form.validate_on_submit():
        try:
            _give(form)
        except BadInputError as error:
            form.form_errors.append(translated(error))
        else:
            tell(gettext("It is shared from now on."))
            return redirect(url_for(".index"), 303)
    rows = list_sharing(db(), today=today())
    shown = render_template("sharing/all.html", rows=rows, form=form, groups=dict(group_names()))
    return shown, 422 if form.is_submitted() else 200


@screen.post(f"/<{NUMBER}:number>/end")
@needs(Permission.AFFILIATES_EDIT)
def stop(number: int) -> ResponseReturnValue:
    """End a grant at once."""
    end(db(), number)
    tell(gettext("Nothing is shared by it any more."))
    return redirect(url_for(".index"), 303)


def _give(form: SharingForm) -> None:
    giver = find_affiliate(db(), form.giver.data)
    receiver = db().get_one(Affiliate, form.receiver.data)
    assert form.until.data is not None  # the form asks for it
    terms = Terms([FieldGroup(group) for group in form.fields.data], form.purpose.data, form.until.data)
    grant(db(), giver, receiver, terms, today=today())
