"""Rounds: a process that stays sends every so often what waits."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy.engine import Engine

from wmcrm.self_service.postman import Round, send_in_turn
from wmcrm.settings import Settings

log = logging.getLogger(__name__)


def send_in_rounds(engine: Engine, settings: Settings, *, pause: float, stop: Event) -> Round:
    """Send what is due, wait ``pause`` seconds, and again until ``stop`` is set; what all rounds did.

    Of several processes one at a time sends. A round that fails is logged by its kind and ends nothing. When
    ``stop`` is set a letter that is on its way is finished, no other begun.
    """
    done = Round()
    with ThreadPoolExecutor(1, "mail-round") as one:  # so that nothing that goes wrong in a round ends the rounds
        while not stop.is_set():
            ended = one.submit(send_in_turn, engine, settings, stopping=stop.is_set)
            error = ended.exception()
            if error is None:
                done += ended.result()
            else:  # what it was about would name somebody
                log.error("letters wait: %s", type(error).__name__)
            stop.wait(pause)
    return done
