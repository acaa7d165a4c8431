"""What is done on the page of a person: see one address for a reason, withdraw a consent, put a change back."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from admin_app.access import Permission, needs
from admin_app.alike import Typed, alike
from admin_app.door import actor
from admin_app.formats import today
from admin_app.forms.people import ContactForm, RevealForm
from admin_app.listing import LARGEST_KEY
from admin_app.merge_page import what_stays
from admin_app.notices import drop_undo, tell
from admin_app.person_history import can_be_reverted
from admin_app.person_page import absorbed_name
from admin_app.session import db, engine
from admin_app.translated import translated
from wmcrm.consent import Act, find_channel, withdraw
from wmcrm.db import open_session
from wmcrm.dedupe import find_merge, what_would_stay
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.history import changes_of, revert_change
from wmcrm.models import Change, ConsentMethod, ContactPoint, Person, PersonStatus, now_utc
from wmcrm.outreach import reveal, use_again
from wmcrm.people import add_contact, prefer_contact, standing_for

screen = Blueprint("person", __name__, url_prefix="/people")
CONTACT = lazy_gettext("Way to reach the person")


@screen.post("/alike")
@needs(Permission.PEOPLE_EDIT)
def who_is_alike() -> str:
    """A part of the form of a new person: who is here already. It only reads, and no name stands in an address."""
    g.db = open_session(engine(), actor())
    fields = ("display_name", "username", "residence_country", "residence_city", "email", "phone")
    typed = Typed(*(request.form.get(field, "")[:300] for field in fields))
    return render_template("alike.html", alike=alike(db(), typed))


@screen.route("/<key>/contacts/new", methods=("GET", "POST"))
@needs(Permission.PEOPLE_EDIT)
def contact(key: str) -> ResponseReturnValue:
    """The form for an address or number."""
    person, form = _person(key), ContactForm()
    if form.validate_on_submit():
        try:
            add_contact(db(), person, form.kind.data, form.value.data or "")
        except (BadInputError, ConflictError) as error:
            form.value.errors = [*form.value.errors, translated(error)]
        else:
            tell(gettext("It was added."))
            return redirect(_page(person), 303)
    shown = {"title": CONTACT, "kind": "contact", "fact": None, "version": 0, "back": _page(person)}
    return render_template("fact.html", form=form, person=person, **shown), 422 if request.method == "POST" else 200


@screen.route("/<key>/contacts/<int:number>", methods=("GET", "POST"))
@needs(Permission.CONTACT_REVEAL)
def show(key: str, number: int) -> ResponseReturnValue:
    """One address, after somebody said why; each look is logged."""
    person, point, form = _person(key), _point(key, number), RevealForm()
    value = reveal(db(), point.id, form.reason.data or "") if form.validate_on_submit() else ""
    status = 422 if request.method == "POST" and not value else 200
    return render_template(
        "reveal.html", form=form, person=person, point=point, value=value, back=_page(person)
    ), status


@screen.post("/<key>/contacts/<int:number>/prefer")
@needs(Permission.PEOPLE_EDIT)
def prefer(key: str, number: int) -> ResponseReturnValue:
    """Make a contact point the first to be used of its kind."""
    prefer_contact(db(), _point(key, number))
    tell(gettext("It is the preferred one of its kind now."))
    return redirect(_page(_person(key)), 303)


@screen.post("/<key>/contacts/<int:number>/again")
@needs(Permission.PEOPLE_EDIT)
def works_again(key: str, number: int) -> ResponseReturnValue:
    """Use an address again that had bounced."""
    use_again(db(), _point(key, number))
    tell(gettext("It is used again."))
    return redirect(_page(_person(key)), 303)


@screen.post("/<key>/contacts/<int:number>/remove")
@needs(Permission.PEOPLE_EDIT)
def remove(key: str, number: int) -> ResponseReturnValue:
    """Take a contact point out of use; the message above the next page brings it back."""
    point = _point(key, number)
    point.removed_at, point.removed_by_id = now_utc(), actor().account_id
    tell(gettext("It was removed."), undo=url_for(".restore", key=key, number=number))
    return redirect(_page(_person(key)), 303)


@screen.post("/<key>/contacts/<int:number>/restore")
@needs(Permission.PEOPLE_EDIT)
def restore(key: str, number: int) -> ResponseReturnValue:
    """Bring a removed contact point back."""
    point = _point(key, number, removed=True)
    point.removed_at = point.removed_by_id = None
    drop_undo(url_for(".restore", key=key, number=number))
    tell(gettext("It is back."))
    return redirect(_page(_person(key)), 303)


@screen.post("/<key>/consents/withdraw")
@needs(Permission.CONSENT_RECORD)
def take_consent_back(key: str) -> ResponseReturnValue:
    """Record that the person withdrew a consent; it holds from this moment."""
    person = _person(key)
    act = Act(ConsentMethod.SPOKEN, today())
    channel = find_channel(request.form.get("channel", ""))
    withdraw(db(), person, purpose=request.form.get("purpose", ""), act=act, channel=channel)
    tell(gettext("Withdrawn. It holds from now on; only the person can consent again."))
    return redirect(_page(person), 303)


@screen.post("/<key>/changes/<int:number>/revert")
@needs(Permission.HISTORY_REVERT)
def revert(key: str, number: int) -> ResponseReturnValue:
    """Put one change of a person back; putting it back is a change too, and can be undone."""
    person = _person(key)
    change = db().get(Change, min(number, LARGEST_KEY))
    if change is None or (change.subject_table, change.subject_id) != ("person", person.id):
        raise NotFoundError("There is no such record.")
    if not can_be_reverted(change):
        raise ConflictError("This change is not put back here; remove the record, take the merge apart or withdraw.")
    revert_change(db(), change.id)
    made = changes_of(db(), "person", person.id, limit=1)[0]
    drop_undo(url_for(".revert", key=key, number=number))
    tell(gettext("Put back to what it was before."), undo=url_for(".revert", key=key, number=made.id))
    return redirect(_page(person), 303)


@screen.get("/<key>/merges/<int:number>")
@needs(Permission.PEOPLE_MERGE)
def take_apart(key: str, number: int) -> str:
    """What taking a merge apart would do, to be confirmed."""
    person, made = _person(key), find_merge(db(), min(number, LARGEST_KEY))
    if made.survivor_id != person.id or made.undone_at is not None:
        raise NotFoundError("There is no such record.")
    stays = what_stays(what_would_stay(db(), made))
    return render_template("take_apart.html", person=person, merge=made, name=absorbed_name(made), stays=stays)


def _person(key: str) -> Person:
    person = standing_for(db(), key)
    if person.public_id != key or person.status is not PersonStatus.ACTIVE:
        raise NotFoundError("There is no such record.")
    return person


def _point(key: str, number: int, *, removed: bool = False) -> ContactPoint:
    person, point = _person(key), db().get(ContactPoint, min(number, LARGEST_KEY))
    usable = point is not None and point.person_id == person.id and point.superseded_by_id is None
    if point is None or not usable or (point.removed_at is not None) != removed:
        raise NotFoundError("There is no such record.")
    return point


def _page(person: Person) -> str:
    return url_for("people.record", key=person.public_id)
