"""``wmcrm dedupe``: find records of one person, decide, merge, take back; and duplicates of a file."""

from __future__ import annotations

from collections.abc import Sequence

import click

from wmcrm.cli.context import common_options, require_permission, session
from wmcrm.cli.dedupe_affiliates import COMMANDS, stays_document
from wmcrm.cli.dedupe_file import file_command, named_value
from wmcrm.cli.dedupe_scan import scan_command
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.dedupe import (
    QueuedPair,
    UnmergeReport,
    clusters,
    decide,
    find_merge,
    merge,
    merge_batch,
    pairs,
    read_verdict,
    suggest_strict,
    unmerge,
    unmerge_batch,
)
from wmcrm.models import Verdict
from wmcrm.permissions import Permission
from wmcrm.references import find_person

PAIR_COLUMNS = ("person_a", "person_b", "external_a", "external_b", "probability", "reasons")


@click.group()
def dedupe() -> None:
    """Records of one person: the machine suggests, a person decides, nothing is destroyed."""


@dedupe.command("pairs")
@click.option("--min-probability", type=click.FloatRange(0, 1), default=0.5, show_default=True)
@common_options
def pairs_command(min_probability: float) -> None:
    """The pairs that wait for a decision, the most certain first, with the reasons."""
    with session() as reading:
        found = pairs(reading, min_probability)
    _print_pairs(found)


def _print_pairs(found: Sequence[QueuedPair]) -> None:
    print_rows(
        [
            {
                "person_a": pair.a.public_id,
                "person_b": pair.b.public_id,
                "external_a": pair.a.external_id,
                "external_b": pair.b.external_id,
                "probability": pair.probability,
                "reasons": [str(reason.get("words", reason.get("level", ""))) for reason in pair.reasons],
                "unsure": pair.unsure,
                "model": pair.model_version,
            }
            for pair in found
        ],
        PAIR_COLUMNS,
    )


@dedupe.command("clusters")
@common_options
def clusters_command() -> None:
    """Groups proposed for merging; CLUSTER is the public id of the proposed survivor. Nothing is merged."""
    with session() as reading:
        found = clusters(reading)
    print_rows(
        [
            {"person": one.person.public_id, "external_id": one.person.external_id, "cluster": one.cluster}
            for one in found
        ],
        ("person", "external_id", "cluster"),
    )


@dedupe.command("decide")
@click.argument("a")
@click.argument("b")
@click.argument("verdict", metavar="same|different|unsure")
@common_options
def decide_command(a: str, b: str, verdict: str) -> None:
    """Record whether A and B are the same person; with a person held at import "same" merges at once."""
    said = read_verdict(verdict)
    with session(writing=True) as working:
        one, other = find_person(working, a), find_person(working, b)
        decided = decide(working, one, other, said)
        document = {
            "person_a": one.public_id,
            "person_b": other.public_id,
            "verdict": said,
            "merge": decided.merge.id if decided.merge else None,
            "activated": [person.public_id for person in decided.activated],
        }
    if said is Verdict.SAME and document["merge"] is None:
        say(f"Remembered. To make them one record: wmcrm dedupe merge {one.public_id} {other.public_id}")
    print_document(document)


@dedupe.command("merge")
@click.argument("a")
@click.argument("b")
@click.option("--keep", "kept", multiple=True, metavar="FIELD=SIDE", help="Whose value: survivor or absorbed.")
@common_options
def merge_command(a: str, b: str, kept: tuple[str, ...]) -> None:
    """Make one person of A and B: A survives, B's ids go on to name A. Undo: wmcrm dedupe unmerge MERGE."""
    choices = dict(
        named_value(text, "Write --keep FIELD=SIDE, such as residence=absorbed, not {text}.") for text in kept
    )
    with session(writing=True) as working:
        survivor, absorbed = find_person(working, a), find_person(working, b)
        made = merge(working, survivor, absorbed, choices=choices)
        document = {"merge": made.id, "survivor": survivor.public_id, "absorbed": absorbed.public_id}
    print_document(document)


@dedupe.command("unmerge")
@click.argument("number", type=int, metavar="MERGE")
@common_options
def unmerge_command(number: int) -> None:
    """Take a merge back; what was recorded since stays with the survivor and is listed."""
    with session(writing=True) as working:
        document = _undone(unmerge(working, find_merge(working, number)), number)
    print_document(document)


@dedupe.command("strict")
@click.option("--merge", "merging", is_flag=True, help="Merge them all, as one batch that can be taken back.")
@common_options
def strict_command(merging: bool) -> None:
    """The waiting pairs that the strict rule links; with --merge a steward merges them in one batch."""
    if merging:
        require_permission(Permission.PEOPLE_MERGE)
    with session(writing=merging) as working:
        found = suggest_strict(working)
        done = merge_batch(working, found) if merging else None
        numbers = [made.id for made in done.merges] if done else []
    if done is None:
        _print_pairs(found)
    else:
        print_document({"batch": done.batch, "merges": numbers, "left": done.left})


@dedupe.command("unmerge-batch")
@click.argument("batch")
@common_options
def unmerge_batch_command(batch: str) -> None:
    """Take back every merge of a batch that still stands."""
    with session(writing=True) as working:
        reports = unmerge_batch(working, batch)
        document = {"batch": batch, "restored": [report.restored.public_id for report in reports]}
    print_document(document)


def _undone(report: UnmergeReport, number: int) -> dict[str, object]:
    return {
        "merge": number,
        "survivor": report.survivor.public_id,
        "restored": report.restored.public_id,
        "stays": stays_document(report.stays),
    }


for command in COMMANDS:
    dedupe.add_command(command)
dedupe.add_command(scan_command)
dedupe.add_command(file_command)
