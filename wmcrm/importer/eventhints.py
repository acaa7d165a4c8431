"""Which event a sheet is about, as far as the sheet says it: by its title, its day, and earlier imports of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.db import actor_of
from wmcrm.models import Event, EventHost, ImportRun, ImportState
from wmcrm.normalize import fold, parse_date

LOOKED_AT = 300
OFFERED = 5
SURE = 0.9
LIKELY = 0.6
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
_TELLS_NOTHING = re.compile(
    r"\b(?:sheet|tabelle|feuille|hoja|planilha|form|responses?|export|attendees?|participants?|download|copy of"
    r"|réponses?|respuestas?|report|signups?|list|table|csv|xlsx|ods)\b|[\s\d()#._-]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EventHint:
    """What a sheet says of its event: texts that may be its title, and its day."""

    texts: tuple[str, ...]
    day: date | None = None

    @property
    def title(self) -> str:
        """The first text, as a title for a new event; "" where there is none."""
        return self.texts[0] if self.texts else ""


def event_hint(lines: Iterable[str], sheet_name: str, file_name: str) -> EventHint:
    """Gather what the lines above the table, the name of the sheet and that of the file say."""
    stem = PurePath(file_name.replace("\\", "/")).stem.replace("_", " ")
    texts, days = [], []
    for text in (*lines, sheet_name, stem):
        days += [day for found in _DAY.findall(text) if (day := parse_date(found, None).first)]
        title = _DAY.sub(" ", text).strip(" -–—:,;()")
        if len(_TELLS_NOTHING.sub("", title)) >= 4:
            texts.append(" ".join(title.split())[:300])
    return EventHint(tuple(dict.fromkeys(texts)), days[0] if days else None)


def suggest_events(session: Session, hint: EventHint, *, limit: int = OFFERED) -> list[tuple[Event, float]]:
    """The events that the hint may mean, the likeliest first, with how likely; then the latest."""
    ranked = [(event, _likeness(event, hint)) for event in _own_events(session)]
    ranked.sort(key=lambda pair: (-pair[1], -pair[0].starts_on.toordinal()))
    return ranked[:limit]


def sure_event(suggested: Sequence[tuple[Event, float]]) -> Event | None:
    """The one event that is meant beyond doubt."""
    sure = [event for event, likeness in suggested if likeness >= SURE]
    return sure[0] if len(sure) == 1 else None


def search_events(session: Session, text: str, *, limit: int = 20) -> list[Event]:
    """Events whose title or city contains the text, the latest first."""
    like = f"%{_escaped(text.strip())}%"
    query = sa.select(Event).where(
        col(Event.removed_at).is_(None),
        sa.or_(col(Event.title).ilike(like, escape="\\"), col(Event.city).ilike(like, escape="\\")),
    )
    return list(session.scalars(query.order_by(col(Event.starts_on).desc(), col(Event.id).desc()).limit(limit)))


def earlier_import(session: Session, file_hash: str) -> ImportRun | None:
    """The latest import, among those the actor may see, of a file with the same bytes."""
    query = sa.select(ImportRun).where(
        col(ImportRun.file_hash) == file_hash, col(ImportRun.state) == ImportState.APPLIED
    )
    return session.scalars(query.order_by(col(ImportRun.id).desc()).limit(1)).first()


def _own_events(session: Session) -> Iterable[Event]:
    actor = actor_of(session)
    query = sa.select(Event).where(col(Event.removed_at).is_(None))
    if not actor.sees_all:
        hosted = sa.select(col(EventHost.event_id)).where(
            col(EventHost.affiliate_id).in_(sorted(actor.affiliate_ids)), col(EventHost.removed_at).is_(None)
        )
        query = query.where(col(Event.id).in_(hosted))
    return session.scalars(query.order_by(col(Event.starts_on).desc(), col(Event.id).desc()).limit(LOOKED_AT))


def _likeness(event: Event, hint: EventHint) -> float:
    """From 0 to 1: how alike the titles are, more where the day is the same, less where it is another."""
    title = fold(event.title)
    alike = max((fuzz.token_sort_ratio(title, fold(text)) / 100 for text in hint.texts), default=0.0)
    if hint.day is None:
        return alike
    if event.starts_on <= hint.day <= (event.ends_on or event.starts_on):
        return min(1.0, alike + 0.4) if alike > 0.4 else max(alike, LIKELY)
    return alike * 0.8


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
