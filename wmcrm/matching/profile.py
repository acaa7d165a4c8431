"""What matching knows of one record of a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One record as plain values; the first value of each tuple is the preferred one.

    `names` are whole names as typed, in any script; `given` and `family` are filled only where the source
    had them apart. `usernames`, `emails` and `phones` are in stored form, `country` is an ISO code.
    """

    key: int | str
    names: tuple[str, ...] = ()
    given: str = ""
    family: str = ""
    usernames: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    country: str = ""
    city: str = ""
    affiliations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def all_names(self) -> tuple[str, ...]:
        """Every whole name; the given and family parts joined where there is no other."""
        if self.names:
            return self.names
        joined = f"{self.given} {self.family}".strip()
        return (joined,) if joined else ()
