"""The reference tables: words and lists that everybody shares, as Flask-Admin lists and forms."""

from __future__ import annotations

from typing import ClassVar

from flask import Blueprint, render_template
from flask_babel import lazy_gettext

from admin_app.access import Permission, needs
from admin_app.formats import day
from admin_app.labels import FIELDS
from admin_app.views.base import Column, TableView
from admin_app.words import word
from wmcrm.models import Initiative, Programme, Purpose, Recommendation, Skill

pages = Blueprint("reference", __name__, url_prefix="/reference")


class ProgrammeView(TableView[Programme]):
    """Campaigns and series."""

    table = Programme
    place = "programmes"
    title = lazy_gettext("Programmes")
    one = lazy_gettext("Programme")
    sortable = ("name",)
    searched = ("name",)
    columns: ClassVar = tuple(Column(name, FIELDS[name]) for name in ("name", "since", "until"))
    form_columns = ("name", "since", "until")

    def text_of(self, record: Programme, name: str) -> object:
        """What a cell shows."""
        return super().text_of(record, name) if name == "name" else day(getattr(record, name))


class SkillView(TableView[Skill]):
    """Skills that people have, offer or want."""

    table = Skill
    place = "skills"
    title = lazy_gettext("Skills")
    one = lazy_gettext("Skill")
    sortable = ("label",)
    searched = ("label", "code")
    columns: ClassVar = tuple(Column(name, FIELDS[name]) for name in ("label", "code"))
    form_columns = ("code", "label")


class PurposeView(TableView[Purpose]):
    """What data may be used for."""

    table = Purpose
    place = "purposes"
    title = lazy_gettext("Purposes")
    one = lazy_gettext("Purpose")
    sortable = ("code",)
    searched = ("code", "description")
    columns: ClassVar = (
        *(Column(name, FIELDS[name]) for name in ("code", "description", "default_basis")),
        Column("retention_months", FIELDS["retention_months"], number=True),
    )
    form_columns = (
        "code",
        "description",
        "default_basis",
        "allows_legitimate_interest",
        "special_categories",
        "retention_months",
    )

    def text_of(self, record: Purpose, name: str) -> object:
        """What a cell shows."""
        return word(record.default_basis) if name == "default_basis" else super().text_of(record, name)


class RecommendationView(TableView[Recommendation]):
    """The recommendations of the movement strategy."""

    table = Recommendation
    place = "recommendations"
    title = lazy_gettext("Recommendations")
    one = lazy_gettext("Recommendation")
    sortable = ("number",)
    searched = ("title",)
    columns: ClassVar = tuple(Column(name, FIELDS[name]) for name in ("title", "number"))
    form_columns = ("number", "title")


class InitiativeView(TableView[Initiative]):
    """The initiatives of the movement strategy, and others."""

    table = Initiative
    place = "initiatives"
    title = lazy_gettext("Initiatives")
    one = lazy_gettext("Initiative")
    sortable = ("title",)
    searched = ("title", "number")
    columns: ClassVar = tuple(Column(name, FIELDS[name]) for name in ("title", "number", "status"))
    form_columns = ("number", "title", "aliases", "status")

    def text_of(self, record: Initiative, name: str) -> object:
        """What a cell shows."""
        return word(record.status) if name == "status" else super().text_of(record, name)


TABLES = (ProgrammeView, InitiativeView, RecommendationView, SkillView, PurposeView)
screen = (pages, *TABLES)


@pages.get("/")
@needs(Permission.REFERENCE_READ)
def index() -> str:
    """The reference tables, each with a link."""
    return render_template("reference.html", tables=TABLES)
