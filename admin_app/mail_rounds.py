"""The letters that wait, sent by the server itself every so often while it runs.

Letters leave at once where a screen decided on them (admin_app.post_office); the rounds send what could not
leave then, and what commands and other processes decided on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

from flask import Flask

from admin_app.post_office import PLACE, PostOffice
from admin_app.session import engine
from wmcrm.self_service import send_in_turn

log = logging.getLogger(__name__)


@contextmanager
def mail_rounds(app: Flask) -> Iterator[None]:
    """While the block runs, letters that are due leave every ``WMCRM_MAIL_EVERY`` seconds; never, where that is off.

    Of several processes one at a time sends. At the end a letter that is on its way is finished, no other begun.
    """
    office = app.extensions[PLACE]
    assert isinstance(office, PostOffice)
    pause = office.settings.mail_pause
    if pause is None:
        yield
        return
    stop = Event()
    thread = Thread(target=_send_until, args=(app, office, pause, stop), name="mail-rounds", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _send_until(app: Flask, office: PostOffice, pause: float, stop: Event) -> None:
    with app.app_context():
        database = engine()
    with ThreadPoolExecutor(1, "mail-round") as one:  # so that nothing that goes wrong in a round ends the rounds
        while not stop.is_set():
            error = one.submit(send_in_turn, database, office.settings, stopping=stop.is_set).exception()
            if error is not None:  # what it was about would name somebody
                log.error("letters wait: %s", type(error).__name__)
            stop.wait(pause)
