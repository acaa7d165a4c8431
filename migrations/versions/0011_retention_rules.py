"""How long data is kept, and the record of processing activities, as wmcrm ships them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# code, description, days, months
RULES = (
    ("raw_cells", "Cells of imported sheets and what was read from them", 30, None),
    ("uploads", "Uploaded files without a day of their own; others go on their day", 30, None),
    ("contact_points", "Contact points of people who were in touch no more", None, 36),
    ("access_log", "Who saw or received contact values and sealed records", 180, None),
    ("signup_answers", "Answers to questions of a sign-up sheet; afterwards only figures", 90, None),
    ("lists", "Prepared lists, after the day until which they may be used", 0, None),
    ("jobs", "Finished work of the queue", 30, None),
    ("candidates", "Pairs of records proposed as one that nobody decided on", None, 24),
)
# code, purpose, basis, people, data, recipients, retention, security
ACTIVITIES = (
    (
        "events",
        "Run events and know who came",
        "contract",
        "People who sign up for or help at events",
        "Names, wiki usernames, contact points, registration, attendance, roles",
        "The affiliate that hosts the event",
        "Contact points 36 months after the last activity; attendance without names for good",
        "Row scope by affiliate; contact values leave through the gate only, logged",
    ),
    (
        "outreach",
        "Write to people for the purposes they agreed to",
        "consent",
        "People who gave a consent",
        "Contact points, the log of consents with notice and evidence",
        "The team that names a reason; each recipient is logged",
        "Until withdrawn, at most 24 months unless renewed",
        "One gate; lists are checked again when opened and expire after 30 days",
    ),
    (
        "directory",
        "Show who organizes what, in which languages",
        "consent",
        "Organizers and holders of positions at affiliates",
        "Display name or username, roles, languages, topics",
        "Other affiliates; the public for directory_public",
        "Until withdrawn",
        "Consented fields only; protected people never",
    ),
    (
        "path_reporting",
        "Count how people become organizers",
        "legitimate_interest",
        "People with dated participations and roles",
        "Participations, positions, involvements",
        "Programme teams, as suppressed figures",
        "36 months",
        "Objection is honoured at once; cells under 10 people are hidden",
    ),
    (
        "protection",
        "Keep the records of people at risk sealed",
        "vital_interests",
        "People whose record was sealed",
        "Everything held about them, encrypted",
        "Named stewards",
        "Until unsealed, handed over or erased",
        "AES-256-GCM-SIV under a key of the person's own, wrapped for stewards; keys outside the database",
    ),
)
RULE_COLUMNS = ("code", "description", "days", "months")
ACTIVITY_COLUMNS = ("code", "purpose", "basis", "people", "data", "recipients", "retention", "security")


def upgrade() -> None:
    rule = sa.table("retention_rule", *(sa.column(name) for name in RULE_COLUMNS))
    activity = sa.table("processing_activity", *(sa.column(name) for name in (*ACTIVITY_COLUMNS, "transfers")))
    _seed(rule, [dict(zip(RULE_COLUMNS, row, strict=True)) for row in RULES])
    _seed(activity, [{**dict(zip(ACTIVITY_COLUMNS, row, strict=True)), "transfers": ""} for row in ACTIVITIES])


def _seed(table: sa.TableClause, rows: list[dict[str, object]]) -> None:
    """Rows that are not there yet: an operator may have changed them before going down and up again."""
    known = set(op.get_bind().execute(sa.select(table.c.code)).scalars())
    op.bulk_insert(table, [row for row in rows if row["code"] not in known])


def downgrade() -> None:
    """Nothing: the rows go with their tables."""
