"""From a refusal or an HTTP error to a page that says what to do."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import uuid4

from flask import Flask, Response, make_response, render_template, request
from flask_babel import LazyString, lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from admin_app.addresses import page_behind
from admin_app.translated import translated
from wmcrm.errors import WmcrmError, where_it_broke

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an error page says: its heading and what the reader can do."""

    heading: LazyString
    advice: LazyString


EXPLANATIONS: dict[int, Explanation] = {
    400: Explanation(
        lazy_gettext("This cannot be read"),
        lazy_gettext("Something in the address or the form is not valid. Go back, check what you typed and try again."),
    ),
    401: Explanation(lazy_gettext("Sign in first"), lazy_gettext("Your session has ended. Sign in and try again.")),
    403: Explanation(
        lazy_gettext("You may not do this"),
        lazy_gettext("Your account lacks the permission. Ask the administrator of your affiliate."),
    ),
    404: Explanation(
        lazy_gettext("There is nothing here"),
        lazy_gettext("The record does not exist, or your account cannot see it. Check the address or search for it."),
    ),
    405: Explanation(
        lazy_gettext("This is not how this page works"), lazy_gettext("Open the page and use its buttons.")
    ),
    409: Explanation(
        lazy_gettext("Somebody was faster"),
        lazy_gettext("The record changed while you worked on it. Open it again and repeat your change."),
    ),
    413: Explanation(
        lazy_gettext("This is too large"),
        lazy_gettext("Files may have up to 20 MB. Split the sheet or remove pictures from it."),
    ),
    429: Explanation(
        lazy_gettext("Too many tries"), lazy_gettext("Wait five minutes, then try again. Nothing is lost.")
    ),
    500: Explanation(
        lazy_gettext("Something broke on our side"),
        lazy_gettext("Nothing was stored. Try again; if it happens again, tell the administrator the number below."),
    ),
    503: Explanation(
        lazy_gettext("The database cannot be used now"),
        lazy_gettext("Nothing was stored. Wait a minute and try again."),
    ),
}
# The page of the form is not there for this reader, either.
WITHOUT_WAY_BACK = frozenset({401, 403, 404})
_CSRF = Explanation(
    lazy_gettext("This form is too old"),
    lazy_gettext("The form was open for too long, or cookies are off. Go back, reload the page and send it again."),
)


def explain_errors(app: Flask) -> None:
    """Answer every refusal and error with a page in the look, in the reader's language."""
    app.register_error_handler(CSRFError, lambda _error: error_page(400, explanation=_CSRF))
    app.register_error_handler(WmcrmError, _refusal_page)
    app.register_error_handler(HTTPException, _http_page)
    if not app.testing:
        app.register_error_handler(Exception, _crash_page)


def error_page(status: int, *, explanation: Explanation | None = None, message: str = "", number: str = "") -> Response:
    """A page for ``status``; ``message`` replaces the general advice, ``number`` finds a crash in the log."""
    told = explanation or EXPLANATIONS.get(status) or EXPLANATIONS[400 if status < 500 else 500]
    was_sent = request.method == "POST" or status == 405
    back = page_behind(request.path) if was_sent and status not in WITHOUT_WAY_BACK else ""
    page = render_template("error.html", told=told, message=message, number=number, status=status, back=back)
    return make_response(page, status)


def _refusal_page(error: WmcrmError) -> Response:
    return error_page(error.status, message=translated(error))


def _http_page(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    return error_page(error.code or 500)


def _crash_page(error: Exception) -> Response:
    number = uuid4().hex[:8]
    # The address may hold what somebody searched for, an error what somebody typed: route and place are logged.
    log.error("crash %s in %s\n%s", number, request.endpoint, where_it_broke(error))
    return error_page(500, number=number)
