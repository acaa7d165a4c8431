"""The page of a merge: every field with both values, what moves, what becomes of the consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, gettext, lazy_gettext

from admin_app.formats import day
from admin_app.places import country
from admin_app.words import word
from wmcrm.db import Session
from wmcrm.dedupe import ConsentEffect, FieldChoice, MergePlan, Stayed, consent_effect, plan_merge
from wmcrm.models import ConsentStanding, Person

FIELD_NAMES: Mapping[str, LazyString] = {
    "display_name": lazy_gettext("Name"),
    "residence": lazy_gettext("Lives in"),
    "community_region": lazy_gettext("Region of the community"),
    "entry_route": lazy_gettext("Came to the movement by"),
    "since_year": lazy_gettext("In the movement since (year)"),
    "pronouns": lazy_gettext("Pronouns"),
    "alias": lazy_gettext("Alias"),
    "last_verified_on": lazy_gettext("Last verified on"),
    "protection": lazy_gettext("Protection"),
    "stepped_back_on": lazy_gettext("Stepped back on"),
}
RESTRICTING = frozenset({ConsentStanding.WITHDRAWN, ConsentStanding.OBJECTED, ConsentStanding.REFUSED})


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field: its name, what either record says, whose is proposed, and whether there is something to choose."""

    name: str
    label: str
    survivor: str
    absorbed: str
    proposed: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class MergePage:
    """Everything that the page of a merge tells."""

    plan: MergePlan
    fields: tuple[FieldRow, ...]
    facts: tuple[tuple[str, int], ...]
    consents: tuple[str, ...]


def merge_page(session: Session, survivor: Person, absorbed: Person) -> MergePage:
    """What a merge would do, to be looked at; ConflictError where the two cannot be merged."""
    plan = plan_merge(session, survivor, absorbed)
    return MergePage(
        plan=plan,
        fields=tuple(_row(choice) for choice in plan.fields if any(choice.survivor) or any(choice.absorbed)),
        facts=tuple((word(table), count) for table, count in plan.facts.items()),
        consents=tuple(_sentence(effect) for effect in consent_effect(session, survivor, absorbed)),
    )


def chosen_sides(plan: MergePlan, sent: Mapping[str, str]) -> dict[str, str]:
    """The choices that a form holds, for the fields that one may choose and where the two differ."""
    return {
        choice.name: sent[f"keep-{choice.name}"]
        for choice in plan.fields
        if choice.may_choose and choice.differs and f"keep-{choice.name}" in sent
    }


def what_stays(stays: Sequence[Stayed]) -> str:
    """What was recorded after a merge and stays with the survivor, in one sentence; empty for nothing."""
    counts: dict[str, int] = {}
    for stay in stays:
        counts[stay.table] = counts.get(stay.table, 0) + 1
    listed = ", ".join(f"{word(table)} ({count})" for table, count in counts.items())
    return (
        gettext("What came after the merge stays with the record that survived: %(what)s", what=listed)
        if listed
        else ""
    )


def _row(choice: FieldChoice) -> FieldRow:
    return FieldRow(
        name=choice.name,
        label=str(FIELD_NAMES[choice.name]),
        survivor=_told(choice.name, choice.survivor),
        absorbed=_told(choice.name, choice.absorbed),
        proposed=choice.proposed.value,
        chosen=choice.may_choose and choice.differs,
    )


def _told(name: str, values: Sequence[object]) -> str:
    if name == "residence":
        return ", ".join(str(part) for part in (values[1], country(str(values[0])) if values[0] else "") if part)
    value = values[0]
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return day(value)
    return str(value) if name in {"display_name", "pronouns", "alias", "since_year"} else word(value)


def _sentence(effect: ConsentEffect) -> str:
    told = {"purpose": word(effect.purpose), "channel": word(effect.channel), "after": word(effect.after)}
    if effect.survivor == effect.absorbed:
        return str(gettext("%(purpose)s, %(channel)s: %(after)s, as in both records.", **told))
    if effect.after in RESTRICTING:
        text = gettext(
            "%(purpose)s, %(channel)s: %(after)s. One of the records says so, and it holds for both.", **told
        )
        return str(text)
    return str(gettext("%(purpose)s, %(channel)s: %(after)s. Only one of the records says so.", **told))
