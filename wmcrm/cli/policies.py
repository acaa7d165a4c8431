"""What an account needs to run a command with ``--as``: one line a command, beside wmcrm/permissions.py.

None is for commands of the operator alone, whom the machine trusts: they work on the whole database, or below
it. A command that stands here nowhere is refused with ``--as``, as a route without a policy is closed.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from wmcrm.permissions import Permission

P = Permission
OPERATOR_ONLY = None

POLICIES: Mapping[str, Permission | None] = {
    "account close": P.ACCOUNTS_MANAGE,
    "account create": P.ACCOUNTS_MANAGE,
    "account email": P.ACCOUNTS_MANAGE,
    "account grant": P.ACCOUNTS_MANAGE,
    "account link": P.ACCOUNTS_MANAGE,
    "account list": P.ACCOUNTS_MANAGE,
    "account open": P.ACCOUNTS_MANAGE,
    "account reset-second-factor": P.ACCOUNTS_MANAGE,
    "account revoke": P.ACCOUNTS_MANAGE,
    "account sessions": P.ACCOUNTS_MANAGE,
    "account wiki": P.ACCOUNTS_MANAGE,
    "consent invite": P.OUTREACH_USE,
    "breach": P.ACCESS_LOG_READ,
    "consent record": P.CONSENT_RECORD,
    "consent renewals": P.OUTREACH_USE,
    "consent show": P.PEOPLE_READ,
    "consent withdraw": P.CONSENT_RECORD,
    "db backup": OPERATOR_ONLY,
    "db check": OPERATOR_ONLY,
    "db refresh": OPERATOR_ONLY,
    "db restore": OPERATOR_ONLY,
    "db upgrade": OPERATOR_ONLY,
    "dedupe affiliate-links": P.AFFILIATES_READ,
    "dedupe affiliates": P.AFFILIATES_READ,
    "dedupe affiliates-apart": P.PEOPLE_MERGE,
    "dedupe clusters": P.REVIEW_DECIDE,
    "dedupe decide": P.REVIEW_DECIDE,
    "dedupe file": P.SIGNED_IN,
    "dedupe link-affiliates": P.PEOPLE_MERGE,
    "dedupe merge": P.REVIEW_DECIDE,  # the library lets reviewers take in people held at an import, no more
    "dedupe pairs": P.REVIEW_DECIDE,
    "dedupe scan": P.PEOPLE_MERGE,
    "dedupe strict": P.REVIEW_DECIDE,  # with --merge PEOPLE_MERGE
    "dedupe tell-affiliates-apart": P.PEOPLE_MERGE,
    "dedupe unlink-affiliates": P.PEOPLE_MERGE,
    "dedupe unmerge": P.REVIEW_DECIDE,
    "dedupe unmerge-batch": P.PEOPLE_MERGE,
    "directory": P.DIRECTORY_READ,
    "doctor": OPERATOR_ONLY,
    "history": P.HISTORY_READ,  # --revert asks for HISTORY_REVERT
    "import affiliates": P.IMPORT_RUN,
    "import answers": P.IMPORT_RUN,
    "import consents": P.IMPORT_RUN,
    "import events": P.IMPORT_RUN,
    "import failed": P.IMPORT_RUN,
    "import participations": P.IMPORT_RUN,
    "import people": P.IMPORT_RUN,
    "import roles": P.IMPORT_RUN,
    "import rows": P.IMPORT_RUN,
    "import signups": P.IMPORT_RUN,
    "import undo": P.IMPORT_RUN,
    "lists open": P.OUTREACH_USE,
    "lists prepare": P.OUTREACH_USE,
    "lists show": P.OUTREACH_USE,
    "mail again": P.PEOPLE_EDIT,
    "mail list": OPERATOR_ONLY,
    "mail send": OPERATOR_ONLY,
    "mail try": OPERATOR_ONLY,
    "notice add": P.REFERENCE_EDIT,
    "notice list": P.REFERENCE_READ,
    "outreach": P.OUTREACH_USE,
    "paths": P.PATHS_READ,
    "people find": P.PEOPLE_READ,
    "people show": P.PEOPLE_READ,
    "purge": OPERATOR_ONLY,
    "report": P.REPORTS_READ,
    "subject answer": P.SUBJECT_EXPORT,
    "requests answer": P.PASS_ON,
    "requests ask": P.OUTREACH_USE,
    "requests cancel": P.OUTREACH_USE,
    "requests list": P.OUTREACH_USE,
    "retention": P.RETENTION_READ,  # with --set the library asks for an administrator
    "subject answer-hit": P.PEOPLE_PROTECT,
    "sharing end": P.AFFILIATES_EDIT,
    "sharing grant": P.AFFILIATES_EDIT,
    "sharing list": P.AFFILIATES_READ,
    "subject erase": P.SUBJECT_ERASE,
    "subject export": P.SUBJECT_EXPORT,
    "subject hand-over": P.PEOPLE_PROTECT,
    "subject hits": P.PEOPLE_PROTECT,
    "subject link": P.SUBJECT_EXPORT,
    "subject requests": P.SUBJECT_EXPORT,
    "subject restrict": P.PEOPLE_PROTECT,
    "subject rotate": P.PEOPLE_PROTECT,
    "subject seal": P.PEOPLE_PROTECT,
    "subject steward": P.PEOPLE_PROTECT,
    "subject stewards": P.PEOPLE_PROTECT,
    "subject unseal": P.PEOPLE_PROTECT,
    "why": P.PATHS_READ,
    "worker": OPERATOR_ONLY,
}


def path_of(context: click.Context) -> str:
    """The words of a command after ``wmcrm``, such as ``people find``."""
    words: list[str] = []
    current: click.Context | None = context
    while current is not None and current.parent is not None:
        words.append(current.info_name or "")
        current = current.parent
    return " ".join(reversed(words))
