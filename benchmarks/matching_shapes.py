"""Files of invented people in the shapes of public benchmarks, with a corruption model of our own.

The public data sets themselves are fetched at run time by their library and are not here; figures made on
these files say how the method does on files of that shape, not on those data sets.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from wmcrm.matching.wordlists import nickname_groups


def _listed(text: str) -> list[str]:
    return text.split()


FAMILIES = _listed(
    """smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts
green hall wood jackson clarke patel khan lewis james phillips mason mitchell rose davis rodgers carter
hughes edwards turner ward cooper parker harris martin morris king baker harrison morgan allen moore scott
watson cook bailey bell young price bennett cox richardson shaw collins foster gray murphy powell simpson
butler hunt kelly stevens marshall campbell fisher barnes knight webb rogers holmes palmer matthews mills
ellis graham hudson lloyd stone harvey hamilton wells gordon ford reynolds fox griffiths saunders west owen
cole brooks gibson reid ashworth pemberton fitzroy cavendish montagu wyndham grenville carew courtenay drake
hawkins ralegh throckmorton elphinstone bagshaw trelawny penhaligon borlase boscawen godolphin carlyon
tregenna nankivell polwhele rashleigh blackmore coleridge kingsley froude baring northcote acland bampfylde
chichester fortescue rolle luttrell wadham"""
)
PLACES = _listed(
    """london bristol exeter plymouth york leeds manchester liverpool birmingham norwich oxford cambridge bath
dover canterbury winchester salisbury truro falmouth penzance bodmin launceston torquay paignton barnstaple
bideford tiverton taunton wells gloucester hereford worcester lincoln derby nottingham leicester coventry
northampton ipswich colchester chester lancaster carlisle durham newcastle edinburgh glasgow aberdeen dundee
cardiff swansea dublin cork belfast paris boston hull sheffield bradford southampton portsmouth brighton"""
)
JOBS = _listed(
    """politician writer painter cricketer soldier clergyman engineer lawyer merchant physician architect poet
botanist composer actor banker naval_officer sculptor historian photographer explorer journalist chemist"""
)


@dataclass
class Shaped:
    """A file with its truth."""

    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    entity: list[int] = field(default_factory=list)

    def truth(self) -> set[frozenset[str]]:
        """Pairs of ids of one person."""
        members: dict[int, list[str]] = {}
        for row, entity in zip(self.rows, self.entity, strict=True):
            members.setdefault(entity, []).append(row[0])
        return {frozenset(pair) for ids in members.values() for pair in combinations(ids, 2)}

    def add(self, entity: int, cells: list[str]) -> None:
        """One more row."""
        self.rows.append([str(len(self.rows)), *cells])
        self.entity.append(entity)


def typo(draw: random.Random, text: str) -> str:
    """One slip: a letter dropped, doubled, swapped with the next, or replaced."""
    if len(text) < 2:
        return text
    place = draw.randrange(len(text) - 1)
    letter = draw.choice(string.ascii_lowercase if text[place].isalpha() else string.digits)
    return draw.choice(
        [
            text[:place] + text[place + 1 :],
            text[:place] + text[place] + text[place:],
            text[:place] + text[place + 1] + text[place] + text[place + 2 :],
            text[:place] + letter + text[place + 1 :],
        ]
    )


def _skewed(draw: random.Random, values: list[str]) -> str:
    return values[
        min(int(draw.paretovariate(0.9)) - 1, len(values) - 1) if draw.random() < 0.3 else draw.randrange(len(values))
    ]


def _nick(draw: random.Random, given: str, lines: dict[int, list[str]]) -> str:
    forms = [form for number in nickname_groups().get(given, ()) for form in lines[number]]
    return draw.choice(forms) if forms else given


def _givens() -> tuple[list[str], dict[int, list[str]]]:
    lines: dict[int, list[str]] = {}
    for word, numbers in nickname_groups().items():
        for number in numbers:
            lines.setdefault(number, []).append(word)
    english = [words[0] for number, words in sorted(lines.items()) if number < 105]
    return english, lines


def _wrong_date(draw: random.Random, day: date) -> str:
    text = day.isoformat()
    kind = draw.random()
    if kind < 0.3:
        return f"{day.year}-01-01"
    if kind < 0.5:
        return (day + timedelta(days=draw.choice([-1, 1, 30, 365, -365]))).isoformat()
    place = draw.choice([2, 3, 5, 6, 8, 9])
    return text[:place] + draw.choice("0123456789") + text[place + 1 :]


def _maybe(draw: random.Random, text: str, error: float, missing: float, wrong: Callable[[], str]) -> str:
    roll = draw.random()
    if roll < missing:
        return ""
    return wrong() if roll < missing + error else text


def historical(entities: int, seed: int = 7) -> Shaped:
    """People of some centuries, several records each, with aliases, near postcodes and missing cells."""
    draw = random.Random(seed)
    givens, lines = _givens()
    made = Shaped(["unique_id", "first_name", "surname", "dob", "birth_place", "postcode_fake", "gender", "occupation"])
    areas = {place: draw.choice(string.ascii_lowercase) + draw.choice(string.ascii_lowercase) for place in PLACES}
    for entity in range(entities):
        given, family = _skewed(draw, givens), draw.choice(FAMILIES)
        day = date(1600, 1, 1) + timedelta(days=draw.randrange(365 * 350))
        place, job, gender = draw.choice(PLACES), _skewed(draw, JOBS), draw.choice(["male", "male", "female"])
        code = (
            f"{areas[place]}{draw.randrange(1, 30)} {draw.randrange(1, 9)}{draw.choice('abdefg')}{draw.choice('hjlnp')}"
        )
        alias = draw.choice(FAMILIES)
        for _ in range(max(1, min(18, int(draw.gauss(10, 5))))):
            cells = [
                _maybe(
                    draw,
                    given,
                    0.25,
                    0.04,
                    lambda g=given: draw.choice([typo(draw, g), _nick(draw, g, lines), draw.choice(givens)]),
                ),
                _maybe(draw, family, 0.22, 0.05, lambda f=family, a=alias: draw.choice([typo(draw, f), a])),
                _maybe(draw, day.isoformat(), 0.25, 0.15, lambda d=day: _wrong_date(draw, d)),
                _maybe(draw, place, 0.25, 0.12, lambda p=place: draw.choice([typo(draw, p), draw.choice(PLACES)])),
                _maybe(
                    draw,
                    code,
                    0.4,
                    0.15,
                    lambda c=code: (
                        f"{c.split()[0]} {draw.randrange(1, 9)}{draw.choice('abdefg')}{draw.choice('hjlnp')}"
                        if draw.random() < 0.6
                        else f"{c[:2]}{draw.randrange(1, 30)} {draw.randrange(1, 9)}aa"
                    ),
                ),
                _maybe(draw, gender, 0.0, 0.3, lambda: ""),
                _maybe(draw, job, 0.06, 0.35, lambda: draw.choice(JOBS)),
            ]
            if draw.random() < 0.03:
                cells[0], cells[1] = cells[1], cells[0]
            made.add(entity, cells)
    return made


def small_contacts(entities: int = 250, seed: int = 3) -> Shaped:
    """About a thousand rows with many holes and slips: names, date of birth, city, e-mail."""
    draw = random.Random(seed)
    givens, lines = _givens()
    made = Shaped(["unique_id", "first_name", "surname", "dob", "city", "email"])
    for entity in range(entities):
        given, family = draw.choice(givens), draw.choice(FAMILIES[:80])
        day = date(1965, 1, 1) + timedelta(days=draw.randrange(365 * 50))
        city = "london" if draw.random() < 0.35 else draw.choice(PLACES)
        local = draw.choice(
            [f"{given}{draw.randrange(1, 999)}", f"{given[0]}{family}{draw.randrange(1, 99)}", f"{given}.{family}"]
        )
        email = f"{local}@{draw.choice(FAMILIES[:60])}.{draw.choice(['com', 'net', 'org', 'biz', 'info'])}"
        for _ in range(draw.choice([1, 2, 3, 4, 4, 5, 6, 7])):
            cells = [
                _maybe(
                    draw,
                    given,
                    0.2,
                    0.17,
                    lambda g=given: draw.choice([typo(draw, g), typo(draw, typo(draw, g)), _nick(draw, g, lines)]),
                ),
                _maybe(
                    draw, family, 0.2, 0.18, lambda f=family: draw.choice([typo(draw, f), typo(draw, typo(draw, f))])
                ),
                _maybe(draw, day.isoformat(), 0.3, 0.0, lambda d=day: _wrong_date(draw, d)),
                _maybe(draw, city.title(), 0.2, 0.19, lambda c=city: typo(draw, typo(draw, c)).title()),
                _maybe(draw, email, 0.25, 0.21, lambda e=email: typo(draw, typo(draw, e))),
            ]
            if draw.random() < 0.07:
                cells[0], cells[1] = cells[1], cells[0]
            made.add(entity, [cells[0].title(), cells[1].title(), *cells[2:]])
    return made
