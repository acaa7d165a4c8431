"""Access (Articles 15 and 20): everything about a person as one JSON document and one page to read."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.consent import standings
from wmcrm.db import Beyond, actor_of, looks_beyond
from wmcrm.errors import BadInputError
from wmcrm.models import (
    AccessLogEntry,
    ImportRun,
    LanguageSkill,
    Person,
    ProcessingActivity,
    Protection,
    metadata,
    now_utc,
)
from wmcrm.privacy.activity import last_activity
from wmcrm.privacy.authority import require_all_of
from wmcrm.privacy.collecting import (
    Row,
    access,
    consents,
    history,
    recipients,
    rows_about,
    shown_tables,
    sources,
)
from wmcrm.privacy.custody import open_sealed
from wmcrm.privacy.page import subject_page
from wmcrm.privacy.rules import retention_rules
from wmcrm.privacy.stewards import Identity
from wmcrm.privacy.subject import Subject, subject_of
from wmcrm.privacy.wording import LANGUAGES

FORMAT = "wmcrm-subject-export/1"


@dataclass(frozen=True, slots=True)
class ExportedFiles:
    """The two files of an export, readable by their owner only."""

    document: Path
    page: Path


@dataclass(frozen=True, slots=True)
class Export:
    """An export in memory: the name of its files (a public id), the document for machines, the page to read."""

    name: str
    document: str = field(repr=False)
    page: str = field(repr=False)


@looks_beyond(Beyond.WHOLE)
def make_export(
    session: Session, person: Person, *, language: str | None = None, identities: Sequence[Identity] = ()
) -> Export:
    """Everything about a person, as JSON and as a page; the export itself is logged.

    ``language`` is ``en`` or ``ar``; without it the page is in Arabic for people who know Arabic, else in
    English. ``identities`` open the record of somebody sealed. Raises BadInputError for another language,
    NotAllowedError for a sealed record without a key and for a person whom other affiliates hold too.
    """
    subject = subject_of(session, person)
    require_all_of(session, subject)
    chosen = _language(session, subject, language)
    sections = collect_subject(session, subject, identities)
    made_at = now_utc()
    name = subject.person.public_id
    document = {
        "format": FORMAT,
        "subject": name,
        "made_at": made_at.isoformat(timespec="seconds"),
        "sections": sections,
    }
    _log(session, subject)
    text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
    return Export(name, text, subject_page(sections, chosen, made_at))


def export_subject(session: Session, person: Person, directory: Path, *, language: str | None = None) -> ExportedFiles:
    """Write ``<public id>.json`` and ``<public id>.html`` of :func:`make_export` into a folder.

    Raises BadInputError for a folder that cannot be used as well.
    """
    made = make_export(session, person, language=language)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        written = _write(directory / f"{made.name}.json", made.document)
        page = _write(directory / f"{made.name}.html", made.page)
    except OSError as error:
        raise BadInputError(
            "Nothing can be written into {folder}: {why}.", folder=directory, why=error.strerror
        ) from error
    return ExportedFiles(written, page)


def zipped(export: Export) -> bytes:
    """Both files of an export as one zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{export.name}.json", export.document)
        archive.writestr(f"{export.name}.html", export.page)
    return packed.getvalue()


def collect_subject(session: Session, subject: Subject, identities: Sequence[Identity] = ()) -> dict[str, list[Row]]:
    """All sections of an export, in the order in which they are shown."""
    sections = {name: rows_about(session, subject, name) for name in shown_tables()}
    if subject.person.protection is Protection.SEALED:
        sections["sealed"] = _sealed_rows(session, subject, identities)
    sections["sources"] = sources(session, subject)
    sections["consents"] = consents(session, subject)
    sections["standing"] = [
        {"purpose": row.purpose, "channel": row.channel, "standing": row.standing, "valid_until": row.valid_until}
        for row in standings(session, subject.person)
    ]
    sections["access"] = access(session, subject)
    sections["recipients"] = recipients(session, subject)
    sections["history"] = history(session, subject)
    sections["retention"] = retention_of(session, subject)
    sections["processing"] = [
        {
            "purpose": row.purpose,
            "basis": row.basis,
            "data": row.data,
            "recipients": row.recipients,
            "retention": row.retention,
        }
        for row in session.scalars(sa.select(ProcessingActivity).order_by(col(ProcessingActivity.id)))
    ]
    return sections


def _sealed_rows(session: Session, subject: Subject, identities: Sequence[Identity]) -> list[Row]:
    """What is sealed, opened with the key of a steward; raises NotAllowedError without one."""
    record = open_sealed(session, subject.person, reason="subject export", identities=identities)
    return [{"table": table, **row} for table, rows in record.tables.items() for row in rows]


def retention_of(session: Session, subject: Subject) -> list[Row]:
    """Until which day what is kept about this subject, by rule."""
    rules = retention_rules(session)
    found: list[Row] = []
    active = last_activity(session, subject.ids)
    if "contact_points" in rules and active is not None:
        rule = rules["contact_points"]
        found.append({"what": rule.description, "kept_until": rule.last_day_kept(active)})
    if "raw_cells" in rules:
        row = metadata.tables["imported_row"]
        query = (
            sa.select(sa.func.max(col(ImportRun.created_at)))
            .join(row, row.c.run_id == col(ImportRun.id))
            .where(row.c.person_id.in_(subject.ids), row.c.cells.is_not(None))
        )
        newest = session.scalar(query)
        if newest is not None:
            rule = rules["raw_cells"]
            found.append({"what": rule.description, "kept_until": rule.last_day_kept(newest.date())})
    general = [rules[code] for code in ("access_log", "signup_answers") if code in rules]
    found.extend({"what": rule.description, "kept_for": rule.span} for rule in general)
    return found


def _plain(value: object) -> object:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _language(session: Session, subject: Subject, asked: str | None) -> str:
    if asked is not None and asked not in LANGUAGES:
        raise BadInputError("An export is made in one of: {languages}", languages=", ".join(LANGUAGES))
    if asked is not None:
        return asked
    query = sa.select(col(LanguageSkill.language)).where(
        col(LanguageSkill.person_id).in_(subject.ids), col(LanguageSkill.removed_at).is_(None)
    )
    known = [code.split("-")[0] for code in session.scalars(query.order_by(col(LanguageSkill.id)))]
    return next((code for code in known if code in LANGUAGES), LANGUAGES[0])


def _log(session: Session, subject: Subject) -> None:
    actor = actor_of(session)
    session.add(
        AccessLogEntry(
            account_id=actor.account_id,
            actor=actor.name,
            action="subject_export",
            person_id=subject.person.id,
            people=1,
        )
    )
    session.flush()


def _write(path: Path, text: str) -> Path:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        opened.write(text)
    return path
