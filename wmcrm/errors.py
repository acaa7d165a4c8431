"""Refusals: what wmcrm says when it will not do what was asked.

The first argument is an English template with ``{named}`` places. It is also the key of its
translation: the interface translates the template and fills it with ``params``.
"""

from __future__ import annotations

import traceback
from types import TracebackType


class WmcrmError(Exception):
    """A refusal whose message tells a person what to do; commands exit with status 2 on it."""

    status = 400

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template)
        self.template = template
        self.params = params

    def __str__(self) -> str:
        return self.template.format(**self.params) if self.params else self.template


class BadInputError(WmcrmError):
    """Something that was typed or handed over cannot be used."""


class NotFoundError(WmcrmError):
    """There is no such record, or the actor may not know that there is."""

    status = 404


class AmbiguousReferenceError(WmcrmError):
    """A reference names several records; the message lists the candidates' public ids."""

    status = 409


class NotAllowedError(WmcrmError):
    """The actor may not do this."""

    status = 403


class ConflictError(WmcrmError):
    """The record changed meanwhile, or the change contradicts what is stored."""

    status = 409


class StalePlanError(ConflictError):
    """The data moved between preview and confirmation; plan again."""


class SheetRefusedError(WmcrmError):
    """A file cannot be read as a sheet; ``code`` names why (``encrypted``, ``empty``, ...)."""

    def __init__(self, code: str, template: str, **params: object) -> None:
        super().__init__(template, **params)
        self.code = code


class SettingsError(WmcrmError):
    """A setting is missing, unknown or unsafe."""


class DatabaseStateError(WmcrmError):
    """The database cannot be used as it is (schema behind, locked, unreachable)."""

    status = 503


def where_it_broke(error: BaseException) -> str:
    """Where an error was raised and what it came from, for a log: no message, for messages repeat values.

    A database says which address was there already, a converter which text is no number.
    """
    said: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        said.insert(0, f"{type(cause).__module__}.{type(cause).__qualname__}\n{_frames(cause.__traceback__)}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "which led to\n".join(said)


def _frames(raised: TracebackType | None) -> str:
    return "".join(traceback.format_tb(raised))
