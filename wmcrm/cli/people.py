"""``wmcrm people`` and ``wmcrm history``."""

from __future__ import annotations

import click

from wmcrm.aliases import shown_names
from wmcrm.cli.context import common_options, require_permission, session
from wmcrm.cli.output import print_document, print_rows
from wmcrm.history import revert_change, shown_changes
from wmcrm.models import Person
from wmcrm.normalize import exportable
from wmcrm.people import find_people, show_person
from wmcrm.permissions import Permission
from wmcrm.references import find_person


@click.group()
def people() -> None:
    """Find and show people; contact values are never printed here."""


@people.command()
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 2000), default=50, show_default=True)
@common_options
def find(text: str, limit: int) -> None:
    """People whose names, usernames, addresses, phones or affiliates hold every word of TEXT."""
    with session() as reading:
        found = find_people(reading, text, limit=limit)
    print_rows(
        [
            {
                "person": row.public_id,
                "external_id": row.external_id,
                "display_name": row.display_name,
                "usernames": list(row.usernames),
                "country": exportable(row.country),
            }
            for row in found
        ],
        ("person", "external_id", "display_name", "usernames", "country"),
    )


@people.command()
@click.argument("person")
@common_options
def show(person: str) -> None:
    """Everything about PERSON but the values of contact points."""
    with session() as reading:
        card = show_person(reading, find_person(reading, person))
        called = shown_names(reading, [affiliate.id for _, affiliate in card.memberships])
    print_document(
        {
            **_identity(card.person),
            "names": [{"name": n.name, "script": n.script, "kind": n.kind} for n in card.names],
            "usernames": [account.username for account in card.accounts],
            "languages": [{"language": s.language, "level": s.level, "use": s.use} for s in card.languages],
            "contact_points": [
                {"kind": c.kind, "preferred": c.preferred, "verified_on": c.verified_on, "usable": c.usable}
                for c in card.contacts
            ],
            "memberships": [
                {
                    "affiliate": a.public_id,
                    "name": called[a.id],
                    "position": m.position,
                    "since": m.since,
                    "until": m.until,
                }
                for m, a in card.memberships
            ],
            "participations": [
                {
                    "event": e.public_id,
                    "title": e.title,
                    "starts_on": e.starts_on,
                    "event_role": p.event_role,
                    "registration": p.registration,
                    "attended": p.attended,
                    "contributed": p.contributed,
                }
                for p, e in card.participations
            ],
        }
    )


def _identity(person: Person) -> dict[str, object]:
    return {
        "person": person.public_id,
        "external_id": person.external_id,
        "display_name": person.display_name,
        "status": person.status,
        "protection": person.protection,
        "country": exportable(person.residence_country),
        "city": person.residence_city if exportable(person.residence_country) else None,
        "entry_route": person.entry_route,
        "stepped_back_on": person.stepped_back_on,
    }


@click.command()
@click.argument("person")
@click.option("--revert", type=int, metavar="CHANGE", help="Put back what this change did.")
@common_options
def history(person: str, revert: int | None) -> None:
    """Who changed what about PERSON, newest first, contact values hidden; --revert takes one change back."""
    if revert is not None:
        require_permission(Permission.HISTORY_REVERT)
    with session(writing=revert is not None) as working:
        found = find_person(working, person)
        if revert is not None:
            revert_change(working, revert, about=("person", found.id))
        rows = shown_changes(working, "person", found.id)
    print_rows(
        [
            {
                "change": row.id,
                "at": row.at,
                "actor": row.actor,
                "through": row.through,
                "note": row.note,
                "reverts": row.reverts_id,
                "reverted_by": row.reverted_by_id,
                "operations": row.operations,
            }
            for row in rows
        ],
        ("change", "at", "actor", "through", "note", "reverts", "reverted_by", "operations"),
    )
