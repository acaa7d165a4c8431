"""The search index of people: two stages, so that a search costs the same at a thousand and at a million.

The folded text is made in Python (wmcrm.normalize.fold), so both databases search alike. First the index
gives at most CANDIDATES ids, then only those are joined and sorted. The only place for text() and raw SQL
over the search tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

CANDIDATES = 2000
TRIGRAM = 3


def matching_people(session: Session, folded_terms: list[str], *, limit: int = CANDIDATES) -> list[int]:
    """Ids of at most ``limit`` people whose folded text holds every term.

    Terms of three letters or more are found anywhere in a word, shorter ones at the beginning of a word.
    Terms must be folded already; an empty list finds nobody.
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
        likes = " AND ".join(f"folded LIKE :like{number} ESCAPE '!'" for number in range(len(long_terms)))
        parts.append(f"SELECT rowid FROM person_search_trigram WHERE {likes}")  # noqa: S608
        values |= {f"like{number}": f"%{_escaped(term)}%" for number, term in enumerate(long_terms)}
    if short_terms:
        parts.append("SELECT rowid FROM person_search_words WHERE person_search_words MATCH :words")
        values["words"] = " AND ".join(f'"{_quoted(term)}"*' for term in short_terms)
    statement = " INTERSECT ".join(parts) + " LIMIT :limit"
    return list(session.connection().execute(sa.text(statement), values).scalars())


def _on_postgresql(session: Session, terms: list[str], limit: int) -> list[int]:
    parts: list[str] = []
    values: dict[str, object] = {"limit": limit}
    for number, term in enumerate(terms):
        if len(term) >= TRIGRAM:
            parts.append(f"folded LIKE :term{number} ESCAPE '!'")
            values[f"term{number}"] = f"%{_escaped(term)}%"
        else:
            parts.append(f"to_tsvector('simple', folded) @@ to_tsquery('simple', :term{number})")
            values[f"term{number}"] = "'" + term.replace("'", "''").replace("\\", "\\\\") + "':*"
    statement = "SELECT person_id FROM person_search WHERE " + " AND ".join(parts) + " LIMIT :limit"  # noqa: S608
    return list(session.connection().execute(sa.text(statement), values).scalars())


def merge_segments(session: Session) -> None:
    """Rewrite SQLite's search index so that removed text leaves the file; nothing to do on PostgreSQL."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for table in ("person_search_trigram", "person_search_words"):
        session.connection().execute(sa.text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))  # noqa: S608


def _escaped(term: str) -> str:
    return term.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _quoted(term: str) -> str:
    return term.replace('"', '""')
