"""People: search and list, one person with everything that is known, the form."""

from __future__ import annotations

from typing import ClassVar

import sqlalchemy as sa
from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm

from admin_app.access import Permission
from admin_app.alike import Typed, alike
from admin_app.door import actor, may
from admin_app.formats import today
from admin_app.forms.people import NewPersonForm, PersonForm
from admin_app.listing import Page, Question
from admin_app.person_history import history_of
from admin_app.person_page import consents_of, merges_of, path_lines
from admin_app.places import country
from admin_app.rights_page import rights_of
from admin_app.session import db
from admin_app.views.base import Column, TableView
from wmcrm.db import actor_of
from wmcrm.errors import NotFoundError
from wmcrm.models import Person, holds
from wmcrm.models.removing import require_held_by_nobody_else
from wmcrm.models.scope import shared_people
from wmcrm.people import (
    MOST_FOUND,
    Beside,
    add_account,
    add_contact,
    beside,
    hold_new_person,
    in_use,
    keep_name,
    search_people,
    show_person,
    standing_for,
)
from wmcrm.permissions import acting_with


class PersonView(TableView[Person]):
    """The people whom the reader's affiliates hold."""

    table = Person
    place = "/people"
    title = lazy_gettext("People")
    one = lazy_gettext("Person")
    new = lazy_gettext("Add a person")
    reads = Permission.PEOPLE_READ
    writes = Permission.PEOPLE_EDIT
    form = PersonForm
    list_template = "people.html"
    details_template = "person.html"
    form_template = "person_form.html"
    sortable = ("sort_name",)
    searched = ("display_name",)
    columns: ClassVar = (
        Column("sort_name", lazy_gettext("Name")),
        Column("username", lazy_gettext("Username")),
        Column("residence_country", lazy_gettext("Country")),
        Column("occasions", lazy_gettext("Occasions"), number=True),
        Column("last_occasion_on", lazy_gettext("Last occasion")),
    )

    def query(self) -> sa.Select[tuple[Person]]:
        """People in use: nobody held at an import, merged, erased or sealed."""
        return super().query().where(in_use())

    def found(self, question: Question) -> Page[Person]:
        """A page of everybody, or of those whom the search index gives for a text."""
        if question.text:
            found = search_people(db(), question.text, after=question.after, descending=question.descending)
            return Page(tuple(found.people), found.next, found.count, cap=MOST_FOUND)
        return super().found(question)

    def beside(self, people: tuple[Person, ...]) -> dict[int, Beside]:
        """For each person of a page what other tables know."""
        return beside(db(), [person.id for person in people])

    def title_of(self, record: Person) -> str:
        """The name the person wants to be called."""
        return record.display_name

    def text_of(self, record: Person, name: str) -> object:
        """What a cell shows."""
        return country(record.residence_country) if name == "residence_country" else super().text_of(record, name)

    @expose("/<key>")  # type: ignore[untyped-decorator]
    def record(self, key: str) -> ResponseReturnValue:
        """The page of one person; the id of a merged record leads to the one it became part of."""
        try:
            page: ResponseReturnValue = super().record(key)
            return page
        except NotFoundError:
            standing = standing_for(db(), key)
            if standing.public_id == key:
                raise
            return redirect(self.address_of(standing), 303)

    @expose("/<key>/remove", methods=("POST",))  # type: ignore[untyped-decorator]
    def remove(self, key: str) -> ResponseReturnValue:
        """Take a person out of use whom no other affiliate holds."""
        require_held_by_nobody_else(db(), self.find_mine(key).id)
        page: ResponseReturnValue = super().remove(key)
        return page

    def details(self, record: Person) -> dict[str, object]:
        """Everything known about the person that the reader may see."""
        shown: dict[str, object] = {"card": show_person(db(), record)}
        shown["consents"] = consents_of(db(), record)
        shown["merges"] = merges_of(db(), record)
        shown["shared"] = bool(shared_people(db(), [record.id]))
        shown["rights"] = rights_of(db(), record)
        shown["path"] = path_lines(db(), record, today()) if may(Permission.PATHS_READ) else []
        with acting_with(db(), Permission.HISTORY_READ):
            shown["history"] = history_of(db(), record) if may(Permission.HISTORY_READ, record) else []
        return shown

    def mine(self, record: Person) -> bool:
        """Whom another affiliate shares, only that one changes."""
        return holds(db(), actor_of(db()), record)

    def form_of(self, record: Person | None) -> FlaskForm:
        """The form for a person; a new one may be given an account at once."""
        return PersonForm(obj=record) if record else NewPersonForm()

    def page(self, template: str, **values: object) -> str:
        """A page of this screen; a form tells who is alike."""
        return super().page(template, alike=g.get("alike"), **values)

    def save(self, form: FlaskForm, record: Person) -> None:
        """Write the form, and what goes with a name and with a new person."""
        is_new = bool(sa.inspect(record).transient)
        super().save(form, record)
        if is_new:
            hold_new_person(db(), record, actor())
            if form.username.data:
                add_account(db(), record, form.username.data)
            for kind, text in form.contacts():
                add_contact(db(), record, kind, text)
        keep_name(db(), record, actor())

    def _saved(self, form: FlaskForm, record: Person) -> bool:
        if request.form.get("anyway") != "yes" and form.display_name.data != record_name(record):
            g.alike = alike(db(), _typed(form), but=[record.id] if record.id else [])
            if g.alike:
                form.form_errors.append(gettext("Look whether the person is here already, or save anyway."))
                return False
        return super()._saved(form, record)


def record_name(record: Person) -> str:
    """The name that a record has now; nothing for a new one."""
    return "" if sa.inspect(record).transient else record.display_name


def _typed(form: FlaskForm) -> Typed:
    names = ("display_name", "username", "residence_country", "residence_city", "email", "phone")
    return Typed(*((form[name].data or "") if name in form else "" for name in names))


screen = PersonView
