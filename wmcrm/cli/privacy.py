"""``wmcrm subject`` and ``wmcrm purge``."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from wmcrm.cli.context import common_options, engine, session
from wmcrm.cli.output import print_document, print_rows, say
from wmcrm.cli.self_service import answer_command, link_command, requests_command
from wmcrm.db import actor_of
from wmcrm.dedupe import merge
from wmcrm.importer.drafts import drop_expired
from wmcrm.models import RestrictionGround, now_utc
from wmcrm.privacy import (
    add_steward,
    apply_purge,
    copies_of,
    erase_person,
    export_subject,
    hand_over,
    join_hit,
    lift_restriction,
    make_steward_key,
    open_hits,
    retire_steward,
    rotate_key,
    scrub,
    seal_person,
    steward_cards,
    stewards_of,
    tell_apart,
)
from wmcrm.privacy import purge as plan_purge
from wmcrm.privacy import restrict as put_restriction
from wmcrm.privacy import unseal as unseal_person
from wmcrm.references import find_person

STEP_COLUMNS = ("rule", "rows", "table", "before", "description")


@click.group()
def subject() -> None:
    """Answer people who ask for their data, or to be erased."""


for _command in (link_command, requests_command, answer_command):
    subject.add_command(_command)


@subject.command()
@click.argument("person")
@click.option("-o", "--output", "directory", required=True, type=click.Path(path_type=Path), metavar="DIR")
@click.option("--language", type=click.Choice(["en", "ar"]), help="Of the page; without it, the person's own.")
@common_options
def export(person: str, directory: Path, language: str | None) -> None:
    """Write everything about PERSON into DIR: a JSON document and a page to read."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        files = export_subject(writing, found, directory, language=language)
        print_document({"person": found.public_id, "document": str(files.document), "page": str(files.page)})


@subject.command()
@click.argument("person")
@common_options
def erase(person: str) -> int:
    """Erase PERSON for good: names, contacts, facts, history and sheet cells; only counts stay."""
    with session(writing=True) as writing:
        done = erase_person(writing, find_person(writing, person), by=actor_of(writing))
    opened = engine()
    clean, copies = scrub(opened), copies_of(opened)
    print_document(
        {
            "erased": done.records,
            "facts": done.facts,
            "participations_kept": done.participations_kept,
            "changes_emptied": done.changes_emptied,
            "rows_emptied": done.rows_emptied,
            "uploads_deleted": done.uploads_deleted,
            "sheets_dropped": done.sheets_dropped,
            "identifiers_suppressed": done.identifiers_suppressed,
            "file_scrubbed": clean,
            "copies_left": [str(copy) for copy in copies],
        }
    )
    if copies:
        say(f"Copies made before upgrades still hold the person: {len(copies)}. Delete them when you can.")
    if not clean:
        say("Somebody was reading: bytes of the erased row may stay in the -wal file until the next purge.")
    return 0 if clean else 1


@subject.command()
@click.argument("person")
@click.option("--ground", type=click.Choice([ground.value for ground in RestrictionGround]), default="requested")
@click.option("--lift", is_flag=True, help="End the restriction today.")
@common_options
def restrict(person: str, ground: str, *, lift: bool) -> None:
    """Only store the data of PERSON, use it for nothing, until the restriction is lifted."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        if lift:
            lift_restriction(writing, found)
        else:
            put_restriction(writing, found, RestrictionGround(ground))
        print_document({"person": found.public_id, "restricted": not lift})


@subject.command()
@click.argument("name")
@click.option(
    "--recipient", metavar="AGE_KEY", help="A public key made elsewhere; without it, a key pair is made here."
)
@common_options
def steward(name: str, recipient: str | None) -> None:
    """Register NAME as a steward who may open sealed records."""
    with session(writing=True) as writing:
        made = add_steward(writing, name, recipient) if recipient else make_steward_key(writing, name)
        print_document({"steward": made.name, "recipient": made.recipient})
    if not recipient:
        say("The secret key is in the stewards folder of WMCRM_DATA_DIR; keep a copy in a safe place.")


@subject.command()
@click.argument("person")
@click.option("--steward", "stewards", required=True, multiple=True, metavar="NAME", help="May repeat: two are safer.")
@click.option("--pseudonym", metavar="TEXT", help="What is shown instead of the name.")
@common_options
def seal(person: str, stewards: tuple[str, ...], pseudonym: str | None) -> int:
    """Encrypt everything about PERSON; only these stewards can open it again."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        done = seal_person(writing, found, stewards, pseudonym=pseudonym, by=actor_of(writing))
        public_id = found.public_id
    clean = scrub(engine())
    print_document(
        {"person": public_id, "sealed": done.values, "stewards": list(done.stewards), "file_scrubbed": clean}
    )
    return 0 if clean else 1


@subject.command()
@click.argument("person")
@click.option("--identity", "identities", multiple=True, type=click.Path(path_type=Path), metavar="FILE")
@common_options
def unseal(person: str, identities: tuple[Path, ...]) -> None:
    """Put everything about PERSON back, with the key of a steward; elevated protection stays."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        count = unseal_person(writing, found, identities=identities, by=actor_of(writing))
        print_document({"person": found.public_id, "unsealed": count})


@subject.command("hand-over")
@click.argument("person")
@click.option("--recipient", required=True, metavar="AGE_KEY")
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), metavar="FILE")
@click.option("--identity", "identities", multiple=True, type=click.Path(path_type=Path), metavar="FILE")
@common_options
def hand_over_command(person: str, recipient: str, target: Path, identities: tuple[Path, ...]) -> None:
    """Write the sealed record of PERSON into FILE, for the holder of an age key; then erase it here if you must."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        hand_over(writing, found, recipient, target, identities=identities, by=actor_of(writing))
        print_document({"person": found.public_id, "file": str(target)})


@subject.command()
@common_options
def hits() -> None:
    """Records that came in with an identifier of somebody sealed."""
    with session() as reading:
        rows = [{"hit": hit.id, "sealed": hit.sealed, "found": hit.found} for hit in open_hits(reading)]
    print_rows(rows, ("hit", "sealed", "found"))


@subject.command("answer-hit")
@click.argument("hit", type=int)
@click.argument("answer", type=click.Choice(["same", "other"]))
@click.option("--identity", "identities", multiple=True, type=click.Path(path_type=Path), metavar="FILE")
@common_options
def answer_hit(hit: int, answer: str, identities: tuple[Path, ...]) -> int:
    """Say whether the record of HIT is the sealed person: then it is merged in and sealed too."""
    with session(writing=True) as writing:
        if answer == "same":
            join_hit(writing, hit, merge, identities=identities, by=actor_of(writing))
        else:
            tell_apart(writing, hit, by=actor_of(writing))
    clean = scrub(engine()) if answer == "same" else True
    print_document({"hit": hit, "answer": answer, "file_scrubbed": clean})
    return 0 if clean else 1


@subject.command()
@click.argument("person")
@click.option("--steward", "names", multiple=True, metavar="NAME", help="Other stewards than those of now.")
@click.option("--identity", "identities", multiple=True, type=click.Path(path_type=Path), metavar="FILE")
@common_options
def rotate(person: str, names: tuple[str, ...], identities: tuple[Path, ...]) -> int:
    """Encrypt the sealed record of PERSON under a new key; who is left out opens it no more."""
    with session(writing=True) as writing:
        found = find_person(writing, person)
        rotate_key(writing, found, stewards=names or None, identities=identities, by=actor_of(writing))
        chosen = stewards_of(writing, found.id)
        public_id = found.public_id
    clean = scrub(engine())
    print_document({"person": public_id, "stewards": chosen, "file_scrubbed": clean})
    return 0 if clean else 1


@subject.command()
@click.option("--retire", metavar="NAME", help="From now on nothing is sealed for this steward.")
@common_options
def stewards(retire: str | None) -> None:
    """Who can open sealed records, and how many each; give records of somebody retired new keys (rotate)."""
    with session(writing=retire is not None) as working:
        if retire is not None:
            retire_steward(working, retire)
        rows = [dataclasses.asdict(card) for card in steward_cards(working)]
    print_rows(rows, ("name", "recipient", "account", "records", "added_at", "retired_at"))


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, change nothing.")
@click.option("--confirm-clock", is_flag=True, help="This machine's date is right, although it looks odd.")
@click.option(
    "--rewrite", is_flag=True, help="PostgreSQL: write the tables anew, so that no old byte stays; locks them."
)
@common_options
def purge(*, dry_run: bool, confirm_clock: bool, rewrite: bool) -> None:
    """Delete what is past its time by the retention rules."""
    with session(writing=not dry_run) as working:
        plan = plan_purge(working, today=now_utc().date(), clock_confirmed=confirm_clock)
        if not dry_run:
            apply_purge(working, plan)
            drop_expired(working, now=now_utc())
    if not dry_run and not scrub(engine(), rewrite=rewrite):
        say("Deleted text may still be in the files: somebody was using this database or its server. Run this again.")
    say(f"{plan.rows} rows {'would go' if dry_run else 'are gone'}.")
    print_rows([{name: getattr(step, name) for name in STEP_COLUMNS} for step in plan.steps], STEP_COLUMNS)
