"""What the parsers of one cell return: the values found and what was wrong with the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in one cell: a code, an English template with its parameters, a suggestion.

    The template is the key of its translation; ``{value}`` and ``{suggestion}`` are always available.
    """

    code: str
    template: str
    value: str
    suggestion: str | None = None
    severity: str = "warning"  # "error": the cell gave nothing; "warning": something was kept
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in English."""
        return self.template.format(value=self.value, suggestion=self.suggestion or "", **self.params)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """Normalized values in the order of the cell (the first is preferred) and the problems met."""

    values: tuple[T, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def first(self) -> T | None:
        """The preferred value, or None."""
        return self.values[0] if self.values else None
