"""Facts about a person that are typed in one by one: positions, occasions, names, accounts, languages."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from admin_app.access import Permission, needs
from admin_app.door import actor
from admin_app.forms.people import AccountForm, LanguageForm, MembershipForm, NameForm, ParticipationForm
from admin_app.integrity import explain
from admin_app.listing import LARGEST_KEY
from admin_app.notices import drop_undo, tell
from admin_app.session import db
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import (
    LanguageSkill,
    Membership,
    Participation,
    Person,
    PersonName,
    PersonStatus,
    Protection,
    WikiAccount,
    now_utc,
)
from wmcrm.people import holder_for

screen = Blueprint("facts", __name__, url_prefix="/facts")


Fact = Membership | Participation | PersonName | WikiAccount | LanguageSkill


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: its table, its form, what it is called."""

    table: type[Fact]
    form: type[FlaskForm]
    title: LazyString


KINDS: dict[str, Kind] = {
    "membership": Kind(Membership, MembershipForm, lazy_gettext("Position")),
    "participation": Kind(Participation, ParticipationForm, lazy_gettext("Occasion")),
    "name": Kind(PersonName, NameForm, lazy_gettext("Name")),
    "account": Kind(WikiAccount, AccountForm, lazy_gettext("Wiki account")),
    "language": Kind(LanguageSkill, LanguageForm, lazy_gettext("Language")),
}


@screen.route("/<any(membership, participation, name, account, language):kind>/new", methods=("GET", "POST"))
@needs(Permission.PEOPLE_EDIT)
def create(kind: str) -> ResponseReturnValue:
    """A new fact about the person whom the address names."""
    person = _person(col(Person.public_id) == request.args.get("person", ""))
    form = KINDS[kind].form()
    if request.method == "POST":
        fact = KINDS[kind].table(person_id=person.id, recorded_for_id=person.id)  # type: ignore[call-arg]
        fact.holder_affiliate_id = holder_for(db(), person)
        fact.recorded_by_id = actor().account_id
        if form.validate() and _saved(form, fact):
            tell(gettext("It was added."))
            return redirect(_page(person), 303)
    return _form(kind, form, person, None), 422 if request.method == "POST" else 200


@screen.route("/<any(membership, participation, name, account, language):kind>/<int:number>", methods=("GET", "POST"))
@needs(Permission.PEOPLE_EDIT)
def edit(kind: str, number: int) -> ResponseReturnValue:
    """A fact as it stands, to be mended; refused when somebody changed it meanwhile."""
    fact, person = _fact(kind, number)
    form = KINDS[kind].form(obj=fact)
    if request.method == "POST":
        if request.form.get("version", "") != str(_version(fact)):
            raise ConflictError("Somebody changed this record while you had it open. Reload it and repeat your change.")
        if form.validate() and _saved(form, fact):
            tell(gettext("The change was stored."))
            return redirect(_page(person), 303)
    return _form(kind, form, person, fact), 422 if request.method == "POST" else 200


@screen.post("/<any(membership, participation, name, account, language):kind>/<int:number>/remove")
@needs(Permission.PEOPLE_EDIT)
def remove(kind: str, number: int) -> ResponseReturnValue:
    """Take a fact out of use; the message above the next page brings it back."""
    fact, person = _fact(kind, number)
    fact.removed_at, fact.removed_by_id = now_utc(), actor().account_id
    tell(gettext("It was removed."), undo=url_for(".restore", kind=kind, number=number))
    return redirect(_page(person), 303)


@screen.post("/<any(membership, participation, name, account, language):kind>/<int:number>/restore")
@needs(Permission.PEOPLE_EDIT)
def restore(kind: str, number: int) -> ResponseReturnValue:
    """Bring a removed fact back; refused when another took its place."""
    fact, person = _fact(kind, number, removed=True)
    fact.removed_at = fact.removed_by_id = None
    try:
        db().flush()
    except IntegrityError as error:
        raise ConflictError("Another record took the place of this one; it stays removed.") from error
    drop_undo(url_for(".restore", kind=kind, number=number))
    tell(gettext("It is back."))
    return redirect(_page(person), 303)


def _version(fact: Fact) -> int:
    """The version of a fact; kinds without one are never refused for being overtaken."""
    version: int = getattr(fact, "version", 0)
    return version


def _saved(form: FlaskForm, fact: Fact) -> bool:
    try:
        form.populate_obj(fact)
        db().add(fact)
        db().flush()
    except IntegrityError as error:
        db().rollback()
        form.form_errors.append(explain(error))
        return False
    return True


def _fact(kind: str, number: int, *, removed: bool = False) -> tuple[Fact, Person]:
    table = KINDS[kind].table
    state = col(table.removed_at).is_not(None) if removed else col(table.removed_at).is_(None)
    query = sa.select(table).where(col(table.id) == min(number, LARGEST_KEY), state)
    if request.method == "POST":
        query = query.with_for_update()
    fact: Fact | None = db().execute(query.where(col(table.superseded_by_id).is_(None))).scalar_one_or_none()
    if fact is None:
        raise NotFoundError("There is no such record.")
    return fact, _person(col(Person.id) == fact.person_id)


def _person(which: sa.ColumnElement[bool]) -> Person:
    usable = sa.and_(col(Person.status) == PersonStatus.ACTIVE, col(Person.protection) != Protection.SEALED)
    query = sa.select(Person).where(which, usable, col(Person.removed_at).is_(None))
    person: Person | None = db().execute(query).scalar_one_or_none()
    if person is None:
        raise NotFoundError("There is no such record.")
    return person


def _page(person: Person) -> str:
    return url_for("people.record", key=person.public_id)


def _form(kind: str, form: FlaskForm, person: Person, fact: Fact | None) -> str:
    shown = {"title": KINDS[kind].title, "version": _version(fact) if fact else 0, "back": _page(person)}
    return render_template("fact.html", form=form, kind=kind, person=person, fact=fact, **shown)
