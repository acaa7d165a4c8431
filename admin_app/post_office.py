"""What is done after the answer: letters leave, and what somebody typed on a public page is looked up.

One thread of the process does it, in the order in which it came. So nobody can tell from the time of an
answer whether a person is here, and nobody waits for a mail server.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Semaphore

from flask import Flask, after_this_request, current_app
from flask.wrappers import Response
from sqlalchemy.engine import Engine

from admin_app.session import engine
from wmcrm.db import session_scope
from wmcrm.self_service import SELF, ask_for_my_data, send_waiting
from wmcrm.settings import Settings

log = logging.getLogger(__name__)
PLACE = "wmcrm_post_office"
MOST_WAITING = 1000


@dataclass(slots=True)
class PostOffice:
    """The thread, and the settings by which it sends."""

    settings: Settings
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "post-office"))
    room: Semaphore = field(default_factory=lambda: Semaphore(MOST_WAITING))

    def after(self, work: Callable[[], object]) -> None:
        """Have something done when everything before it is done; dropped when far too much waits already."""
        if self.room.acquire(blocking=False):
            self.thread.submit(work).add_done_callback(self._done)

    def _done(self, ended: Future[object]) -> None:
        self.room.release()
        error = ended.exception()
        if error is not None:  # what it was about would name somebody
            log.error("letters wait: %s", type(error).__name__)

    def wait(self) -> None:
        """Return when all that was asked for so far is done: for tests and for the end."""
        self.thread.submit(int).result()


def install_post_office(app: Flask, settings: Settings) -> None:
    """Give the application its post office; the thread starts with the first letter."""
    app.extensions[PLACE] = PostOffice(settings)


def post_office() -> PostOffice:
    """The post office of the current application."""
    found = current_app.extensions[PLACE]
    assert isinstance(found, PostOffice)
    return found


def send_soon() -> None:
    """Send what this request decided on, after its commit and its answer."""
    office, database = post_office(), engine()

    @after_this_request
    def send(response: Response) -> Response:
        office.after(lambda: send_waiting(database, office.settings))
        return response


def look_up_later(typed: str, language: str) -> None:
    """Look up who somebody means and send them their link, after the answer."""
    office, database = post_office(), engine()
    office.after(lambda: _look_up(database, office.settings, typed, language))


def _look_up(database: Engine, settings: Settings, typed: str, language: str) -> None:
    with session_scope(database, SELF, writing=True) as writing:
        ask_for_my_data(writing, typed, language=language)
    send_waiting(database, settings)
