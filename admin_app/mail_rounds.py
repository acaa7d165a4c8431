"""The letters that wait, sent by the server itself every so often while it runs.

Letters leave at once where a screen decided on them (admin_app.post_office); the rounds send what could not
leave then, and what commands and other processes decided on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from flask import Flask

from admin_app.post_office import PLACE, PostOffice
from admin_app.session import engine
from wmcrm.self_service import send_in_rounds


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
    with app.app_context():
        database = engine()
    rounds = {"pause": pause, "stop": stop}
    thread = Thread(target=send_in_rounds, args=(database, office.settings), kwargs=rounds, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
