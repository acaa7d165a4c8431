"""Who holds a person because of what a file says: each affiliate at most once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from wmcrm.importer.files.known import PersonReference, live_holdings
from wmcrm.importer.files.scope import FileScope
from wmcrm.importer.files.steps import NewRow


class Holdings:
    """The open holdings of some people, and those a plan opens beside them."""

    def __init__(self, session: Session, people: Iterable[PersonReference], scope: FileScope) -> None:
        self._open = live_holdings(session, (person.person_id for person in people))
        self._scope = scope

    def opened(self, person: PersonReference, affiliate_id: int | None) -> list[NewRow]:
        """The holding to open for an affiliate; none where it is open already or no affiliate is known."""
        holder = affiliate_id if affiliate_id is not None else self._scope.holder_id
        if holder is None or (key := (person.person_id, holder, person.recorded_for_id)) in self._open:
            return []
        self._open.add(key)
        values = {**belonging(person), **self._scope.recorded(holder)}
        return [NewRow("holding", values)]


def belonging(person: PersonReference) -> dict[str, object]:
    """The columns that tie a fact to the person it belongs to and to the record it was written for."""
    return {"person_id": person.person_id, "recorded_for_id": person.recorded_for_id}
