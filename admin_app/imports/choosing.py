"""From the forms of the workbench to what a draft remembers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext

from admin_app.door import actor
from admin_app.formats import today
from admin_app.forms.imports import DELIMITERS, ENCODINGS, ConsentForm, NewEventForm, own_affiliates
from admin_app.session import db
from wmcrm.errors import BadInputError
from wmcrm.importer import ConsentTerms, NewEvent, RowsMean
from wmcrm.importer.choices import Choices
from wmcrm.importer.drafts import Draft, check_holder
from wmcrm.normalize import DateOrder
from wmcrm.references import find_event

LONGEST = 200


def reading_choices(draft: Draft, form: Mapping[str, str]) -> Choices:
    """How the file is to be read; BadInputError for a choice that is not offered."""
    return replace(
        draft.choices,
        sheet=form.get("sheet", "")[:LONGEST] or None,
        encoding=_one_of(form.get("encoding", ""), ENCODINGS),
        delimiter=_one_of(form.get("delimiter", ""), DELIMITERS),
        date_order=_one_of(form.get("date_order", ""), tuple(order.value for order in DateOrder)),
    )


def event_choices(draft: Draft, form: Mapping[str, str]) -> Choices:
    """For which recorded event the sheet is, who holds the records, what its rows mean."""
    rows_mean = _one_of(form.get("rows_mean", ""), tuple(meaning.value for meaning in RowsMean))
    choices = replace(
        draft.choices,
        affiliate=form.get("affiliate", "")[:LONGEST] or None,
        rows_mean=RowsMean(rows_mean) if rows_mean else None,
    )
    if form.get("event"):
        choices = replace(choices, event=find_event(db(), form["event"]).public_id, new_event=None)
    check_holder(db(), choices)
    return choices


def new_event_choices(draft: Draft, form: NewEventForm) -> Choices:
    """An event that is made with the import, from its filled form."""
    data = form.data
    new = NewEvent(data["title"], data["starts_on"], data["country"], data["timezone"], data["event_type"].value)
    choices = replace(draft.choices, event=None, new_event=new, affiliate=data["holder"])
    check_holder(db(), choices)
    return choices


def consent_choices(draft: Draft, form: ConsentForm) -> Choices:
    """On which terms consents are recorded; without a purpose none are, and the terms go."""
    data = form.data
    if not data["purpose"]:
        return replace(draft.choices, consent_purpose=None, terms=ConsentTerms())
    terms = ConsentTerms(data["notice"], data["collected_on"], data["collector"])
    return replace(draft.choices, consent_purpose=data["purpose"], terms=terms)


def new_event_form(draft: Draft, time_zone: str, country: str | None) -> NewEventForm:
    """The form of a new event, filled with what is known of it."""
    new, choices = draft.choices.new_event, draft.choices
    affiliates = list(own_affiliates())
    only = affiliates[0][0] if len(affiliates) == 1 else None
    return NewEventForm(
        formdata=None,
        title=new.title if new else choices.hint_title,
        starts_on=new.starts_on if new else choices.hint_day,
        country=new.country if new else country,
        timezone=new.timezone if new else time_zone,
        event_type=new.event_type if new else "other",
        holder=choices.affiliate or only,
    )


def consent_form(draft: Draft) -> ConsentForm:
    """The form of the consent bar, filled with what was said."""
    terms = draft.choices.terms
    return ConsentForm(
        formdata=None,
        purpose=draft.choices.consent_purpose or "",
        notice=terms.notice,
        collected_on=terms.collected_on or (today() if draft.choices.consent_purpose else None),
        collector=terms.collector,
    )


def needs_holder() -> bool:
    """Whether the reader may record in the name of several affiliates, and so has to say which."""
    return actor().sees_all or len(actor().affiliate_ids) > 1


def _one_of(value: str, known: Mapping[str, object] | tuple[str, ...]) -> str | None:
    if value and value not in known:
        raise BadInputError(gettext("This is not one of the choices."))
    return value or None
