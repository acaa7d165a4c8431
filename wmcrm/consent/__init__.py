"""Consent: purposes and notices, the append-only log, and what it comes to."""

from wmcrm.consent.fold import Decision, Standing, fold_purpose
from wmcrm.consent.log import Act, StandingRow, record_decision, refresh_states, standings, withdraw
from wmcrm.consent.notices import NoticeRow, notices
from wmcrm.consent.register import (
    add_notice,
    find_channel,
    find_or_register_notice,
    find_purpose,
    may_rest_on_interest,
)

__all__ = [
    "Act",
    "Decision",
    "NoticeRow",
    "Standing",
    "StandingRow",
    "add_notice",
    "find_channel",
    "find_or_register_notice",
    "find_purpose",
    "fold_purpose",
    "may_rest_on_interest",
    "notices",
    "record_decision",
    "refresh_states",
    "standings",
    "withdraw",
]
