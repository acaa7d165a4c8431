"""Initiatives of the movement strategy, skills and mentoring: what people lead, want, offer and pass on."""

from datetime import date
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from wmcrm.db import enum_type, json_type, new_public_id
from wmcrm.models.base import PersonFact, Recorded, Removable, Sourced, interval_check
from wmcrm.models.enums import InitiativeStatus, InvolvementKind, SkillKind


class Recommendation(Recorded, table=True):
    """A recommendation of the movement strategy: a group of initiatives."""

    __tablename__ = "recommendation"
    __subject__: ClassVar[str] = "id"

    id: int = Field(default=None, primary_key=True)
    number: int = Field(unique=True)
    title: str = Field(max_length=300)


class Initiative(Recorded, Removable, table=True):
    """Something the movement set out to do; parts of it are initiatives too."""

    __tablename__ = "initiative"
    __subject__: ClassVar[str] = "id"

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=lambda: new_public_id("i"), max_length=20, unique=True)
    recommendation_id: int | None = Field(default=None, foreign_key="recommendation.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="initiative.id", index=True)
    number: str | None = Field(default=None, max_length=20, unique=True)
    title: str = Field(max_length=300)
    aliases: list[str] = Field(default_factory=list, sa_type=json_type())
    status: InitiativeStatus = Field(default=InitiativeStatus.PROPOSED, sa_type=enum_type(InitiativeStatus))
    version: int = Field(default=1)


class Involvement(Sourced, PersonFact, table=True):
    """A person leads, works on, advises or is interested in an initiative, ``[since, until)``."""

    __tablename__ = "involvement"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (interval_check("since", "until"),)

    id: int = Field(default=None, primary_key=True)
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    kind: InvolvementKind = Field(sa_type=enum_type(InvolvementKind))
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)
    version: int = Field(default=1)


class AffiliateInvolvement(Recorded, Removable, table=True):
    """An affiliate leads, works on, advises or is steward of an initiative, ``[since, until)``."""

    __tablename__ = "affiliate_involvement"
    __subject__: ClassVar[str] = "initiative_id"
    __table_args__ = (interval_check("since", "until"),)

    id: int = Field(default=None, primary_key=True)
    initiative_id: int = Field(foreign_key="initiative.id", index=True)
    affiliate_id: int = Field(foreign_key="affiliate.id", index=True)
    kind: InvolvementKind = Field(sa_type=enum_type(InvolvementKind))
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)


class Skill(Recorded, table=True):
    """A skill of the vocabulary."""

    __tablename__ = "skill"
    __subject__: ClassVar[str] = "id"

    id: int = Field(default=None, primary_key=True)
    code: str = Field(max_length=60, unique=True)
    label: str = Field(max_length=200)


class PersonSkill(PersonFact, table=True):
    """A person has, offers or wants a skill."""

    __tablename__ = "person_skill"
    __subject__: ClassVar[str] = "person_id"

    id: int = Field(default=None, primary_key=True)
    skill_id: int = Field(foreign_key="skill.id", index=True)
    kind: SkillKind = Field(default=SkillKind.HAS, sa_type=enum_type(SkillKind))
    on_day: date | None = Field(default=None)


class Mentorship(PersonFact, table=True):
    """A person (the mentor) accompanies another, ``[since, until)``."""

    __tablename__ = "mentorship"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (
        interval_check("since", "until"),
        sa.CheckConstraint("person_id <> mentee_id", name="not_oneself"),
    )

    id: int = Field(default=None, primary_key=True)
    mentee_id: int = Field(foreign_key="person.id", index=True)
    mentee_recorded_for_id: int = Field(foreign_key="person.id", index=True)
    topic: str | None = Field(default=None, max_length=200)
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)
