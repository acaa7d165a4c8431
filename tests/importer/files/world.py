"""A small movement in files, as an office would hand it over."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence

from wmcrm.db import Session
from wmcrm.importer.files import FileOptions, import_read_file
from wmcrm.importer.report import ImportReport
from wmcrm.models import ImportKind, metadata
from wmcrm.models.records import select_record
from wmcrm.sheets import read_pasted

AFFILIATES = """id,name,kind,country,email,founded_on
1,Wikimedia Senegal,user group,SN,info@sn.example.org,2012-11-07
2,Wikimedia Maroc,chapter,Morocco,,2009-06-16
3,Open Heritage Foundation,movement partner,,,
"""
EVENTS = """id,name,kind,affiliate_id,country,starts_on,ends_on,online
1,Dakar edit-a-thon,edit-a-thon,1,SN,2024-03-02,2024-03-03,false
2,Monuments of Morocco,photo contest,2,MA,2024-09-01,2024-09-30,true
3,Museum day,GLAM event,2,MA,2025-01-10,2025-01-10,false
"""
PEOPLE = """id,display_name,given_name,family_name,username,country,city,email,phone,languages,created_at
10,Aïcha Diop,Aïcha,Diop,Aicha D,SN,Dakar,aicha@example.org; a.diop@example.com,+221 77 123 45 67,fr; wo,2024-01-05 12:00:00
11,Omar,,,omar_editor,SN,,,,fr,2024-01-06 12:00:00
12,陳 美玲,美玲,陳,,TW,Taipei,meiling@example.org,,zh,2024-02-01 12:00:00
13,Dana2000,"","",Dana2000,MA,,dana@example.net,,ar; en,2024-02-02 12:00:00
"""
ROLES = """id,person_id,affiliate_id,kind,started_on,ended_on
1,10,1,volunteer organizer,2024-01-10,
2,11,1,GLAM coordinator,2024-01-10,2025-01-10
3,13,2,board member,2023-05-01,
"""
PARTICIPATIONS = """id,person_id,event_id,capacity,status,registered_on
1,10,1,organizer,attended,2024-02-20
2,11,1,participant,attended,2024-02-25
3,12,1,participant,no-show,2024-02-26
4,13,2,volunteer,cancelled,2024-08-20
5,10,2,co-organizer,attended,2024-08-21
"""
CONSENTS = """id,person_id,purpose,channel,state,given_on,ended_on,source
1,10,newsletter,email,granted,2024-01-05,,web form
2,10,event invitations,messaging,granted,2024-01-05,,sign-up sheet
3,11,public directory,talk page,withdrawn,2024-01-06,2024-06-01,in person
4,12,research contact,email,refused,2024-02-01,2025-02-01,email
"""
FILES = {
    ImportKind.AFFILIATES: AFFILIATES,
    ImportKind.EVENTS: EVENTS,
    ImportKind.PEOPLE: PEOPLE,
    ImportKind.ROLES: ROLES,
    ImportKind.PARTICIPATIONS: PARTICIPATIONS,
    ImportKind.CONSENTS: CONSENTS,
}


def bring(
    session: Session, kind: ImportKind, text: str, *, options: FileOptions | None = None, plan: bool = False
) -> ImportReport:
    """Import pasted rows: without the child process that reads real files, which makes tests slow."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    with read_pasted(text) as file:
        return import_read_file(session, kind, file, file_hash=digest, options=options, plan=plan)


def bring_all(session: Session, *, options: FileOptions | None = None) -> list[ImportReport]:
    """Import the whole small movement."""
    return [bring(session, kind, text, options=options) for kind, text in FILES.items()]


def rows(session: Session, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Columns of all rows of a table in the order of their ids (or first column)."""
    target = metadata.tables[table]
    order = target.c.id if "id" in target.c else next(iter(target.c))
    query = select_record(table, columns).order_by(order)
    return [tuple(row) for row in session.execute(query)]


def with_columns(text: str, columns: Sequence[str]) -> str:
    """The same file with its columns in another order or under other headers (``old>new``)."""
    found = list(csv.DictReader(io.StringIO(text)))
    target = io.StringIO()
    names = [column.partition(">")[0] for column in columns]
    writer = csv.writer(target)
    writer.writerow([column.rpartition(">")[2] for column in columns])
    writer.writerows([[row[name] for name in names] for row in found])
    return target.getvalue()
