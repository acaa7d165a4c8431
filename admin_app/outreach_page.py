"""What the pages of prepared lists tell: how many may be written to today, and why not the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, lazy_gettext

from admin_app.contact_words import reasons
from wmcrm.db import Session
from wmcrm.outreach import Outreach, PreparedList, may_contact_many, people_of_list, wrote_lately

# In the order of wmcrm.outreach.LIST_COLUMNS.
FILE_HEADINGS: Sequence[LazyString] = (
    lazy_gettext("Name"),
    lazy_gettext("Channel"),
    lazy_gettext("Address"),
    lazy_gettext("Purpose"),
    lazy_gettext("Ground"),
    lazy_gettext("Since"),
    lazy_gettext("Until"),
    lazy_gettext("Other teams that wrote in 30 days"),
    lazy_gettext("Use by"),
)


@dataclass(frozen=True, slots=True)
class ListState:
    """A list as it would be opened today; ``teams``: how many of its people others wrote to in 30 days."""

    usable: bool
    yes: int
    why_not: str
    teams: int


def state_of(session: Session, kept: PreparedList, today: date) -> ListState:
    """The list judged again, without a value and without a line in the log."""
    if not kept.is_usable(today):
        return ListState(False, 0, "", 0)
    ids = people_of_list(session, kept.public_id)
    answers = may_contact_many(session, ids, purpose=kept.purpose, channel=kept.channel, on=today)
    withheld = Counter(answer.reason for answer in answers.values() if answer.reason is not None)
    yes = [number for number, answer in answers.items() if answer.reason is None]
    return ListState(True, len(yes), reasons(withheld), len(wrote_lately(session, yes)))


def withheld_words(result: Outreach) -> str:
    """Who was left out when a list was opened, by reason."""
    return reasons(result.withheld)
