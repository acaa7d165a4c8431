"""Measure the reading of sign-up sheets against their truth files, and its speed.

    python benchmarks/mapping_sheets.py FOLDER

FOLDER holds sheets, each with a ``<sheet>.truth.csv`` beside it: row, kind, email, phone, username,
langs, consent.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from pathlib import Path

from wmcrm.importer.mapping import Layout, Registration, RowKind, find_layout, sample_rows, suggest_mapping
from wmcrm.importer.signups import RowsMean, SheetContext, SignupRow, read_signups
from wmcrm.sheets import MemoryTable, Table, read_sheets


def main(folder: Path, *, show: bool) -> None:
    overall: Counter[str] = Counter()
    rows = seconds = 0.0
    for truth_file in sorted(folder.glob("*.truth.csv")):
        sheet = truth_file.with_name(truth_file.name.removesuffix(".truth.csv"))
        table = read_sheets(sheet).tables[0]
        layout = find_layout(table)
        mapping = suggest_mapping(layout.headers, sample_rows(table, layout), source=layout.source)
        read = list(read_signups(table, layout, mapping, SheetContext(rows_mean=RowsMean.COLUMN)))
        with truth_file.open(encoding="utf-8") as text:
            truth = {int(row["row"]): row for row in csv.DictReader(text)}
        counts = Counter(columns_applied=sum(guess.field is not None for guess in mapping))
        counts["columns_asked"] = sum(guess.is_question for guess in mapping)
        for row in read:
            compare(row, truth.get(row.number), counts, show=show)
        print(sheet.name, layout.source, dict(sorted(counts.items())))
        overall += counts
        rows += len(read)
        seconds += timed(table, layout)
    print("\nall sheets")
    for field in ("email", "phone", "username", "langs", "consent", "standing", "kind"):
        right, total = overall[f"{field}_right"], overall[f"{field}_right"] + overall[f"{field}_wrong"]
        if total:
            print(f"  {field}: {right} of {total}, {right / total:.2%}")
    print(f"  layout, mapping and reading: {rows / seconds:,.0f} rows a second of processor time, warm")


def timed(table: Table, layout: Layout) -> float:
    held = MemoryTable("held", tuple(table))
    begun = time.process_time()
    layout = find_layout(held)
    mapping = suggest_mapping(layout.headers, sample_rows(held, layout), source=layout.source)
    for _ in read_signups(held, layout, mapping, SheetContext(rows_mean=RowsMean.COLUMN)):
        pass
    return time.process_time() - begun


STATUSES = {
    "Attending": (Registration.REGISTERED, None),
    "Checked In": (Registration.REGISTERED, True),
    "Not Attending": (Registration.REGISTERED, False),
    "Deleted": (Registration.CANCELLED, None),
}


def compare(row: SignupRow, truth: dict[str, str] | None, counts: Counter[str], *, show: bool) -> None:
    kind, _, status = (truth["kind"] if truth else "").partition(":")
    blank_title = row.kind is RowKind.BLANK and kind in ("title", "note", "")
    counts["kind_right" if row.kind == kind or blank_title else "kind_wrong"] += 1
    if kind != "person" or truth is None:
        return
    signup = row.signup
    got = {
        "email": (signup.emails[:1] or ("",))[0] if signup else "",
        "phone": (signup.phones[:1] or ("",))[0] if signup else "",
        "username": (signup.usernames[:1] or ("",))[0] if signup else "",
    }
    for field, value in got.items():
        judge(field, value, truth[field], row, counts, show=show)
    if signup and signup.languages:
        judge("langs", signup.languages[0], truth["langs"].split(";")[0], row, counts, show=show)
    if signup and truth["consent"]:
        said = "".join(str(int(claim.said)) for claim in signup.consents) or "0"
        judge("consent", said, truth["consent"], row, counts, show=show)
    if signup and status:
        same = (signup.registration, signup.attended) == STATUSES[status]
        counts["standing_right" if same else "standing_wrong"] += 1


def judge(field: str, got: str, expected: str, row: SignupRow, counts: Counter[str], *, show: bool) -> None:
    counts[f"{field}_right" if got == expected else f"{field}_wrong"] += 1
    if show and got != expected:
        print("   ", field, row.number, repr(got), "expected", repr(expected), row.cells)


if __name__ == "__main__":
    main(Path(sys.argv[1]), show="--show" in sys.argv)
