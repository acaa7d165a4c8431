"""Rows of a mapped sheet -> sign-ups with their issues. Pure: no database."""

from __future__ import annotations

from wmcrm.importer.signups.issues import ERROR, WARNING, Issue, from_problem
from wmcrm.importer.signups.reading import read_signups
from wmcrm.importer.signups.signup import (
    Capacity,
    ConsentClaim,
    ExactKey,
    KeyKind,
    RowsMean,
    SheetContext,
    Signup,
    SignupRow,
    row_fingerprint,
    signup_keys,
)

__all__ = [
    "ERROR",
    "WARNING",
    "Capacity",
    "ConsentClaim",
    "ExactKey",
    "Issue",
    "KeyKind",
    "RowsMean",
    "SheetContext",
    "Signup",
    "SignupRow",
    "from_problem",
    "read_signups",
    "row_fingerprint",
    "signup_keys",
]
