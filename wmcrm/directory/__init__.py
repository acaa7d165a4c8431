"""The directory: who organizes what, where, in which languages."""

from wmcrm.directory.filters import LEADING_POSITIONS, ORGANIZING_ROLES, WORKING_KINDS, Wanted
from wmcrm.directory.organizers import HeldPosition, OrganizerRow, find_organizers, organizer_ids
from wmcrm.directory.words import region_code, understood

__all__ = [
    "LEADING_POSITIONS",
    "ORGANIZING_ROLES",
    "WORKING_KINDS",
    "HeldPosition",
    "OrganizerRow",
    "Wanted",
    "find_organizers",
    "organizer_ids",
    "region_code",
    "understood",
]
