"""What staff choose when they share records of their affiliate with another."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlmodel import col
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from admin_app.forms.fields import Day
from admin_app.forms.form import Form
from admin_app.forms.imports import own_affiliates
from admin_app.forms.references import AffiliateReference
from admin_app.session import db
from admin_app.words import word
from wmcrm.models import FieldGroup, Purpose

# Where the word alone would say something else.
OTHER_WORDS = {FieldGroup.ROLES: lazy_gettext("Parts in initiatives")}


def group_names() -> list[tuple[str, str]]:
    """Every group of fields and what it is called."""
    return [(group.value, str(OTHER_WORDS.get(group) or word(group.value))) for group in FieldGroup]


def _purposes() -> list[tuple[str, str]]:
    codes = db().scalars(sa.select(col(Purpose.code)).order_by(col(Purpose.id)))
    return [(code, word(code)) for code in codes]


class SharingForm(Form):
    """Whose records, with whom, which groups of fields, for which purpose, until when."""

    giver = SelectField(lazy_gettext("Records of"), [InputRequired()], choices=lambda: own_affiliates())
    receiver = AffiliateReference(lazy_gettext("Shared with"))
    fields = SelectMultipleField(lazy_gettext("What is shared"), [InputRequired()], choices=group_names)
    purpose = SelectField(lazy_gettext("Purpose"), [InputRequired()], choices=_purposes)
    until = Day(
        lazy_gettext("Until"),
        [InputRequired()],
        description=lazy_gettext("The first day on which it is not shared any more; two years ahead at most."),
    )
