"""Row-level security: PostgreSQL keeps rows from whoever may not see them, whatever a statement forgot."""

from __future__ import annotations

from alembic import op

from migrations.safety import run_on
from migrations.wall import (
    ACCOUNT,
    MINE,
    ROLE,
    SEES_ALL,
    Rule,
    by_account,
    by_holder,
    by_person,
    held_by,
    protect,
    unprotect,
)

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FACTS = (
    "consent_event",
    "contact_point",
    "holding",
    "involvement",
    "language_skill",
    "membership",
    "mentorship",
    "person_name",
    "person_skill",
    "restriction",
    "signup_answer",
    "wiki_account",
)
ABOUT_PEOPLE = (
    "blind_index",
    "consent_state",
    "disclosure",
    "exported_list_person",
    "letter",
    "match_key",
    "opt_in_invitation",
    "person_search",
    "person_summary",
    "rights_request",
    "scan_mark",
    "sealed_hit",
    "sealed_key",
    "sealed_value",
    "self_service_link",
)
NEVER = "false"
HELD = held_by(MINE, "id")
SHOWN_CHANGE = f"TABLE.subject_table <> 'person' OR {held_by(MINE, 'subject_id')}"
OF_ACCOUNT = f"TABLE.account_id = {ACCOUNT}"
IN_OWN_NAME = f"TABLE.account_id IS NOT DISTINCT FROM {ACCOUNT}"
OF_RUN = f"EXISTS (SELECT FROM import_run r WHERE r.id = TABLE.run_id AND r.holder_affiliate_id = {MINE})"
GIVEN = f"TABLE.from_affiliate_id = {MINE}"
# What a merge made of participations shows itself to all who recorded one of them. The function looks as the
# owner: a policy that asked its own table would ask itself for ever.
UNITED = f"TABLE.holder_affiliate_id = {MINE} OR TABLE.id = ANY ((SELECT wmcrm_united())::int[])"
MAPPING = f"TABLE.holder_affiliate_id = {MINE}"
RULES = {
    # A person is held only after the row is there.
    "person": Rule(HELD, f"TABLE.holder_affiliate_id = {MINE}", HELD),
    **{table: by_holder() for table in (*FACTS, "import_run", "stored_file")},
    "participation": Rule(UNITED, f"TABLE.holder_affiliate_id = {MINE}", UNITED),
    **{table: by_person("person_id") for table in ABOUT_PEOPLE},
    "candidate_pair": by_person("person_a_id", "person_b_id"),
    "judgement": by_person("person_a_id", "person_b_id"),
    "merge": by_person("survivor_id"),
    # Logs are written in one's own name and never changed.
    "change": Rule(SHOWN_CHANGE, IN_OWN_NAME, NEVER),
    "access_log_entry": Rule(OF_ACCOUNT, OF_ACCOUNT, NEVER),
    "imported_row": Rule(OF_RUN, OF_RUN, OF_RUN),
    "saved_mapping": Rule(f"TABLE.holder_affiliate_id IS NULL OR {MAPPING}", MAPPING, MAPPING),
    "sharing_grant": Rule(f"{GIVEN} OR TABLE.to_affiliate_id = {MINE}", GIVEN, GIVEN),
    "account": Rule(f"TABLE.id = {ACCOUNT}", NEVER, f"TABLE.id = {ACCOUNT}"),
    "grant": Rule(OF_ACCOUNT, NEVER, NEVER),
    **{table: by_account() for table in ("job", "passkey", "recovery_code", "sign_in")},
}
# LIKE is not leakproof: under a policy the index of the trigrams is not used. The function looks into the
# index as the owner of the tables, and gives ids of people in scope only.
SEARCH = f"""
CREATE FUNCTION wmcrm_search(likes text[], starts text[], most integer) RETURNS SETOF integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
DECLARE
    wanted text := 'SELECT s.person_id FROM person_search s WHERE true';
    part text;
BEGIN
    FOREACH part IN ARRAY likes LOOP
        wanted := wanted || format(' AND s.folded LIKE %L', part);
    END LOOP;
    FOREACH part IN ARRAY starts LOOP
        wanted := wanted || format(' AND to_tsvector(''simple'', s.folded) @@ to_tsquery(''simple'', %L)', part);
    END LOOP;
    -- Whoever logged in as the owner and took no role sees all rows anyhow.
    IF NOT (coalesce({SEES_ALL}, false)
            OR (current_setting('role') = 'none' AND pg_has_role(session_user, current_user, 'USAGE'))) THEN
        wanted := wanted || ' AND EXISTS (SELECT FROM holding h WHERE h.person_id = s.person_id'
            || ' AND h.removed_at IS NULL AND h.until IS NULL AND h.holder_affiliate_id = ANY ($1))';
    END IF;
    RETURN QUERY EXECUTE wanted || ' LIMIT $2'
        USING coalesce(nullif(current_setting('wmcrm.affiliates', true), '')::int[], '{{}}'), most;
END $$
"""  # noqa: S608

FIND_UNITED = f"""
CREATE FUNCTION wmcrm_united() RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = SCHEMA, pg_temp AS $$
    SELECT coalesce(array_agg(superseded_by_id), '{{}}') FROM participation
    WHERE superseded_by_id IS NOT NULL AND holder_affiliate_id = {MINE}
$$
"""  # noqa: S608


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = _schema()
    run_on(
        "postgresql",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {ROLE}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {ROLE}",
        SEARCH.replace("SCHEMA", schema),
        FIND_UNITED.replace("SCHEMA", schema),
        "REVOKE ALL ON FUNCTION wmcrm_search, wmcrm_united FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION wmcrm_search, wmcrm_united TO {ROLE}",
    )
    for table, rule in RULES.items():
        protect(table, rule)


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    schema = _schema()
    for table in RULES:
        unprotect(table)
    run_on(
        "postgresql",
        "DROP FUNCTION wmcrm_search, wmcrm_united",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON SEQUENCES FROM {ROLE}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {ROLE}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {ROLE}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {ROLE}",
    )


def _schema() -> str:
    name: str = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    return name
