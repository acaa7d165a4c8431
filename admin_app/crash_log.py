"""What the server writes about crashes on standard error: where, and never what somebody typed or asked for."""

from __future__ import annotations

import logging
from types import TracebackType

from wmcrm.errors import where_it_broke

OURS = ("wmcrm", "admin_app")
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutValues(logging.Formatter):
    """Lines that hold numbers and names of routes; of other people's loggers the sentence without what it names."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; an error in it is told by its kind and its place."""
        if not record.name.startswith(OURS):
            record = logging.makeLogRecord({**record.__dict__, "args": (), "exc_text": None})
        return super().format(record)

    def formatException(self, ei: Raised) -> str:  # noqa: N802  (the name is logging's)
        """Where it was raised."""
        return where_it_broke(ei[1]) if ei[1] is not None else ""


def write_log() -> None:
    """From now on this process logs so, on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutValues())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
