"""What the screens about people's rights show: what an erasure takes, what it left, who restricted what."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from admin_app.access import Permission
from admin_app.door import actor, may
from admin_app.session import commit_now, db, engine
from wmcrm.db import Session
from wmcrm.errors import NotFoundError
from wmcrm.models import Person, PersonStatus
from wmcrm.outreach.restrictions import open_restrictions
from wmcrm.people import standing_for
from wmcrm.permissions import is_for_all
from wmcrm.privacy import Export, copies_of, erase_person, foresee_erasure, scrub_and_tell, zipped

IN_USE = frozenset({PersonStatus.ACTIVE, PersonStatus.HELD})


@dataclass(frozen=True, slots=True)
class Rights:
    """What the page of a person needs to know: is the use of the data restricted, may the reader seal it?"""

    restricted: bool
    may_seal: bool


def only_for_all(permission: Permission) -> None:
    """A screen about the whole movement does not exist for accounts of single affiliates."""
    if may(permission) and not is_for_all(actor(), permission):
        abort(404)


def rights_of(session: Session, person: Person) -> Rights:
    """How a person's rights were used, and what the reader may still do."""
    return Rights(bool(open_restrictions(session, person)), is_for_all(actor(), Permission.PEOPLE_PROTECT))


def find_subject(session: Session, key: str) -> Person:
    """The person of this public id, in use or held at an import; raises NotFoundError for any other."""
    person = standing_for(session, key)
    if person.public_id != key or person.status not in IN_USE:
        raise NotFoundError("There is no such record.")
    return person


def erasing(person: Person, back: str) -> ResponseReturnValue:
    """The page that counts what an erasure takes; sent with the tick it is done, and the page says what was done."""
    if request.method == "GET":
        return _erasure_page(person, back)
    if request.form.get("understood") != "yes":
        return _erasure_page(person, back, refused=True), 422
    return _erased_page(person)


def _erasure_page(person: Person, back: str, *, refused: bool = False) -> str:
    """What goes, what stays and which copies remain, to be confirmed."""
    return render_template(
        "privacy/erase.html",
        person=person,
        foreseen=foresee_erasure(db(), person),
        copies=[copy.name for copy in copies_of(engine())],
        dialect=engine().dialect.name,
        refused=refused,
        back=back,
    )


def _erased_page(person: Person) -> str:
    """Erase now, commit, scrub, and tell what was done and what was not."""
    done = erase_person(db(), person, by=actor())
    commit_now()
    scrubbing = scrub_and_tell(engine())
    return render_template("privacy/erased.html", done=done, scrubbing=scrubbing)


def archive(export: Export) -> Response:
    """Both files of an export as a download."""
    answer = Response(zipped(export), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.name}.zip"'
    return answer
