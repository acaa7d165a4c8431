"""The review queue: same person or not? The machine suggests, a person decides, everything can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext, ngettext
from sqlmodel import col

from admin_app.access import Permission, needs
from admin_app.door import may
from admin_app.listing import LARGEST_KEY
from admin_app.merge_page import chosen_sides, merge_page, what_stays
from admin_app.notices import drop_undo, tell
from admin_app.organizations import apart_lines, organization_cards
from admin_app.review_cards import (
    PAGE,
    Card,
    agreed_queue,
    certain_cards,
    certain_pairs,
    queue_of,
)
from admin_app.session import db
from wmcrm.dedupe import (
    decide,
    find_judgement,
    find_merge,
    in_scope,
    merge,
    merge_batch,
    plan_merge,
    read_verdict,
    take_back,
    unmerge,
    unmerge_batch,
)
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import CandidatePair, Person, PersonStatus, Protection, Verdict
from wmcrm.people import standing_for
from wmcrm.permissions import acting_with

screen = Blueprint("review", __name__, url_prefix="/review")

TABS = {
    "imports": lazy_gettext("Held at imports"),
    "pairs": lazy_gettext("Perhaps twice"),
    "certain": lazy_gettext("Certain, to merge together"),
    "agreed": lazy_gettext("Said to be the same"),
    "organizations": lazy_gettext("Organizations"),
}
_STEWARDS = frozenset({"certain", "agreed", "organizations"})
SAID = {
    Verdict.SAME: lazy_gettext("Noted as the same person; a steward merges the two records."),
    Verdict.DIFFERENT: lazy_gettext("Noted as different people. Nobody is asked again unless one of them changes."),
    Verdict.UNSURE: lazy_gettext("Noted that you cannot tell; the pair stays in the queue."),
}
_CHANGED = "One of the two records changed meanwhile. Look at the values again."


@screen.get("/")
@needs(Permission.REVIEW_DECIDE)
def index() -> str:
    """A page of pairs, the most certain first."""
    tab = _tab(request.args.get("tab", ""))
    after = _number(request.args.get("after", ""))
    if tab == "organizations":
        with acting_with(db(), Permission.PEOPLE_MERGE):
            shown = {"cards": organization_cards(db()), "apart": apart_lines(db())}
        return render_template("review_organizations.html", tabs=_tabs(tab), **shown)
    cards, following = _cards(tab, after)
    return render_template(
        "review.html",
        tab=tab,
        tabs=_tabs(tab),
        cards=cards,
        to_merge=_to_be_merged(cards),
        after=after,
        first=url_for(".index", tab=tab) if after else "",
        next=url_for(".index", tab=tab, after=following) if following else "",
        full=len(cards) == PAGE,
    )


def _cards(tab: str, after: int | None) -> tuple[tuple[Card, ...], int]:
    """The cards of a tab, and after which pair there are more; what stewards merge, where they are stewards."""
    if tab in {"imports", "pairs"}:
        queue = queue_of(db(), held=tab == "imports", after=after)
        return queue.cards, queue.next
    with acting_with(db(), Permission.PEOPLE_MERGE):
        if tab == "certain":
            return certain_cards(db()), 0
        queue = agreed_queue(db(), after=after)
        return queue.cards, queue.next


def _to_be_merged(cards: tuple[Card, ...]) -> frozenset[int]:
    """Those of the people on the cards whom the reader may merge."""
    if not may(Permission.PEOPLE_MERGE):
        return frozenset()
    with acting_with(db(), Permission.PEOPLE_MERGE):
        return in_scope(db(), [person.id for card in cards for person in (card.survivor, card.absorbed)])


@screen.post("/pairs/<int:number>")
@needs(Permission.REVIEW_DECIDE)
def say(number: int) -> ResponseReturnValue:
    """Record what somebody says of a pair; "same" with somebody held takes them in at once."""
    one, other = _pair(number)
    decided = decide(db(), one, other, read_verdict(request.form.get("verdict", "")))
    if decided.merge is not None:
        tell(gettext("Taken in: it is one record now."), undo=url_for(".undo_merge", number=decided.merge.id))
    else:
        said = decided.judgement
        taken_in = gettext("The person who waited was taken in.") if decided.activated else ""
        tell(
            f"{SAID[said.verdict]} {taken_in}".strip(), undo=url_for(".undo_verdict", number=said.id, tab=_asked_tab())
        )
    return redirect(_back(), 303)


@screen.post("/verdicts/<int:number>/undo")
@needs(Permission.REVIEW_DECIDE)
def undo_verdict(number: int) -> ResponseReturnValue:
    """Take back what was said of a pair; the page goes on at the pair that waits again."""
    said = find_judgement(db(), min(number, LARGEST_KEY))
    take_back(db(), said)
    drop_undo(url_for(".undo_verdict", number=number, tab=_asked_tab()))
    tell(gettext("Taken back; the pair waits again."))
    both = {"person_a_id": said.person_a_id, "person_b_id": said.person_b_id}
    pair = db().execute(sa.select(CandidatePair).filter_by(**both)).scalar_one_or_none()
    return redirect(_back(str(pair.id) if pair else ""), 303)


@screen.route("/merge/<first>/<second>", methods=("GET", "POST"))
@needs(Permission.PEOPLE_MERGE)
def merge_two(first: str, second: str) -> ResponseReturnValue:
    """Both records field by field; confirmed, they become one."""
    survivor, absorbed = _to_merge(first), _to_merge(second)
    if survivor.status is PersonStatus.HELD and absorbed.status is not PersonStatus.HELD:
        return redirect(url_for(".merge_two", first=second, second=first), 303)
    if request.method == "POST":
        return _merged(survivor, absorbed)
    return render_template("merge.html", page=merge_page(db(), survivor, absorbed))


@screen.post("/merges/<int:number>/undo")
@needs(Permission.REVIEW_DECIDE)
def undo_merge(number: int) -> ResponseReturnValue:
    """Take a merge back: both records as they were; what came later stays and is told."""
    report = unmerge(db(), find_merge(db(), min(number, LARGEST_KEY)))
    drop_undo(url_for(".undo_merge", number=number))
    again = gettext("They are two records again.")
    tell(f"{again} {what_stays(report.stays)}".strip())
    return redirect(url_for("people.record", key=report.survivor.public_id), 303)


@screen.post("/batch")
@needs(Permission.PEOPLE_MERGE)
def merge_certain() -> ResponseReturnValue:
    """Merge the certain pairs that were chosen, each with what is proposed; one Undo for all of them."""
    wanted = {_number(value) for value in request.form.getlist("pair")}
    report = merge_batch(db(), [pair for pair in certain_pairs(db()) if pair.id in wanted])
    if report.merges:
        done = len(report.merges)
        text = ngettext("%(num)s pair was merged.", "%(num)s pairs were merged.", done)
        tell(text, undo=url_for(".undo_batch", batch=report.batch))
    else:
        tell(gettext("Nothing was merged: choose at least one pair."), kind="warning")
    return redirect(url_for(".index", tab="certain"), 303)


@screen.post("/batches/<batch>/undo")
@needs(Permission.PEOPLE_MERGE)
def undo_batch(batch: str) -> ResponseReturnValue:
    """Take the merges of a batch back."""
    undone = unmerge_batch(db(), batch)
    drop_undo(url_for(".undo_batch", batch=batch))
    tell(ngettext("%(num)s merge was taken back.", "%(num)s merges were taken back.", len(undone)))
    return redirect(url_for(".index", tab="certain"), 303)


def _merged(survivor: Person, absorbed: Person) -> ResponseReturnValue:
    if request.form.get("seen") != f"{survivor.version}-{absorbed.version}":
        raise ConflictError(_CHANGED)
    choices = chosen_sides(plan_merge(db(), survivor, absorbed), request.form)
    made = merge(db(), survivor, absorbed, choices=choices)
    tell(gettext("They are one record now."), undo=url_for(".undo_merge", number=made.id))
    return redirect(url_for("people.record", key=survivor.public_id), 303)


def _to_merge(key: str) -> Person:
    found = standing_for(db(), key)
    if found.public_id != key:
        raise ConflictError("{person} was merged meanwhile; look at the record it became part of.", person=key)
    return found


def _pair(number: int) -> tuple[Person, Person]:
    pair = db().get(CandidatePair, min(number, LARGEST_KEY))
    if pair is None:
        raise NotFoundError("There is no such record.")
    query = sa.select(Person).where(
        col(Person.id).in_([pair.person_a_id, pair.person_b_id]), col(Person.protection) != Protection.SEALED
    )
    people = db().execute(query.order_by(col(Person.id))).scalars().all()
    if len(people) != 2:
        raise NotFoundError("There is no such record.")
    return people[0], people[1]


def _back(following: str = "") -> str:
    """The page where somebody decided, at a card, or at the one that comes next."""
    tab, after = _asked_tab(), _number(request.form.get("after", ""))
    following = following or request.form.get("following", "")
    anchor = f"pair-{following}" if following.isalnum() else None
    return url_for(".index", tab=tab, after=after, _anchor=anchor)


def _tabs(tab: str) -> list[dict[str, object]]:
    return [
        {"address": url_for(".index", tab=name), "text": text, "current": name == tab}
        for name, text in TABS.items()
        if name not in _STEWARDS or may(Permission.PEOPLE_MERGE)
    ]


def _asked_tab() -> str:
    return _tab(request.values.get("tab", ""))


def _tab(asked: str) -> str:
    known = asked in TABS and (asked not in _STEWARDS or may(Permission.PEOPLE_MERGE))
    return asked if known else next(iter(TABS))


def _number(text: str) -> int | None:
    return min(int(text), LARGEST_KEY) if text.isascii() and text.isdecimal() and len(text) < 11 else None
