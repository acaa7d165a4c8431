"""Filters that every statement of a session carries, as cheap to carry as can be."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import LoaderCriteriaOption

# Keys that SQLAlchemy works out of a filter's structure, without values, by a short name; there are about as many
# as tables times kinds of scope.
_NAMES: dict[Hashable, int] = {}


class EverywhereFilter(LoaderCriteriaOption):
    """What ``with_loader_criteria`` makes, with its part of the key of compiled statements worked out once.

    SQLAlchemy works it out anew for each statement: with a filter for each table that is six times what a small
    statement costs otherwise (benchmarks/scope_cost.py). The condition is a ready expression, not a callable.
    """

    inherit_cache = True

    def __init__(self, entity: type[Any], condition: sa.ColumnElement[bool]) -> None:
        super().__init__(entity, condition, include_aliases=True)
        found = LoaderCriteriaOption(entity, condition, include_aliases=True)._generate_cache_key()
        assert found is not None
        self._key = (EverywhereFilter, _NAMES.setdefault(found.key, len(_NAMES)))
        self._values = found.bindparams

    def _gen_cache_key(self, anon_map: Any, bindparams: list[sa.BindParameter[Any]]) -> tuple[Any, ...]:
        bindparams.extend(self._values)
        return self._key
