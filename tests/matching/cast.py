"""The people that tests compare."""

from __future__ import annotations

from dataclasses import replace

from wmcrm.matching import Profile

AICHA = Profile(
    1,
    ("Aïcha Benali",),
    usernames=("AichaB",),
    emails=("aicha.benali@mail.example",),
    phones=("+212612345678",),
    country="MA",
    city="Rabat",
    languages=("ar", "fr"),
)
OMAR = replace(AICHA, key=2, names=("Omar Benali",), usernames=("Omar of Rabat",), emails=("omar7@mail.example",))
CHEN = Profile(3, ("陈 伟",), usernames=("ChenW",), emails=("chen.wei@mail.example",), country="CN")
DANA = Profile(4, ("Dana Novak",), emails=("dana@post.example",), phones=("+420601234567",), country="CZ")


def again(profile: Profile, key: int | str, **changes: object) -> Profile:
    """Another record of the same person."""
    return replace(profile, key=key, **changes)  # type: ignore[arg-type]


def crowd(count: int, *, first: int = 1000) -> list[Profile]:
    """Different people of one country with names and addresses of their own."""
    givens = [
        "Anna",
        "Boris",
        "Clara",
        "Dmitri",
        "Elena",
        "Farid",
        "Greta",
        "Hugo",
        "Ines",
        "Jonas",
        "Karim",
        "Lucia",
        "Marta",
        "Nadia",
        "Oskar",
        "Petra",
    ]
    families = [
        "Adler",
        "Brandt",
        "Castillo",
        "Duarte",
        "Eriksen",
        "Fischer",
        "Gruber",
        "Holm",
        "Ivanov",
        "Jansen",
        "Keller",
        "Lindt",
        "Moreau",
    ]
    people = []
    for number in range(count):
        given, round_ = givens[number % len(givens)], number // len(givens)
        family = families[round_ % len(families)] + families[round_ // len(families) % len(families)].lower()
        name = f"{given} {family}"
        people.append(
            Profile(first + number, (name,), emails=(f"person{number}x{number * 7}@mail.example",), country="DE")
        )
    return people
