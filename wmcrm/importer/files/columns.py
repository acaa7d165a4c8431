"""Which column of a file of records holds which field, by its header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wmcrm.errors import BadInputError
from wmcrm.models.kinds import ImportKind
from wmcrm.normalize import fold
from wmcrm.sheets.table import Row, Table

HEAD_ROWS = 10
Names = tuple[str, ...]

ID: Names = ("id", "external id", "record id", "unique id", "uid")
PERSON: Names = ("person id", "person", "contact id", "member id", "user id", "participant id")
EVENT: Names = ("event id", "event", "activity id", "course id")
AFFILIATE: Names = ("affiliate id", "affiliate", "affiliate code", "organization id", "organisation id", "group id")
COUNTRY: Names = ("country", "country code", "residence country", "group country")
CITY: Names = ("city", "town", "residence city", "place")
SINCE: Names = ("started on", "since", "start", "start date", "starts on", "from", "begin", "began on", "started")
UNTIL: Names = ("ended on", "until", "end", "end date", "ends on", "to", "ended", "finished on")

# For each kind: field -> the headers that name it, in folded form; the first is the one of our own files.
FIELDS: Mapping[ImportKind, Mapping[str, Names]] = {
    ImportKind.AFFILIATES: {
        "id": (*ID, "affiliate id"),
        "name": ("name", "group name", "affiliate name", "title", "affiliate"),
        "kind": ("kind", "affiliate type", "type", "org type", "organization type"),
        "code": ("code", "affiliate code", "short name"),
        "country": COUNTRY,
        "region": ("region", "wikimedia region"),
        "email": ("email", "e mail", "contact email", "mail"),
        "website": ("website", "url", "web page", "home page", "homepage"),
        "founded_on": ("founded on", "founded", "foundation date", "origin date", "established"),
    },
    ImportKind.EVENTS: {
        "id": (*ID, "event id", "course id"),
        "name": ("name", "title", "event name", "event title", "event"),
        "kind": ("kind", "event type", "type"),
        "second_kind": ("second kind", "second type", "second event type"),
        "affiliate_id": (*AFFILIATE, "host", "host id", "organizer id"),
        "country": COUNTRY,
        "city": CITY,
        "venue": ("venue", "location", "address"),
        "starts_on": ("starts on", "start date", "start", "date", "started on", "from", "event date"),
        "ends_on": ("ends on", "end date", "end", "ended on", "to", "until"),
        "online": ("online", "is online", "virtual", "remote"),
        "format": ("format", "event format"),
        "status": ("status", "event status"),
        "tracks_attendance": ("tracks attendance", "attendance tracked"),
        "timezone": ("timezone", "time zone", "tz"),
        "topics": ("topics", "topic", "themes"),
        "url": ("url", "link", "page", "website"),
    },
    ImportKind.PEOPLE: {
        "id": (*ID, "person id", "contact id", "member id"),
        "display_name": ("display name", "name", "full name", "real name"),
        "given_name": ("given name", "first name", "given names", "forename"),
        "family_name": ("family name", "last name", "surname"),
        "username": ("username", "user name", "wiki username", "wikimedia username", "account", "wiki account"),
        "country": COUNTRY,
        "city": CITY,
        "email": ("email", "e mail", "emails", "email address", "mail"),
        "phone": ("phone", "phones", "telephone", "phone number", "mobile"),
        "languages": ("languages", "language", "spoken languages"),
        "created_at": ("created at", "created", "created on", "recorded at", "recorded on"),
        "entry_route": ("entry route", "how they came"),
        "since_year": ("since year", "active since", "year"),
    },
    ImportKind.ROLES: {
        "id": (*ID, "role id", "membership id"),
        "person_id": PERSON,
        "affiliate_id": AFFILIATE,
        "kind": ("kind", "role", "position", "title"),
        "started_on": SINCE,
        "ended_on": UNTIL,
    },
    ImportKind.PARTICIPATIONS: {
        "id": (*ID, "participation id", "registration id"),
        "person_id": PERSON,
        "event_id": EVENT,
        "capacity": ("capacity", "role", "event role", "as"),
        "status": ("status", "registration status", "attendance status"),
        "attended": ("attended", "attendance", "present"),
        "contributed": ("contributed", "made a contribution"),
        "registered_on": ("registered on", "registered at", "registration date", "signed up on", "signed up at"),
    },
    ImportKind.CONSENTS: {
        "id": (*ID, "consent id"),
        "person_id": PERSON,
        "purpose": ("purpose", "consent purpose"),
        "channel": ("channel", "medium"),
        "state": ("state", "status", "decision"),
        "given_on": ("given on", "date", "granted on", "decided on", "on", "recorded on"),
        "ended_on": ("ended on", "withdrawn on", "until", "end date"),
        "source": ("source", "method", "how"),
        "notice": ("notice", "notice version", "privacy notice"),
    },
}

REQUIRED: Mapping[ImportKind, Names] = {
    ImportKind.AFFILIATES: ("id", "name"),
    ImportKind.EVENTS: ("id", "name", "starts_on"),
    ImportKind.PEOPLE: ("id",),
    ImportKind.ROLES: ("id", "person_id", "affiliate_id", "kind"),
    ImportKind.PARTICIPATIONS: ("id", "person_id", "event_id"),
    ImportKind.CONSENTS: ("id", "person_id", "purpose", "state", "given_on"),
}
IDENTIFYING: Names = ("display_name", "given_name", "family_name", "username")


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file: its place, its header as typed, the field it fills (None: not imported)."""

    index: int
    header: str
    field: str | None


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The columns of a file and the row its header stands in."""

    header_row: int
    columns: tuple[FileColumn, ...]

    @property
    def places(self) -> dict[str, FileColumn]:
        """Each field's column."""
        return {column.field: column for column in self.columns if column.field}


def find_columns(kind: ImportKind, table: Table) -> FileColumns:
    """The columns of a file of ``kind``; the header is looked for in the first ten rows.

    Raises BadInputError when no row has the columns that this kind of file needs.
    """
    rows = [row for row in table.head(HEAD_ROWS) if not row.is_blank]
    found = [_columns(kind, row) for row in rows]
    complete = [columns for columns in found if not missing_fields(kind, columns)]
    if complete:
        return complete[0]
    best = max(found, key=lambda columns: len(columns.places), default=None)
    missing = missing_fields(kind, best) if best else REQUIRED[kind]
    raise BadInputError(
        "The file has no column {missing}; a file of {kind} needs the columns {needed}.",
        missing=", ".join(missing),
        kind=kind.value,
        needed=", ".join(FIELDS[kind]),
    )


def missing_fields(kind: ImportKind, columns: FileColumns) -> Sequence[str]:
    """The fields without which a file of ``kind`` cannot be read."""
    places = columns.places
    missing = [name for name in REQUIRED[kind] if name not in places]
    if kind is ImportKind.PEOPLE and not any(name in places for name in IDENTIFYING):
        missing.append("display_name")
    return missing


def _columns(kind: ImportKind, row: Row) -> FileColumns:
    meanings = _meanings(kind, [fold(cell) for cell in row.cells])
    columns = [
        FileColumn(index, cell.replace("\x00", "").strip(), meanings.get(index)) for index, cell in enumerate(row.cells)
    ]
    return FileColumns(row.number, tuple(columns))


def _meanings(kind: ImportKind, headers: Sequence[str]) -> dict[int, str]:
    """Fields by column: a header that is a field's own name wins over one that is only its synonym."""
    taken: dict[int, str] = {}
    fields = FIELDS[kind]
    for rank in range(max(len(names) for names in fields.values())):
        for name, names in fields.items():
            if name in taken.values() or rank >= len(names) or names[rank] not in headers:
                continue
            index = headers.index(names[rank])
            if index not in taken:
                taken[index] = name
    return taken
