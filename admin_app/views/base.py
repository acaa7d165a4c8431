"""The one place that knows Flask-Admin's model view: lists, pages and forms over one SQLModel table.

Flask-Admin's own routes for look-ups, bulk actions, edits in the list and export have queries and answers
of their own that pass by scope, tokens and history; they are not registered here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Generic
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_babel import LazyString, gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError

from admin_app.access import Permission, set_policy
from admin_app.door import actor, may
from admin_app.formats import counted
from admin_app.forms.scaffold import Converter, TableForm
from admin_app.integrity import explain
from admin_app.labels import FIELDS
from admin_app.listing import Page, Question, Record, key_column, read_key, read_page, read_question
from admin_app.model_view import ModelView
from admin_app.notices import drop_undo, tell
from admin_app.session import db
from wmcrm.errors import ConflictError, NotFoundError
from wmcrm.models import now_utc
from wmcrm.permissions import acting_with

_CHANGED = "Somebody changed this record while you had it open. Reload it and repeat your change."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its name, its heading, whether it holds numbers."""

    name: str
    heading: LazyString
    number: bool = False


@dataclass(frozen=True, slots=True)
class NoDatabase:
    """What Flask-Admin is handed for a database: nothing, so that no query of its own can pass by the scope."""

    session: None = None


def _unrouted(*_args: object, **_kwargs: object) -> ResponseReturnValue:
    """In the place of Flask-Admin's own pages: without the mark that would give them an address."""
    abort(404)


class TableView(ModelView, Generic[Record]):  # type: ignore[misc]
    """A list with search and pages, a page a record, forms with a version check, removal with undo.

    A screen names its ``table``, ``endpoint``, ``columns``, ``sortable`` (only columns with an index) and
    its permissions, and overrides ``text_of``, ``query`` or a template where it differs.
    """

    table: ClassVar[type]
    place: ClassVar[str]
    title: ClassVar[LazyString]
    one: ClassVar[LazyString]
    new: ClassVar[LazyString] = lazy_gettext("Add")
    reads: ClassVar[Permission] = Permission.REFERENCE_READ
    writes: ClassVar[Permission] = Permission.REFERENCE_EDIT
    columns: ClassVar[tuple[Column, ...]]
    sortable: ClassVar[tuple[str, ...]]
    newest_first: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ()
    list_template = "table.html"
    details_template = "record.html"
    form_template = "form.html"
    model_form_converter = Converter
    form_base_class = TableForm
    column_display_pk = False
    index_view = create_view = edit_view = details_view = delete_view = _unrouted
    action_view = export = ajax_lookup = ajax_update = _unrouted

    def __init__(self) -> None:
        self.column_list = [column.name for column in self.columns]
        self.column_sortable_list = list(self.sortable)
        self.column_labels = FIELDS
        address = self.place if self.place.startswith("/") else f"/reference/{self.place}"
        endpoint = address.strip("/").replace("/", "_")
        super().__init__(self.table, NoDatabase(), name=str(self.table.__name__), endpoint=endpoint, url=address)

    # What a screen may say differently

    def text_of(self, record: Record, name: str) -> object:
        """What a cell shows."""
        return getattr(record, name)

    def title_of(self, record: Record) -> str:
        """What the record is called, as the heading of its page."""
        return str(self.text_of(record, self.columns[0].name))

    def query(self) -> sa.Select[tuple[Record]]:
        """The records that this screen is about: the live ones."""
        found: sa.Select[tuple[Record]] = sa.select(self.table)
        for mark in ("removed_at", "superseded_by_id"):
            if hasattr(self.table, mark):
                found = found.where(getattr(self.table, mark).is_(None))
        return found

    def found(self, question: Question) -> Page[Record]:
        """The page of the list that was asked for."""
        query = self.query()
        if question.text:
            parts = [getattr(self.table, name).icontains(question.text, autoescape=True) for name in self.searched]
            query = query.where(sa.or_(*parts))
        return read_page(db(), query, self.table, question)

    def details(self, record: Record) -> dict[str, object]:
        """What the page of a record needs beside the record."""
        return {"facts": [(column.heading, self.text_of(record, column.name)) for column in self.columns]}

    def form_of(self, record: Record | None) -> FlaskForm:
        """The form for a record, or for a new one, filled with what was sent."""
        made: FlaskForm = self._edit_form_class(obj=record) if record else self._create_form_class()
        return made

    def save(self, form: FlaskForm, record: Record) -> None:
        """Write what the form holds into the record."""
        form.populate_obj(record)

    def mine(self, record: Record) -> bool:
        """Whether the actor may change this record; reading it is the scope's business."""
        return record is not None

    def may_create(self) -> bool:
        """Whether the actor may add a record."""
        return bool(self.can_create) and may(self.writes)

    # Pages

    @expose("/")  # type: ignore[untyped-decorator]
    def index(self) -> ResponseReturnValue:
        """The list."""
        question = read_question(request.args, self.sortable, self.newest_first)
        page = self.found(question)
        return self.page(
            self.list_template,
            page=page,
            question=question,
            headings=[self._heading(column, question) for column in self.columns],
            count=counted(page.count, page.cap),
            first=self._address("") if question.after else "",
            next=self._address(page.next) if page.next else "",
        )

    @expose("/<key>")  # type: ignore[untyped-decorator]
    def record(self, key: str) -> ResponseReturnValue:
        """The page of one record."""
        record = self.find(key)
        return self.page(self.details_template, record=record, **self.details(record))

    @expose("/new", methods=("GET", "POST"))  # type: ignore[untyped-decorator]
    def create(self) -> ResponseReturnValue:
        """The form for a new record."""
        if not self.may_create():
            abort(403)
        form = self.form_of(None)
        record = self.table() if request.method == "POST" else None
        if record is not None and form.validate() and self._saved(form, record):
            tell(gettext("It was added."))
            return redirect(self.address_of(record), 303)
        return self.page(self.form_template, form=form, record=None), 422 if request.method == "POST" else 200

    @expose("/<key>/edit", methods=("GET", "POST"))  # type: ignore[untyped-decorator]
    def edit(self, key: str) -> ResponseReturnValue:
        """The form for a record; refused when somebody changed it meanwhile."""
        record = self.find_mine(key)
        form = self.form_of(record)
        if request.method == "POST":
            self._check_version(record)
            if form.validate() and self._saved(form, record):
                tell(gettext("The change was stored."))
                return redirect(self.address_of(record), 303)
        return self.page(self.form_template, form=form, record=record), 422 if request.method == "POST" else 200

    @expose("/<key>/remove", methods=("POST",))  # type: ignore[untyped-decorator]
    def remove(self, key: str) -> ResponseReturnValue:
        """Take a record out of use; the message above the next page brings it back."""
        record = self.find_mine(key)
        if not hasattr(record, "removed_at"):
            abort(405)
        record.removed_at, record.removed_by_id = now_utc(), actor().account_id
        tell(gettext("It was removed."), undo=self.address_of(record, ".restore"))
        return redirect(url_for(".index"), 303)

    @expose("/<key>/restore", methods=("POST",))  # type: ignore[untyped-decorator]
    def restore(self, key: str) -> ResponseReturnValue:
        """Bring a removed record back."""
        record = self.find_mine(key, removed=True)
        record.removed_at = record.removed_by_id = None
        drop_undo(self.address_of(record, ".restore"))
        tell(gettext("It is back."))
        return redirect(self.address_of(record), 303)

    # The machinery

    def page(self, template: str, **values: object) -> str:
        """A page of this screen."""
        record: Record | None = values.get("record")  # type: ignore[assignment]
        with acting_with(db(), self.writes):  # where they may write, not only read
            editable = self.can_edit and may(self.writes) and (record is None or self.mine(record))
        return str(self.render(template, view=self, editable=editable, **values))

    def find(self, key: str, *, removed: bool = False) -> Record:
        """The record that an address names, locked where the request may change it; NotFoundError otherwise."""
        if removed and not hasattr(self.table, "removed_at"):
            raise NotFoundError("There is no such record.")
        query = sa.select(self.table) if removed else self.query()
        query = query.where(key_column(self.table) == read_key(self.table, key))
        if removed:
            query = query.where(self.table.removed_at.is_not(None))  # type: ignore[attr-defined]
        if request.method == "POST":
            query = query.with_for_update(of=self.table)
        record: Record | None = db().execute(query).scalar_one_or_none()
        if record is None:
            raise NotFoundError("There is no such record.")
        return record

    def find_mine(self, key: str, *, removed: bool = False) -> Record:
        """The record that an address names, if the actor may change it."""
        record = self.find(key, removed=removed)
        if not self.can_edit or not self.mine(record):
            abort(403)
        return record

    def address_of(self, record: Record, endpoint: str = ".record") -> str:
        """Where the record's page is."""
        return url_for(endpoint, key=getattr(record, str(key_column(self.table).key)))

    def _saved(self, form: FlaskForm, record: Record) -> bool:
        try:
            self.save(form, record)
            db().add(record)
            db().flush()
        except IntegrityError as error:
            db().rollback()
            form.form_errors.append(explain(error))
            return False
        return True

    def _check_version(self, record: Record) -> None:
        if hasattr(record, "version") and request.form.get("version", "") != str(record.version):
            raise ConflictError(_CHANGED)

    def _heading(self, column: Column, question: Question) -> dict[str, object]:
        if column.name not in self.sortable:
            return {"text": column.heading, "number": column.number}
        sorted_now = question.sort == column.name
        order = "up" if not sorted_now or question.descending else "down"
        state = ("descending" if question.descending else "ascending") if sorted_now else ""
        address = url_for(".index", q=question.text or None, sort=column.name, order=order)
        return {"text": column.heading, "number": column.number, "address": address, "sorted": state}

    def _address(self, after: str) -> str:
        asked = {name: value for name, value in request.args.items() if name != "after"}
        kept = urlencode({**asked, "after": after} if after else asked)
        return url_for(".index") + (f"?{kept}" if kept else "")

    def _run_view(self, fn: Callable[..., ResponseReturnValue], *args: object, **kwargs: object) -> ResponseReturnValue:
        # Flask-Admin calls a view twice when it raises TypeError, which hides what was wrong.
        return fn(self, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class TableViews:
    """Flask-Admin's registry of one application, and the policies of what is added to it."""

    app: Flask
    admin: Admin

    def add(self, kind: type[TableView[Record]]) -> None:
        """Add a screen over a table; reading and writing need its two permissions."""
        view = kind()
        self.admin.add_view(view)
        for method in ("index", "record"):
            set_policy(self.app, f"{view.endpoint}.{method}", kind.reads)
        for method in ("create", "edit", "remove", "restore"):
            set_policy(self.app, f"{view.endpoint}.{method}", kind.writes)


def table_views(app: Flask) -> TableViews:
    """Flask-Admin on this application, without a page or a file of its own."""
    front = AdminIndexView(name="tables", endpoint="tables", url="/tables")
    front.static_folder = None
    admin = Admin(app, name="wmcrm", index_view=front)
    set_policy(app, "tables.index", Permission.CLOSED)
    return TableViews(app, admin)
