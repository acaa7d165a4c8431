"""What people do about themselves, without an account, by links that were sent to them.

Every function takes the session of :data:`SELF` (or of a steward), and answers for one person only: the one
whose link or visit it is.
"""

from wmcrm.db import Actor, Through
from wmcrm.self_service.asking import ask_for_my_data, link_for
from wmcrm.self_service.confirming import address_behind, ask_again_to_confirm, confirm_address
from wmcrm.self_service.correcting import (
    add_language,
    add_own_contact,
    change_name,
    remove_language,
    remove_own_contact,
)
from wmcrm.self_service.deciding import PurposeLine, give_consent, object_to, purpose_in_words, purposes_of, take_back
from wmcrm.self_service.inviting import Question, answer_question, invite, notice_in, question_of
from wmcrm.self_service.letters import ANSWERED, language_of
from wmcrm.self_service.links import find_link
from wmcrm.self_service.outbox import INTERRUPTED, NO_ADDRESS, LetterRow, letters, try_now
from wmcrm.self_service.postman import Round, send_in_turn, send_waiting
from wmcrm.self_service.record import Holder, MyRecord, Source, export_language, my_record
from wmcrm.self_service.requests import (
    RequestRow,
    answer_request,
    ask_for_erasure,
    file_request,
    open_requests,
    say_not_me,
)
from wmcrm.self_service.rounds import send_in_rounds
from wmcrm.self_service.visits import Visit, begin_visit, choose_record, end_visit, visit_of

# Sees all rows, for a person's data lies at several affiliates; the functions above keep to one person.
SELF = Actor(name="self-service", sees_all=True, through=Through.SELF_SERVICE)

__all__ = [
    "ANSWERED",
    "INTERRUPTED",
    "NO_ADDRESS",
    "SELF",
    "Holder",
    "LetterRow",
    "MyRecord",
    "PurposeLine",
    "Question",
    "RequestRow",
    "Round",
    "Source",
    "Visit",
    "add_language",
    "add_own_contact",
    "address_behind",
    "answer_question",
    "answer_request",
    "ask_again_to_confirm",
    "ask_for_erasure",
    "ask_for_my_data",
    "begin_visit",
    "change_name",
    "choose_record",
    "confirm_address",
    "end_visit",
    "export_language",
    "file_request",
    "find_link",
    "give_consent",
    "invite",
    "language_of",
    "letters",
    "link_for",
    "my_record",
    "notice_in",
    "object_to",
    "open_requests",
    "purpose_in_words",
    "purposes_of",
    "question_of",
    "remove_language",
    "remove_own_contact",
    "say_not_me",
    "send_in_rounds",
    "send_in_turn",
    "send_waiting",
    "take_back",
    "try_now",
    "visit_of",
]
