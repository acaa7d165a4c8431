"""Row-level security of PostgreSQL: the rules by which rows are kept from the application's role.

A migration that makes a table which the session's scope filters (wmcrm.models.scope) calls :func:`protect`
with the rule of its rows. The rules read settings that wmcrm.db.wall gives each transaction:
``wmcrm.affiliates`` (whose rows), ``wmcrm.account`` (who acts), ``wmcrm.sees_all``. Without them no row is seen.
Sub-selects around the settings make PostgreSQL read them once a statement, not once a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrations.safety import run_on

ROLE = "wmcrm_app"
SEES_ALL = "(SELECT current_setting('wmcrm.sees_all', true) = 'on')"
ACCOUNT = "(SELECT nullif(current_setting('wmcrm.account', true), '')::int)"


def listed(setting: str) -> str:
    """The ids that a setting lists, as the right side of ``=``; none where it is not set."""
    return f"ANY ((SELECT nullif(current_setting('wmcrm.{setting}', true), '')::int[])::int[])"


def sharing(group: str) -> str:
    """The affiliates that share a group of fields with the actor's, as the right side of ``=``."""
    read = f"nullif(current_setting('wmcrm.shares', true), '')::jsonb -> '{group}'"
    return f"ANY ((SELECT array(SELECT jsonb_array_elements_text({read})::int))::int[])"


MINE = listed("affiliates")


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows may be seen, added, and changed or removed; ``TABLE`` stands for the table's own name."""

    see: str
    add: str
    change: str


def by_holder(column: str = "holder_affiliate_id") -> Rule:
    """Rows that one of the actor's affiliates recorded."""
    mine = f"TABLE.{column} = {MINE}"
    return Rule(mine, mine, mine)


def by_holder_or_share(group: str) -> Rule:
    """The same, and for reading the rows that an affiliate sharing this group recorded of the people it shares."""
    own = by_holder()
    shared = (
        f"TABLE.holder_affiliate_id = {sharing(group)} AND wmcrm_is_shared(TABLE.person_id, TABLE.holder_affiliate_id)"
    )
    return Rule(f"{own.see} OR ({shared})", own.add, own.change)


# What a merge made of participations is seen and mended by all who recorded one of them.
OF_UNION = "TABLE.id = ANY ((SELECT wmcrm_united())::int[])"


def and_of_union(rule: Rule) -> Rule:
    """A rule of participations, and those that a merge made of the actor's own."""
    return Rule(f"{rule.see} OR {OF_UNION}", rule.add, f"{rule.change} OR {OF_UNION}")


def by_person(*columns: str) -> Rule:
    """Rows about people whom the actor's affiliates hold; with several columns, all of them."""
    held = " AND ".join(held_by(MINE, column) for column in columns)
    return Rule(held, held, held)


def by_account() -> Rule:
    """Rows of the account that acts."""
    own = f"TABLE.account_id = {ACCOUNT}"
    return Rule(own, own, own)


def held_by(holders: str, column: str) -> str:
    """The condition that the person of a column is held now by one of some affiliates.

    EXISTS, not IN: the planner then looks one person up by index, or hashes all of them, whichever is cheaper.
    """
    return (
        f"EXISTS (SELECT FROM holding h WHERE h.person_id = TABLE.{column} AND h.holder_affiliate_id = {holders}"
        " AND h.removed_at IS NULL AND h.until IS NULL)"
    )


def protect(table: str, rule: Rule) -> None:
    """Let the application's role see and write the rows of a table by a rule only; nothing to do on SQLite."""
    see, add, change = (
        f"{SEES_ALL} OR ({condition.replace('TABLE', _quoted(table))})"
        for condition in (rule.see, rule.add, rule.change)
    )
    run_on(
        "postgresql",
        f"ALTER TABLE {_quoted(table)} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY wmcrm_see ON {_quoted(table)} FOR SELECT TO {ROLE} USING ({see})",
        f"CREATE POLICY wmcrm_add ON {_quoted(table)} FOR INSERT TO {ROLE} WITH CHECK ({add})",
        f"CREATE POLICY wmcrm_change ON {_quoted(table)} FOR UPDATE TO {ROLE} USING ({change}) WITH CHECK ({change})",
        f"CREATE POLICY wmcrm_remove ON {_quoted(table)} FOR DELETE TO {ROLE} USING ({change})",
    )


def protect_anew(table: str, rule: Rule) -> None:
    """Give a protected table another rule."""
    unprotect(table)
    protect(table, rule)


def unprotect(table: str) -> None:
    """Take away what :func:`protect` gave a table."""
    policies = (f"DROP POLICY wmcrm_{act} ON {_quoted(table)}" for act in ("see", "add", "change", "remove"))
    run_on("postgresql", *policies, f"ALTER TABLE {_quoted(table)} DISABLE ROW LEVEL SECURITY")


def _quoted(table: str) -> str:
    return f'"{table}"'
