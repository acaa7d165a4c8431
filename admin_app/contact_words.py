"""Whether somebody may be written to, in words: the answer of the gate, its reason and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext, ngettext

from admin_app.formats import day, notice, number
from admin_app.words import word
from wmcrm.models import LawfulBasis
from wmcrm.outreach import ContactAnswer, Evidence, Way, Withheld

REASONS: Mapping[Withheld, LazyString] = {
    Withheld.ERASED: lazy_gettext("not here any more"),
    Withheld.SEALED: lazy_gettext("protected"),
    Withheld.NOT_ACTIVE: lazy_gettext("record not in use"),
    Withheld.NOT_SHARED: lazy_gettext("held by another affiliate, which does not share contacts for this"),
    Withheld.ELEVATED: lazy_gettext("protected; ask the affiliate's contact"),
    Withheld.RESTRICTED: lazy_gettext("use of the data is restricted"),
    Withheld.STEPPED_BACK: lazy_gettext("stepped back"),
    Withheld.OBJECTED: lazy_gettext("objected"),
    Withheld.WITHDRAWN: lazy_gettext("withdrew consent"),
    Withheld.REFUSED: lazy_gettext("refused"),
    Withheld.UNPROVEN: lazy_gettext("a sheet says yes, the person has not confirmed it"),
    Withheld.NO_CONSENT: lazy_gettext("no consent"),
    Withheld.EXPIRED: lazy_gettext("consent has expired"),
    Withheld.WRONG_BASIS: lazy_gettext("the ground does not cover this purpose"),
    Withheld.NO_CONTACT_POINT: lazy_gettext("no address for this channel"),
    Withheld.BOUNCED: lazy_gettext("the address does not work"),
    Withheld.UNCONFIRMED: lazy_gettext("the person has not confirmed the address yet"),
    Withheld.SUPPRESSED: lazy_gettext("the address may not be used"),
    Withheld.ALREADY_ASKED: lazy_gettext("asked already"),
    Withheld.CONFIRMED: lazy_gettext("confirmed already"),
}


@dataclass(frozen=True, slots=True)
class Contactable:
    """Whether one person may be written to, which way is left if not, why in words, and how many teams wrote."""

    way: Way
    why: str
    teams: int = 0

    @property
    def yes(self) -> bool:
        """Whether the person may be written to."""
        return self.way is Way.YES


def told(answer: ContactAnswer, evidence: Evidence | None = None) -> str:
    """Why somebody may be written to or not, in one line."""
    if answer.reason is not None:
        return str(REASONS[answer.reason])
    if answer.since is None:
        return ""
    span = {"since": day(answer.since), "until": day(answer.valid_until)}
    if answer.basis is LawfulBasis.CONSENT or answer.basis is None:
        parts = [gettext("consent of %(since)s", **span)]
    else:
        parts = [gettext("%(ground)s, told on %(since)s", ground=word(answer.basis), **span)]
    if evidence is not None and evidence.notice:
        parts.append(notice(evidence.notice))
    if evidence is not None and evidence.method:
        parts.append(word(evidence.method))
    if answer.valid_until is not None:
        parts.append(gettext("until %(until)s", **span))
    return listed(parts)


def summary(ways: Sequence[Way]) -> str:
    """ "148 people: 61 yes, 40 through their affiliate, 12 public talk page only, 35 no"; the parts add up."""
    counts = {way: sum(1 for one in ways if one is way) for way in Way}
    words = {
        Way.YES: gettext("yes"),
        Way.AFFILIATE: gettext("through their affiliate"),
        Way.TALK_PAGE: gettext("public talk page only"),
        Way.NO: gettext("no"),
    }
    parts = [part(counts[way], words[way]) for way in Way if counts[way] or way in {Way.YES, Way.NO}]
    people = ngettext("%(shown)s person", "%(shown)s people", len(ways), shown=number(len(ways)))
    return f"{people}: {listed(parts)}"


def reasons(counts: Mapping[Withheld, int]) -> str:
    """Why people are withheld, the most frequent first: "40 no consent, 3 objected"."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return listed([part(count, str(REASONS[reason])) for reason, count in ordered])


def part(count: int, what: str) -> str:
    """A number and what it counts."""
    return str(gettext("%(many)s %(what)s", many=number(count), what=what))


def listed(parts: Sequence[str]) -> str:
    """Parts one after another, with the comma of the language: Babel says the last of two twice in Arabic."""
    return str(gettext(", ")).join(parts)
