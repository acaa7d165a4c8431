"""Forms made from a table, for the reference tables: SQLModel's columns as our own fields.

Flask-Admin's converter looks at the class of a column's type. SQLModel's strings and our moments are
TypeDecorators, which it does not know, and it leaves such fields out without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from wtforms import BooleanField, Field, IntegerField
from wtforms.validators import InputRequired, Length, NumberRange

from admin_app.forms.fields import Choice, Day, Lines, Paragraphs, Text
from admin_app.forms.form import Form
from admin_app.listing import LARGEST_KEY
from admin_app.model_view import AdminModelConverter

MadeField = Callable[..., Field]


class TableForm(Form):
    """The base of forms made from a table."""


class Converter(AdminModelConverter):  # type: ignore[misc]
    """One field for one column; a column of a kind that is not here is a mistake and says so."""

    def get_converter(self, column: sa.Column[object]) -> MadeField:
        """What makes the field of ``column``."""
        return _make


def _make(column: sa.Column[object], field_args: dict[str, object], **_extra: object) -> Field:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    given = {"label": field_args.get("label"), "description": field_args.get("description") or ""}
    rules: list[object] = [] if column.nullable or isinstance(kind, sa.Boolean | sa.JSON) else [InputRequired()]
    if "default" in field_args and not callable(field_args["default"]):
        given["default"] = field_args["default"]
    if isinstance(kind, sa.Enum) and kind.enum_class is not None and issubclass(kind.enum_class, StrEnum):
        return Choice(kind=kind.enum_class, optional=bool(column.nullable), but=None, validators=rules, **given)
    if isinstance(kind, sa.Integer):
        return IntegerField(validators=[*rules, NumberRange(0, LARGEST_KEY)], **given)
    if isinstance(kind, sa.String) and kind.length:
        return Text(validators=[*rules, Length(max=kind.length)], **given)
    made: dict[type, type[Field]] = {sa.Text: Paragraphs, sa.String: Text, sa.Date: Day, sa.Boolean: BooleanField}
    made[sa.JSON] = Lines
    field = next((field for known, field in made.items() if isinstance(kind, known)), None)
    if field is None:
        raise TypeError(f"no field for columns of the type {kind!r}")
    return field(validators=rules, **given)
