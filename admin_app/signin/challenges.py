"""The challenge of a passkey between two requests: in the reader's cookie, sealed, for five minutes, once."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, current_app, session

from admin_app.signin.ways import ways
from wmcrm.accounts.passkeys import Question

LASTS = timedelta(minutes=5)


def ask(question: Question, use: str) -> Response:
    """Answer with what the browser needs, and remember the challenge."""
    session[use] = ways().keys.seal(f"challenge {use}", question.challenge)
    return current_app.response_class(question.options, mimetype="application/json")


def take_challenge(use: str) -> str:
    """The challenge that was given for this use; answers 400 when there is none or it is too old."""
    challenge = ways().keys.open(f"challenge {use}", str(session.pop(use, "")), within=LASTS)
    if challenge is None:
        abort(400)
    return challenge
