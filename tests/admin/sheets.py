"""A sign-up sheet as people keep it: a title, questions, and rows of every kind for the cast."""

from __future__ import annotations

import csv
import io

from tests.admin.cast import HIDDEN

HEADER = (
    "Full name",
    "E-mail",
    "Phone",
    "Wikimedia username",
    "Country",
    "May we contact you?",
    "Dietary needs",
    "Attended",
)
PEOPLE = (
    ("Fatou Diop", HIDDEN, "", "Fatou D.", "Senegal", "yes", "vegan", "yes"),  # known, the same
    ("Ousmane Ba", HIDDEN, "", "", "Senegal", "yes", "", "yes"),  # her mailbox, another name
    ("Leila Haddad", "", "", "Laylah", "Tunisia", "", "", "yes"),  # known in another script
    ("Moussa Faye", "moussa.faye@gmial.com", "", "", "Senegal", "no", "", "yes"),  # a slip
    ("Awa Ndiaye", "awa ndiaye@example.org", "77 123 45 67", "AwaN", "Senegal", "maybe", "", "yes"),
    ("", "", "", "", "", "yes", "halal", "yes"),  # nobody
    ("Binta Sarr", "binta.sarr@example.org", "", "", "Sengal", "yes", "", "no"),
    ("Binta Sarr", "binta.sarr@example.org", "", "", "Senegal", "yes", "", "yes"),  # twice
)
NEW = 12


def sign_ups(*, title: bool = True, extra: int = NEW) -> bytes:
    """The sheet as CSV; with ``title`` it says itself which event it is about."""
    made = io.StringIO()
    writer = csv.writer(made)
    if title:
        writer.writerows([["Dakar edit-a-thon"], ["2026-03-14"], []])
    writer.writerow(HEADER)
    writer.writerows(PEOPLE)
    for number in range(extra):
        writer.writerow((f"Newcomer {chr(65 + number)}", f"new.{number}@example.org", "", "", "Mali", "yes", "", "yes"))
    return made.getvalue().encode()
