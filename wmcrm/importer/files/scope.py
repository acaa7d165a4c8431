"""For which source and holder a file is read, and what its rows said the last time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wmcrm.importer.files.issues import row_issue, row_warning
from wmcrm.importer.files.reading import Draft
from wmcrm.importer.files.steps import Row, Step, invalid, unchanged
from wmcrm.importer.report import RowIssue
from wmcrm.models import Outcome, PersonStatus

Claim = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class FileScope:
    """The source that makes ids unique, the affiliate that holds what is recorded, who records it.

    ``told`` are the fingerprints of the last import. ``claims`` grows while a file is planned part by part: what
    only one row may have (a code, a place at an event), and which row of the file has it.
    """

    source: str
    holder_id: int | None = None
    account_id: int | None = None
    told: Mapping[str, str] = field(default_factory=dict, repr=False)
    claims: dict[Claim, int] = field(default_factory=dict, repr=False)

    def says_the_same(self, draft: Draft) -> bool:
        """True when the row was imported before and has not changed since, whatever was edited here."""
        return self.told.get(draft.external_id) == draft.fingerprint

    def claimed_before(self, draft: Draft, *claim: object) -> int | None:
        """The row of this file that has what ``draft`` asks for; None where the draft is the first."""
        first = self.claims.setdefault(claim, draft.row)
        return None if first == draft.row else first

    def is_changed(self, draft: Draft, known: Mapping[str, Row]) -> bool:
        """True for the row of a known record that says something else than before."""
        return draft.external_id in known and not self.says_the_same(draft)

    def is_news(self, draft: Draft, known: Mapping[str, Row]) -> bool:
        """True for the row of a record that is not known, or that says something else than before."""
        return draft.external_id not in known or not self.says_the_same(draft)

    def recorded(self, holder_id: int | None = None) -> Row:
        """The columns that say by whom and for which affiliate a fact is recorded."""
        return {"holder_affiliate_id": holder_id or self.holder_id, "recorded_by_id": self.account_id}

    def sourced(self, external_id: str) -> Row:
        """The columns by which a later file finds the row again."""
        return {"source": self.source, "external_id": external_id}


def plan_known(
    drafts: Iterable[Draft],
    known: Mapping[str, Row],
    scope: FileScope,
    new: Callable[[Draft], Step],
    changed: Callable[[Draft, Row], Step],
) -> Iterator[Step]:
    """Each draft's step: left out, new, the same as before, or compared with the row that is there."""
    for draft in drafts:
        before = known.get(draft.external_id)
        if not draft.usable:
            yield invalid(draft)
        elif before is None:
            yield new(draft)
        elif scope.says_the_same(draft):
            yield unchanged(draft, person_of(before))
        elif before.get("removed_at") is not None or before.get("status") == PersonStatus.ERASED:
            yield Step(draft, Outcome.SKIPPED, issues=(_removed(draft),))
        else:
            yield changed(draft, before)


def person_of(row: Row) -> int | None:
    """Whom a row is about: the person a fact belongs to, or the person the row is."""
    person_id = row.get("person_id", row["id"] if "display_name" in row else None)
    return person_id if isinstance(person_id, int) else None


def unknown_reference(draft: Draft, column: str, value: object) -> RowIssue:
    """The row names a record that is not here."""
    message = f"No record has the {column} '{value}' in this source; import it first or correct the id"
    return row_issue(draft.row, column, "unknown_reference", message, str(value))


def _removed(draft: Draft) -> RowIssue:
    message = "The record was removed here; bring it back first if the row is to change it"
    return row_warning(draft.row, None, "removed_here", message, draft.external_id)
