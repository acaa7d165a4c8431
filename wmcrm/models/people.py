"""People: who they are, under which names, in which languages, with which accounts and contact points."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field, Relationship, SQLModel

from wmcrm.db import enum_type, new_public_id
from wmcrm.models.base import (
    LIVE,
    MOMENT,
    PersonFact,
    Recorded,
    Removable,
    Sourced,
    interval_check,
    source_index,
    unique_where,
)
from wmcrm.models.enums import (
    ContactKind,
    EntryRoute,
    LanguageLevel,
    LanguageUse,
    NameKind,
    PersonStatus,
    Protection,
    Visibility,
)


def person_public_id() -> str:
    """A new public id of a person."""
    return new_public_id("p")


PLACE = ("residence_country", "residence_city", "community_region")


class Residence(SQLModel, table=True):
    """Where a person lives and says they work: apart from the person's row, so that it is shared or not."""

    __tablename__ = "residence"
    __subject__: ClassVar[str] = "person_id"
    __part_of__: ClassVar[str] = "person"  # the history tells it with the record it completes

    person_id: int = Field(default=None, primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    residence_country: str | None = Field(default=None, max_length=2, index=True, repr=False)
    residence_city: str | None = Field(default=None, max_length=200, repr=False)
    community_region: str | None = Field(default=None, max_length=60)
    person: "Person" = Relationship(back_populates="residence")


class Person(Sourced, Recorded, Removable, table=True):
    """Somebody the movement knows; a username alone is a complete record."""

    __tablename__ = "person"
    __subject__: ClassVar[str] = "id"
    __table_args__ = (
        source_index("person"),
        sa.Index("ix_person_sort_name_id", "sort_name", "id"),
        sa.Index("ix_person_listed", "status", "sort_name", "id"),  # the list of people in its order
    )

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=person_public_id, max_length=20, unique=True)
    display_name: str = Field(max_length=300, repr=False)
    sort_name: str = Field(default="", max_length=300, repr=False)
    entry_route: EntryRoute = Field(default=EntryRoute.UNKNOWN, sa_type=enum_type(EntryRoute))
    since_year: int | None = Field(default=None)
    pronouns: str | None = Field(default=None, max_length=60, repr=False)
    protection: Protection = Field(default=Protection.NORMAL, sa_type=enum_type(Protection))
    alias: str | None = Field(default=None, max_length=200, repr=False)
    status: PersonStatus = Field(default=PersonStatus.ACTIVE, sa_type=enum_type(PersonStatus))
    merged_into_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    stepped_back_on: date | None = Field(default=None)
    last_verified_on: date | None = Field(default=None)
    version: int = Field(default=1)
    # Read in the same question as the person; nothing is found where the place is not shared.
    residence: Residence | None = Relationship(
        back_populates="person",
        sa_relationship_kwargs={"lazy": "joined", "cascade": "all, delete-orphan", "passive_deletes": True},
    )

    def __init__(self, **values: object) -> None:
        SQLModel.__init__(self, **values)
        for name in PLACE:
            if name in values:
                setattr(self, name, values[name])

    @property
    def residence_country(self) -> str | None:
        """The country, as its ISO code."""
        return self.residence.residence_country if self.residence else None

    @residence_country.setter
    def residence_country(self, value: str | None) -> None:
        self._place("residence_country", value)

    @property
    def residence_city(self) -> str | None:
        """The city, as somebody wrote it."""
        return self.residence.residence_city if self.residence else None

    @residence_city.setter
    def residence_city(self, value: str | None) -> None:
        self._place("residence_city", value)

    @property
    def community_region(self) -> str | None:
        """The region they say they work in, which counts before the one they live in."""
        return self.residence.community_region if self.residence else None

    @community_region.setter
    def community_region(self, value: str | None) -> None:
        self._place("community_region", value)

    def _place(self, column: str, value: str | None) -> None:
        if self.residence is None and value is not None:
            self.residence = Residence()
        if self.residence is not None:
            setattr(self.residence, column, value)


class Holding(PersonFact, table=True):
    """An affiliate holds a record of a person, from a day to a day."""

    __tablename__ = "holding"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (
        interval_check("since", "until"),
        unique_where(
            "uq_holding_live", "person_id", "holder_affiliate_id", "recorded_for_id", where=f"until IS NULL AND {LIVE}"
        ),
    )

    id: int = Field(default=None, primary_key=True)
    since: date | None = Field(default=None)
    until: date | None = Field(default=None)


class PersonName(PersonFact, table=True):
    """A name of a person in one script."""

    __tablename__ = "person_name"
    __subject__: ClassVar[str] = "person_id"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=300, repr=False)
    given_name: str | None = Field(default=None, max_length=200, repr=False)
    family_name: str | None = Field(default=None, max_length=200, repr=False)
    script: str = Field(default="Zyyy", max_length=4)
    kind: NameKind = Field(default=NameKind.PREFERRED, sa_type=enum_type(NameKind))


class LanguageSkill(PersonFact, table=True):
    """A language a person knows, how well, and what for."""

    __tablename__ = "language_skill"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (sa.Index("ix_language_skill_code", "language"),)

    id: int = Field(default=None, primary_key=True)
    language: str = Field(max_length=35)
    level: LanguageLevel = Field(default=LanguageLevel.UNKNOWN, sa_type=enum_type(LanguageLevel))
    use: LanguageUse = Field(default=LanguageUse.SPEAKS, sa_type=enum_type(LanguageUse))


class WikiAccount(PersonFact, table=True):
    """A wiki account of a person; the link is private unless the person made it public."""

    __tablename__ = "wiki_account"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (sa.Index("ix_wiki_account_username", "username"),)

    id: int = Field(default=None, primary_key=True)
    username: str = Field(max_length=255, repr=False)
    central_user_id: int | None = Field(default=None)
    is_alternative: bool = Field(default=False)
    renamed_from: str | None = Field(default=None, max_length=255, repr=False)
    link_is_public: bool = Field(default=False)


class ContactPoint(PersonFact, table=True):
    """Where a person can be written to; values leave through wmcrm.outreach only."""

    __tablename__ = "contact_point"
    __subject__: ClassVar[str] = "person_id"
    __table_args__ = (sa.Index("ix_contact_point_normalized_kind", "normalized", "kind"),)

    id: int = Field(default=None, primary_key=True)
    kind: ContactKind = Field(sa_type=enum_type(ContactKind))
    value: str = Field(max_length=400, repr=False)
    normalized: str = Field(max_length=400, repr=False)
    preferred: bool = Field(default=False)
    verified_on: date | None = Field(default=None)
    held_since: datetime | None = Field(default=None, sa_type=MOMENT)
    held_because: str | None = Field(default=None, max_length=200)
    visibility: Visibility = Field(default=Visibility.HOLDER, sa_type=enum_type(Visibility))


class PersonSummary(SQLModel, table=True):
    """What lists and filters ask of a person, kept with the facts (wmcrm.paths.summary)."""

    __tablename__ = "person_summary"

    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    occasions: int = Field(default=0)
    organized: int = Field(default=0)
    first_occasion_on: date | None = Field(default=None)
    last_occasion_on: date | None = Field(default=None, index=True)
    deepest_role: int = Field(default=0, index=True)


class PersonSearch(SQLModel, table=True):
    """The folded text by which a person is found (wmcrm.db.search)."""

    __tablename__ = "person_search"

    person_id: int = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    folded: str = Field(sa_type=sa.Text, repr=False)
