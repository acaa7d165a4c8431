"""Sentences that migrations and the library store in English, named here so that their translations are kept.

Whoever changes such a row writes the words of their own language; those are shown as they are.
"""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

# The purposes of the register, as wmcrm ships them.
PURPOSES: tuple[LazyString, ...] = (
    lazy_gettext("Run the event you signed up for: place, time, access, changes"),
    lazy_gettext("Write to you after an event: materials, thanks, the next event"),
    lazy_gettext("Ask you whether you want to help organize"),
    lazy_gettext("Send you a newsletter"),
    lazy_gettext("Learn from you how a programme went"),
    lazy_gettext("Count, from facts, how people become organizers"),
    lazy_gettext("Show you in the public directory"),
    lazy_gettext("Show you to other affiliates in the members' directory"),
    lazy_gettext("Publish photos and recordings that show you"),
    lazy_gettext("Invite you to surveys and interviews"),
    lazy_gettext("Report to a funder how many people took part"),
    lazy_gettext("Write to you about the movement strategy"),
)
# The record of processing activities (Article 30), as wmcrm ships it.
ACTIVITIES: tuple[LazyString, ...] = (
    lazy_gettext("Run events and know who came"),
    lazy_gettext("People who sign up for or help at events"),
    lazy_gettext("Names, wiki usernames, contact points, registration, attendance, roles"),
    lazy_gettext("The affiliate that hosts the event"),
    lazy_gettext("Contact points 36 months after the last activity; attendance without names for good"),
    lazy_gettext("Row scope by affiliate; contact values leave through the gate only, logged"),
    lazy_gettext("Write to people for the purposes they agreed to"),
    lazy_gettext("People who gave a consent"),
    lazy_gettext("Contact points, the log of consents with notice and evidence"),
    lazy_gettext("The team that names a reason; each recipient is logged"),
    lazy_gettext("Until withdrawn, at most 24 months unless renewed"),
    lazy_gettext("One gate; lists are checked again when opened and expire after 30 days"),
    lazy_gettext("Show who organizes what, in which languages"),
    lazy_gettext("Organizers and holders of positions at affiliates"),
    lazy_gettext("Display name or username, roles, languages, topics"),
    lazy_gettext("Other affiliates; the public for directory_public"),
    lazy_gettext("Until withdrawn"),
    lazy_gettext("Consented fields only; protected people never"),
    lazy_gettext("Count how people become organizers"),
    lazy_gettext("People with dated participations and roles"),
    lazy_gettext("Participations, positions, involvements"),
    lazy_gettext("Programme teams, as suppressed figures"),
    lazy_gettext("36 months"),
    lazy_gettext("Objection is honoured at once; cells under 10 people are hidden"),
    lazy_gettext("Keep the records of people at risk sealed"),
    lazy_gettext("People whose record was sealed"),
    lazy_gettext("Everything held about them, encrypted"),
    lazy_gettext("Named stewards"),
    lazy_gettext("Until unsealed, handed over or erased"),
    lazy_gettext("AES-256-GCM-SIV under a key of the person's own, wrapped for stewards; keys outside the database"),
)
# Why the library itself looked at somebody, and where it says the proof of a decision is.
REASONS: tuple[LazyString, ...] = (
    lazy_gettext("own page"),
    lazy_gettext("link sent by e-mail"),
    lazy_gettext("one-click withdrawal"),
    lazy_gettext("asked to confirm it"),
    lazy_gettext("a link to the own data was asked for"),
    lazy_gettext("confirm what a sheet claims"),
    lazy_gettext("subject export"),
)
