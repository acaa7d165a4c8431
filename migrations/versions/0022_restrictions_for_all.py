"""A restriction holds for everybody who holds the person, whoever recorded it: so they all see it."""

from __future__ import annotations

from migrations.wall import Rule, by_holder, by_person, protect_anew

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OWN = by_holder()


def upgrade() -> None:
    protect_anew("restriction", Rule(by_person("person_id").see, OWN.add, OWN.change))


def downgrade() -> None:
    protect_anew("restriction", OWN)
