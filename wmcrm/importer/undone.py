"""What undoing an import says of itself, and the entry that voids what a sheet claimed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from wmcrm.importer.writing import Row
from wmcrm.models import Channel, ConsentDecision, ConsentMethod, ImportRun, ImportState, LawfulBasis

SHOWN = 500


@dataclass(slots=True)
class UndoReport:
    """What was reversed, what was kept because of later work (with the reason), what cannot be reversed."""

    run: str
    reversed: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    cannot: Counter[str] = field(default_factory=Counter)
    kept_records: list[tuple[str, int, str]] = field(default_factory=list)

    def keep(self, table: str, record_id: int, why: str) -> None:
        """Count a row that stays; the first are listed."""
        self.kept[why] += 1
        if len(self.kept_records) < SHOWN:
            self.kept_records.append((table, record_id, why))

    def as_dict(self) -> dict[str, object]:
        """The report with the keys that commands print."""
        return {
            "run": self.run,
            "state": ImportState.UNDONE.value,
            "reversed": dict(sorted(self.reversed.items())),
            "kept": dict(sorted(self.kept.items())),
            "cannot": dict(sorted(self.cannot.items())),
        }


def voiding_row(row_id: int, claim: Row, today: date, run: ImportRun) -> Row:
    """The entry of the log that voids a claim of the run: the claim itself stays."""
    return {
        "id": row_id,
        "person_id": claim["person_id"],
        "recorded_for_id": claim["recorded_for_id"],
        "holder_affiliate_id": claim["holder_affiliate_id"],
        "purpose_id": claim["purpose_id"],
        "channel": claim["channel"] or Channel.ANY,
        "controller_id": claim["controller_id"],
        "decision": ConsentDecision.VOIDED,
        "basis": claim["basis"] or LawfulBasis.CONSENT,
        "method": ConsentMethod.IMPORT,
        "evidence": f"import {run.public_id} undone",
        "on_day": today,
        "voids_id": claim["id"],
    }
