"""Column types that behave alike on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

E = TypeVar("E", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, ``timestamptz`` on PostgreSQL, naive UTC text on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What the column gives and takes."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(kind: type[E], column: str | None = None) -> type[sa.Enum]:
    """A text column with a CHECK that holds the values (not the names) of an enumeration.

    ``column`` names the CHECK where one table has two columns of the same kind.
    """
    made = sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=column or _snake(kind.__name__),
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
    return cast("type[sa.Enum]", made)


def json_type() -> type[sa.JSON]:
    """JSON: text on SQLite, JSONB on PostgreSQL; None is SQL's NULL, not JSON's null."""
    return cast("type[sa.JSON]", sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"))


def _snake(name: str) -> str:
    return "".join("_" + char.lower() if char.isupper() else char for char in name).lstrip("_")
