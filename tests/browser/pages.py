"""The pages that the browser visits."""

from __future__ import annotations

from tests.admin.cast import Cast


def pages_of(cast: Cast) -> dict[str, str]:
    """Name to path, for somebody who may open everything."""
    return {
        "home": "/",
        "people": "/people/",
        "person": f"/people/{cast.fatou}",
        "person-edit": f"/people/{cast.fatou}/edit",
        "position-new": f"/facts/membership/new?person={cast.fatou}",
        "person-new": "/people/new",
        "person-contact-new": f"/people/{cast.fatou}/contacts/new",
        "person-language-new": f"/facts/language/new?person={cast.fatou}",
        "review": "/review/",
        "review-pairs": "/review/?tab=pairs",
        "review-certain": "/review/?tab=certain",
        "review-agreed": "/review/?tab=agreed",
        "review-merge": f"/review/merge/{cast.twins[0]}/{cast.twins[1]}",
        "directory": "/directory/",
        "directory-write": "/directory/?purpose=newsletter&channel=email",
        "directory-nobody": "/directory/?country=NO&role=group_contact_1",
        "events": "/events/",
        "event": f"/events/{cast.edit_a_thon}",
        "event-edit": f"/events/{cast.edit_a_thon}/edit",
        "affiliates": "/affiliates/",
        "sharing": "/sharing/",
        "affiliate": f"/affiliates/{cast.baobab}",
        "reference": "/reference/",
        "skills": "/reference/skills/",
        "skill-new": "/reference/skills/new",
        "paths": "/paths/",
        "person-consent": f"/people/{cast.fatou}/consent",
        "consent-register": "/consent/",
        "notice-new": "/consent/notices/new",
        "lists": "/outreach/",
        "renewals": "/outreach/renewals",
        "account": "/account/",
        "account-password": "/account/password",
        "account-protection": "/account/protection/",
        "account-app": "/account/protection/app",
        "accounts": "/accounts/",
        "accounts-new": "/accounts/new",
        "accounts-one": "/accounts/1",
        "nowhere": "/nowhere",
    }
