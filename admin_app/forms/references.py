"""Fields that name another record in words, so that a page never lists every row of a table."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from sqlmodel import col
from wtforms import StringField
from wtforms.validators import InputRequired

from admin_app.listing import key_column
from admin_app.session import db
from admin_app.translated import translated
from wmcrm.errors import WmcrmError
from wmcrm.models import Affiliate, Event
from wmcrm.references import find_affiliate, find_event

Named = Event | Affiliate
Finder = Callable[[Session, str], Event] | Callable[[Session, str], Affiliate]


class Reference(StringField):  # type: ignore[misc]
    """A reference as commands take it; ``data`` is the row's number. Refused with the library's sentence."""

    def __init__(self, label: object = None, *, model: type[Named], find: Finder, **extra: object) -> None:
        super().__init__(label, [InputRequired()], **extra)
        self.model = model
        self.find = find

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if not self.data:
            return ""
        known = sa.select(key_column(self.model)).where(col(self.model.id) == self.data)
        return str(db().execute(known).scalar_one_or_none() or "")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Find the row; a ValueError that says what to type when there is none or there are several."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = self.find(db(), text).id
            except WmcrmError as error:
                raise ValueError(translated(error)) from error


class EventReference(Reference):
    """An event by its id or its whole title."""

    def __init__(self, label: object = None, **extra: object) -> None:
        told = lazy_gettext("The whole title of the event, or its id such as e_4k2mzh81w9qc.")
        super().__init__(label, model=Event, find=find_event, description=told, **extra)


class AffiliateReference(Reference):
    """An affiliate by its code, its name or its id."""

    def __init__(self, label: object = None, **extra: object) -> None:
        told = lazy_gettext("The code of the affiliate, its whole name or its id.")
        super().__init__(label, model=Affiliate, find=find_affiliate, description=told, **extra)
