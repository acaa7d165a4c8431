"""The review queue as cards: both people side by side, how sure the machine is and why, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext

from wmcrm.db import Session
from wmcrm.dedupe import (
    Agreed,
    QueuedPair,
    agreed_pairs,
    pairs,
    suggest_strict,
)
from wmcrm.people import Brief, briefs

PAGE = 20
LONGEST_BAR = 20.0  # bits; a bar beyond is no longer
CERTAINTIES: Sequence[tuple[float, LazyString]] = (
    (0.99, lazy_gettext("Almost certainly the same person")),
    (0.95, lazy_gettext("Very likely the same person")),
    (0.8, lazy_gettext("Likely the same person")),
    (0.0, lazy_gettext("Perhaps the same person")),
)
# What an import writes down: which key agreed, without a sentence of the matcher.
KEYS: Mapping[str, LazyString] = {
    "username": lazy_gettext("The username is the same"),
    "email": lazy_gettext("The e-mail address is the same"),
    "phone": lazy_gettext("The phone number is the same"),
    "name": lazy_gettext("The names are the same"),
}


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """One reason: its sentence, whether it speaks for one person, and its weight from 0 to 100 (None: unknown)."""

    text: str
    speaks_for: bool
    weight: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """A pair to be decided; ``key`` names it in the page, ``survivor`` is who would stay after a merge."""

    key: str
    survivor: Brief
    absorbed: Brief
    certainty: str
    unsure: bool
    reasons: tuple[ReasonLine, ...]

    @property
    def held(self) -> bool:
        """Whether one of the two waits at an import, so that "same" takes them in at once."""
        return self.absorbed.held


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of cards and the pair after which the next page begins (0 at the end)."""

    cards: tuple[Card, ...]
    next: int = 0


def queue_of(session: Session, *, held: bool, after: int | None) -> Queue:
    """A page of the pairs that wait, the most certain first: with somebody held at an import, or without."""
    found = pairs(session, limit=PAGE + 1, after=after, held=held)
    shown = found[:PAGE]
    return Queue(_cards(session, shown), shown[-1].id if len(found) > PAGE else 0)


def certain_cards(session: Session) -> tuple[Card, ...]:
    """The pairs that the strict rule links, to be merged in one batch; a page of them at a time."""
    return _cards(session, certain_pairs(session))


def certain_pairs(session: Session) -> list[QueuedPair]:
    """The first pairs that the strict rule links."""
    return suggest_strict(session, limit=PAGE)


def agreed_queue(session: Session, *, after: int | None) -> Queue:
    """A page of the pairs that somebody said are one person and that wait for a steward to merge them."""
    found = agreed_pairs(session, limit=PAGE + 1, after=after)
    shown = found[:PAGE]
    known = briefs(session, [number for one in shown for number in (one.a_id, one.b_id)])
    cards = tuple(_agreed(one, known) for one in shown if {one.a_id, one.b_id} <= known.keys())
    return Queue(cards, shown[-1].judgement_id if len(found) > PAGE else 0)


def in_order(one: Brief, other: Brief) -> tuple[Brief, Brief]:
    """Who would survive a merge and who would be absorbed: the one in use, the fuller one, the older one."""

    def rank(person: Brief) -> tuple[bool, int, int]:
        return person.held, -person.occasions, person.id

    first, second = sorted((one, other), key=rank)
    return first, second


def certainty(probability: float) -> str:
    """A probability in words."""
    return str(next(text for least, text in CERTAINTIES if probability >= least))


def _cards(session: Session, found: Sequence[QueuedPair]) -> tuple[Card, ...]:
    known = briefs(session, [number for pair in found for number in (pair.a.id, pair.b.id)])
    return tuple(_card(pair, known) for pair in found if {pair.a.id, pair.b.id} <= known.keys())


def _card(pair: QueuedPair, known: Mapping[int, Brief]) -> Card:
    survivor, absorbed = in_order(known[pair.a.id], known[pair.b.id])
    reasons = tuple(_reason(reason) for reason in pair.reasons)
    return Card(str(pair.id), survivor, absorbed, certainty(pair.probability), pair.unsure, reasons)


def _agreed(one: Agreed, known: Mapping[int, Brief]) -> Card:
    survivor, absorbed = in_order(known[one.a_id], known[one.b_id])
    return Card(
        f"j{one.judgement_id}", survivor, absorbed, gettext("Somebody said that they are one person"), False, ()
    )


def _reason(reason: Mapping[str, object]) -> ReasonLine:
    words = reason.get("words")
    text = gettext(str(words)) if words else str(KEYS.get(str(reason.get("field")), lazy_gettext("Something agrees")))
    bits = reason.get("bits")
    if not isinstance(bits, int | float):
        return ReasonLine(text, True, None)
    return ReasonLine(text, bits >= 0, round(min(abs(bits), LONGEST_BAR) / LONGEST_BAR * 100))
