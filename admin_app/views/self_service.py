"""My data: what people see, mend and decide about themselves, by a link that was sent to them. No account."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request, session
from flask import redirect as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin_app.access import Permission, needs
from admin_app.forms.self_service import AskForm, NameForm, OwnContactForm, OwnLanguageForm, SelfForm
from admin_app.language import current_language
from admin_app.listing import LARGEST_KEY
from admin_app.notices import tell
from admin_app.own_data import COOKIE_KEY, current_visit, no_link_page, own_db, visiting
from admin_app.post_office import look_up_later, send_soon
from admin_app.rights_page import archive
from admin_app.signin.limits import by_asker, take_try
from admin_app.translated import translated
from wmcrm.errors import BadInputError, ConflictError, NotFoundError
from wmcrm.models import now_utc
from wmcrm.privacy import make_export
from wmcrm.self_service import (
    Visit,
    add_language,
    add_own_contact,
    ask_again_to_confirm,
    ask_for_erasure,
    begin_visit,
    change_name,
    choose_record,
    end_visit,
    export_language,
    give_consent,
    my_record,
    object_to,
    remove_language,
    remove_own_contact,
    say_not_me,
    take_back,
)

screen = Blueprint("self_service", __name__, url_prefix="/my-data")
MINE = "/my-data/mine"
DECISIONS = {"withdraw": take_back, "object": object_to}
# The forms of the page, by the view that takes them.
FORMS: Mapping[str, type[SelfForm]] = {"rename": NameForm, "know": OwnLanguageForm, "add_contact": OwnContactForm}


@screen.route("/", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
def ask() -> ResponseReturnValue:
    """Ask for a link; whoever is typed in, the answer is the same, and given before anybody looks."""
    form = AskForm()
    if form.validate_on_submit():
        take_try([by_asker()])
        look_up_later(form.who.data or "", current_language().code)
        return to("/my-data/asked", 303)
    return render_template("self_service/ask.html", form=form), 422 if request.method == "POST" else 200


@screen.get("/asked")
@needs(Permission.PUBLIC)
def asked() -> str:
    """If we hold it, a link is on its way."""
    return render_template("self_service/asked.html")


@screen.get("/open/<token>")
@needs(Permission.PUBLIC)
def arrive(token: str) -> str:
    """A page with one button. The link is not even looked up: programs that open every address use nothing up."""
    return render_template("self_service/arrive.html", token=token)


@screen.post("/open/<token>")
@needs(Permission.PUBLIC)
def enter(token: str) -> ResponseReturnValue:
    """Use the link up; from here a cookie of half an hour counts, and no address holds a secret."""
    session[COOKIE_KEY] = begin_visit(own_db(), token, now=now_utc())
    return to(MINE, 303)


@screen.get("/mine")
@needs(Permission.PUBLIC)
@visiting
def mine(visit: Visit) -> ResponseReturnValue:
    """Everything that is held about the reader."""
    return _page(visit)


@screen.post("/mine/record")
@needs(Permission.PUBLIC)
@visiting
def choose(visit: Visit) -> ResponseReturnValue:
    """Go on with another record of the same address."""
    choose_record(own_db(), visit, request.form.get("record", ""))
    return to(MINE, 303)


@screen.post("/mine/name")
@needs(Permission.PUBLIC)
@visiting
def rename(visit: Visit) -> ResponseReturnValue:
    """Take the name as the reader writes it."""
    change_name(own_db(), visit.person, request.form.get("name", ""))
    return _back(gettext("Changed."))


@screen.post("/mine/languages")
@needs(Permission.PUBLIC)
@visiting
def know(visit: Visit) -> ResponseReturnValue:
    """Add a language."""
    add_language(own_db(), visit.person, request.form.get("language", "")[:100], request.form.get("use", ""))
    return _back(gettext("Added."))


@screen.post("/mine/languages/<int:number>/remove")
@needs(Permission.PUBLIC)
@visiting
def forget(visit: Visit, number: int) -> ResponseReturnValue:
    """Take a language off the record."""
    remove_language(own_db(), visit.person, min(number, LARGEST_KEY), now=now_utc())
    return _back(gettext("Removed."))


@screen.post("/mine/contacts")
@needs(Permission.PUBLIC)
@visiting
def add_contact(visit: Visit) -> ResponseReturnValue:
    """Add a way to be reached; an e-mail address gets a letter that asks to confirm it."""
    kind, value = request.form.get("kind", ""), request.form.get("value", "")[:400]
    made = add_own_contact(own_db(), visit.person, kind, value, language=current_language().code, now=now_utc())
    if made.held_since is None:
        return _back(gettext("Added."))
    send_soon()
    return _back(gettext("Added. A link is on its way to it; the address is used once you opened that."))


@screen.post("/mine/contacts/<int:number>/confirm")
@needs(Permission.PUBLIC)
@visiting
def send_again(visit: Visit, number: int) -> ResponseReturnValue:
    """Send another link to an address that is not confirmed yet."""
    ask_again_to_confirm(
        own_db(), visit.person, min(number, LARGEST_KEY), language=current_language().code, now=now_utc()
    )
    send_soon()
    return _back(gettext("A link is on its way."))


@screen.post("/mine/contacts/<int:number>/remove")
@needs(Permission.PUBLIC)
@visiting
def drop_contact(visit: Visit, number: int) -> ResponseReturnValue:
    """Take a way to be reached out of use."""
    remove_own_contact(own_db(), visit.person, min(number, LARGEST_KEY), now=now_utc())
    return _back(gettext("Removed."))


@screen.post("/mine/consents")
@needs(Permission.PUBLIC)
@visiting
def decide(visit: Visit) -> ResponseReturnValue:
    """Agree, take back or object; each is one button, and holds from this moment."""
    purpose, said = request.form.get("purpose", ""), request.form.get("decision", "")
    if said == "give":
        language = current_language().code
        give_consent(own_db(), visit.person, purpose, language=language, now=now_utc(), link=visit.link)
        return _back(gettext("Thank you. You can take it back here at any time."))
    if said not in DECISIONS:
        raise BadInputError("Use the buttons of the page.")
    DECISIONS[said](own_db(), visit.person, purpose, now=now_utc())
    return _back(gettext("Done. It holds from this moment."))


@screen.post("/mine/download")
@needs(Permission.PUBLIC)
@visiting
def download(visit: Visit) -> ResponseReturnValue:
    """Everything as a zip, for the reader and for machines; the download is logged."""
    language = export_language(current_language().code)
    return archive(make_export(own_db(), visit.person, language=language))


@screen.route("/mine/erase", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
@visiting
def erase(visit: Visit) -> ResponseReturnValue:
    """What erasing means; sent, the use of the data stops at once and a steward erases it."""
    if request.method == "GET":
        return render_template("self_service/erase.html")
    ask_for_erasure(own_db(), visit.person, now=now_utc())
    return _back(gettext("Your request is filed. From now on your data is used for nothing."))


@screen.route("/mine/not-me", methods=("GET", "POST"))
@needs(Permission.PUBLIC)
@visiting
def not_me(visit: Visit) -> ResponseReturnValue:
    """The address is the reader's, the record somebody else's."""
    if request.method == "GET":
        return render_template("self_service/not_me.html")
    say_not_me(own_db(), visit.person, now=now_utc())
    end_visit(own_db(), visit)
    session.pop(COOKIE_KEY, None)
    return render_template("self_service/thanks.html")


@screen.post("/mine/leave")
@needs(Permission.PUBLIC)
@visiting
def leave(visit: Visit) -> ResponseReturnValue:
    """End the visit now."""
    end_visit(own_db(), visit)
    session.pop(COOKIE_KEY, None)
    return to("/my-data/", 303)


@screen.errorhandler(NotFoundError)
def _no_link(error: NotFoundError) -> ResponseReturnValue:
    own_db().rollback()
    visit = None if request.endpoint == "self_service.enter" else current_visit()
    if visit is None:
        return no_link_page(translated(error))
    tell(translated(error), kind="error")
    return _page(visit), 404


@screen.errorhandler(BadInputError)
@screen.errorhandler(ConflictError)
def _refused(error: BadInputError | ConflictError) -> ResponseReturnValue:
    """One clear line; nothing is stored, and what was typed stays in its form."""
    own_db().rollback()
    visit, form = current_visit(), FORMS.get(str(request.endpoint).rpartition(".")[2])
    if visit is None or form is None:
        return _back(translated(error), kind="error")
    typed = form()
    typed[form.ASKS].errors = [translated(error)]
    return _page(visit, typed), 422


def _page(visit: Visit, typed: SelfForm | None = None) -> str:
    """The page, with the form that was refused as it was sent."""
    record = my_record(own_db(), visit.person, language=current_language().code, now=now_utc())
    forms = [form(None, name=visit.person.display_name) for form in FORMS.values() if not isinstance(typed, form)]
    shown = {form.ASKS: form for form in [*forms, typed] if form is not None}
    return render_template("self_service/mine.html", visit=visit, record=record, forms=shown, refused=typed)


def _back(told: str, kind: str = "success") -> ResponseReturnValue:
    tell(told, kind=kind)
    return to(MINE, 303)
