"""Refusals: what wmcrm says when it will not do what was asked.

The first argument is an English template with ``{named}`` places. It is also the key of its
translation: the interface translates the template and fills it with ``params``.
"""

from __future__ import annotations


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
