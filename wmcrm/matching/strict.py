"""The strict rule: evidence on which a record may be linked without asking."""

from __future__ import annotations

from wmcrm.matching.compatible import NameAgreement, name_agreement
from wmcrm.matching.keys import email_form, username_form
from wmcrm.matching.profile import Profile
from wmcrm.matching.wordlists import role_names
from wmcrm.normalize import canonical_username

_AGREES = NameAgreement.PART


def _personal_emails(profile: Profile) -> set[str]:
    forms = [email_form(email) for email in profile.emails]
    return {f"{local}@{domain}" for local, domain in forms if local and local not in role_names()}


def _usernames(profile: Profile) -> set[str]:
    return set(filter(None, map(canonical_username, profile.usernames)))


def _agreement(a: Profile, b: Profile) -> NameAgreement:
    found = [name_agreement(x, y) for x in a.all_names() for y in b.all_names()]
    return max(found, default=NameAgreement.UNKNOWN)


def strict_rule(a: Profile, b: Profile) -> bool:
    """True when two records may be taken for one person without asking.

    Either the same canonical username and names that do not contradict each other, or the same personal
    e-mail address, names that agree, and usernames that are not in conflict.
    """
    agreement = _agreement(a, b)
    ours, theirs = _usernames(a), _usernames(b)
    if ours & theirs:
        return agreement is not NameAgreement.DIFFERENT
    if not _personal_emails(a) & _personal_emails(b) or agreement < _AGREES:
        return False
    forms = {username_form(u) for u in ours}, {username_form(u) for u in theirs}
    return not (ours and theirs) or not forms[0].isdisjoint(forms[1])
