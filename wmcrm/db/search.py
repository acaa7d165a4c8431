"""The search index of people: two stages, so that a search costs the same at a thousand and at a million.

The folded text is made in Python (wmcrm.normalize.fold), so both databases search alike. First the index
gives at most CANDIDATES ids, then only those are joined and sorted. The only place for text() and raw SQL
over the search tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wmcrm.db.sessions import actor_of

CANDIDATES = 2000
_HELD = (
    "SELECT 1 FROM holding WHERE holding.person_id = found.rowid AND holder_affiliate_id IN :holders "
    "AND removed_at IS NULL AND until IS NULL"
)
TRIGRAM = 3


def matching_people(session: Session, folded_terms: list[str], *, limit: int = CANDIDATES) -> list[int]:
    """Ids of at most ``limit`` people whose folded text holds every term.

    Terms of three letters or more are found anywhere in a word, shorter ones at the beginning of a word.
    Terms must be folded already; an empty list finds nobody. An actor who does not see all people gets
    candidates among those whom the own affiliates hold: others would fill the limit.
    """
    terms = [term for term in folded_terms if term]
    if not terms:
        return []
    if session.get_bind().dialect.name == "postgresql":
        return _on_postgresql(session, terms, limit)
    return _on_sqlite(session, terms, limit)


def _on_sqlite(session: Session, terms: list[str], limit: int) -> list[int]:
    parts: list[str] = []
    values: dict[str, object] = {"limit": limit}
    long_terms = [term for term in terms if len(term) >= TRIGRAM]
    short_terms = [term for term in terms if len(term) < TRIGRAM]
    if long_terms:
        likes = " AND ".join(f"folded LIKE :like{number}" for number in range(len(long_terms)))
        parts.append(f"SELECT rowid FROM person_search_trigram WHERE {likes}")  # noqa: S608
        values |= {f"like{number}": _pattern(term) for number, term in enumerate(long_terms)}
    if short_terms:
        parts.append("SELECT rowid FROM person_search_words WHERE person_search_words MATCH :words")
        values["words"] = " AND ".join(f'"{_quoted(term)}"*' for term in short_terms)
    found = " INTERSECT ".join(parts)
    if not actor_of(session).sees_all:
        # Each candidate is asked for: to gather everybody whom an affiliate holds first takes a hundred times as long.
        found = f"SELECT rowid FROM ({found}) AS found WHERE EXISTS ({_HELD})"  # noqa: S608
        values["holders"] = _holders(session)
    statement = sa.text(found + " LIMIT :limit")
    if "holders" in values:
        statement = statement.bindparams(sa.bindparam("holders", expanding=True))
    return list(session.connection().execute(statement, values).scalars())


def _on_postgresql(session: Session, terms: list[str], limit: int) -> list[int]:
    # The function looks into the index as the owner of the tables: under row-level security LIKE could not use it.
    likes = [_pattern(term) for term in terms if len(term) >= TRIGRAM]
    starts = [_lexeme(term) for term in terms if len(term) < TRIGRAM]
    texts = sa.ARRAY(sa.Text)
    found = sa.func.wmcrm_search(sa.literal(likes, texts), sa.literal(starts, texts), limit)
    return list(session.execute(sa.select(found)).scalars())


def _lexeme(term: str) -> str:
    return "'" + term.replace("'", "''").replace("\\", "\\\\") + "':*"


def _holders(session: Session) -> list[int]:
    return sorted(actor_of(session).affiliate_ids)


def merge_segments(session: Session) -> None:
    """Rewrite SQLite's search index so that removed text leaves the file; nothing to do on PostgreSQL."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for table in ("person_search_trigram", "person_search_words"):
        session.connection().execute(sa.text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))  # noqa: S608


def _pattern(term: str) -> str:
    # Folded text has no wildcards. An ESCAPE clause would keep SQLite from using the trigrams: a full scan.
    return "%" + term.replace("%", " ").replace("_", " ") + "%"


def _quoted(term: str) -> str:
    return term.replace('"', '""')
