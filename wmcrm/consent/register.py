"""The register of purposes and the notices that were shown to people."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from wmcrm.errors import BadInputError, ConflictError
from wmcrm.models import Channel, PrivacyNotice, Purpose
from wmcrm.normalize import find_language

ANY_LANGUAGE = "und"


def find_purpose(session: Session, code: str) -> Purpose:
    """The purpose of a code; raises BadInputError naming those that exist."""
    found = session.scalars(sa.select(Purpose).where(col(Purpose.code) == code)).first()
    if found is None:
        codes = session.scalars(sa.select(col(Purpose.code)).order_by(col(Purpose.id)))
        raise BadInputError("There is no purpose {code}; choose one of: {codes}", code=code, codes=", ".join(codes))
    return found


def may_rest_on_interest(purpose: Purpose) -> bool:
    """True where the register allows a legitimate interest; never for special categories of data (Article 9)."""
    return purpose.allows_legitimate_interest and not purpose.special_categories


def find_channel(code: str) -> Channel:
    """The channel of a code; raises BadInputError naming those that exist."""
    try:
        return Channel(code)
    except ValueError as error:
        raise BadInputError(
            "There is no channel {code}; choose one of: {codes}", code=code, codes=", ".join(Channel)
        ) from error


def find_or_register_notice(session: Session, version: str, language: str = ANY_LANGUAGE) -> PrivacyNotice:
    """The notice of a version; an unknown version is registered without wording (data-duties lists it)."""
    query = sa.select(PrivacyNotice).where(col(PrivacyNotice.version) == version).order_by(col(PrivacyNotice.id))
    known = session.scalars(query).all()
    for notice in known:
        if notice.language == language:
            return notice
    if known:
        return known[0]
    notice = PrivacyNotice(version=version, language=language)
    session.add(notice)
    session.flush()
    return notice


def add_notice(session: Session, version: str, *, purpose: str, language: str, wording: str) -> PrivacyNotice:
    """Give a version of a notice its wording in a language.

    A version registered without wording takes it; a wording that people have seen is never replaced
    (ConflictError): publish a new version instead. Raises BadInputError for a language that is none.
    """
    code, language = find_purpose(session, purpose).code, find_language(language)
    if not wording.strip():
        raise BadInputError("The notice {version} has no text; write what people were told.", version=version)
    query = sa.select(PrivacyNotice).where(col(PrivacyNotice.version) == version)
    known = {notice.language: notice for notice in session.scalars(query)}
    notice = known.get(language) or known.get(ANY_LANGUAGE)
    if notice is None or (notice.language != language and notice.wording is not None):
        notice = PrivacyNotice(version=version, language=language)
        session.add(notice)
    if notice.wording is not None and notice.wording != wording:
        raise ConflictError(
            "Notice {version} in {language} has a wording already; publish changes as a new version.",
            version=version,
            language=language,
        )
    notice.language = language
    notice.wording = wording
    if code not in notice.purposes:
        notice.purposes = [*notice.purposes, code]
    session.flush()
    return notice
