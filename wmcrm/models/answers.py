"""Answers to the questions of a sign-up sheet: kept for a purpose until a day, then only figures."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wmcrm.models.base import MOMENT, PersonFact, now_utc


class SignupQuestion(SQLModel, table=True):
    """A question that an event asked, for which purpose, and until when single answers are kept.

    ``answered`` and ``summed_on`` are set when the answers were made into figures and deleted.
    """

    __tablename__ = "signup_question"

    id: int = Field(default=None, primary_key=True)
    event_id: int | None = Field(default=None, foreign_key="event.id", index=True)
    wording: str = Field(max_length=500)
    purpose_id: int = Field(foreign_key="purpose.id")
    until: date = Field()
    holder_affiliate_id: int | None = Field(default=None, foreign_key="affiliate.id", index=True)
    asked_at: datetime = Field(default_factory=now_utc, sa_type=MOMENT)
    answered: int | None = Field(default=None)
    summed_on: date | None = Field(default=None)


class SignupAnswer(PersonFact, table=True):
    """What one person answered; in no history, so that it can be deleted at its day."""

    __tablename__ = "signup_answer"
    __table_args__: ClassVar[tuple[sa.Index, ...]] = (
        sa.Index("uq_signup_answer_question_id", "question_id", "recorded_for_id", unique=True),
    )

    id: int = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="signup_question.id", ondelete="CASCADE")
    answer: str = Field(max_length=1000, repr=False)


class AnswerAggregate(SQLModel, table=True):
    """How many people chose an option; options of a few people are not kept, nor what would give them away."""

    __tablename__ = "answer_aggregate"
    __table_args__ = (sa.UniqueConstraint("question_id", "option"),)

    id: int = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="signup_question.id", ondelete="CASCADE")
    option: str = Field(max_length=300)
    people: int = Field()
