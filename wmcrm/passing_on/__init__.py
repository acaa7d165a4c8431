"""Through their affiliate: somebody may not be written to, but the affiliate that holds the record may be asked to.

An account says for which purpose, why and what to say. Accounts of the affiliate see it on a screen and are told
by mail; they pass the message on in their own way, or decline. Whoever asked sees which of the two, never an
address, and of the person no more than their own scope shows.
"""

from wmcrm.passing_on.answering import (
    answer_contact_request,
    cancel_contact_request,
    count_to_answer,
    my_requests,
    requests_to_answer,
)
from wmcrm.passing_on.asking import LONGEST_MESSAGE, LONGEST_REASON, Wish, ask_affiliate
from wmcrm.passing_on.lines import RequestLine

__all__ = [
    "LONGEST_MESSAGE",
    "LONGEST_REASON",
    "RequestLine",
    "Wish",
    "answer_contact_request",
    "ask_affiliate",
    "cancel_contact_request",
    "count_to_answer",
    "my_requests",
    "requests_to_answer",
]
