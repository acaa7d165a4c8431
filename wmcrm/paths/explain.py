"""Why somebody stands where they stand, in sentences with their evidence.

A sentence is a template and its values: the template is English and the key of its translation, the values
are days, numbers, titles and words of the vocabulary. Sentences about a trainer or a mentor say how many
people followed, never who.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from wmcrm.paths.facts import Evidence, EvidenceKind
from wmcrm.paths.ladder import Rule
from wmcrm.paths.person_evidence import StageReached
from wmcrm.paths.rules import Activity, PathModel, Stage, path_model
from wmcrm.paths.stages import PathOfPerson


class Word(str):
    """A code of a vocabulary inside a sentence; whoever renders it puts its label in its place."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A title with its day: rendered as "title (day)"."""

    title: str
    day: dt.date


Value = Word | str | int | dt.date | Dated | tuple[Dated, ...] | tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A translatable sentence: ``template`` has ``{named}`` places that ``params`` fill."""

    template: str
    params: Mapping[str, Value] = field(default_factory=dict)
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The titles of what the evidence is about, by id; what the reader may not see is left out."""

    events: Mapping[int, str] = field(default_factory=dict)
    affiliates: Mapping[int, str] = field(default_factory=dict)
    initiatives: Mapping[int, str] = field(default_factory=dict)


def sentence_text(template: str) -> str:
    """Mark a template for the extraction of translations; it comes back as it is."""
    return template


TEMPLATES: Mapping[Rule, str] = MappingProxyType(
    {
        Rule.PARTICIPATED: sentence_text("Participant since {day}: took part in {event}."),
        Rule.RETURNED: sentence_text("Returning since {day}: took part in {events}."),
        Rule.HELPED: sentence_text("Helper since {day}: {role} at {event}."),
        Rule.CO_ORGANIZED: sentence_text("Co-organizer since {day}: {role} at {event}."),
        Rule.WORKED: sentence_text(
            "Co-organizer since {day}: had by then worked {months} months on the initiative {initiative}, from {since}."
        ),
        Rule.ORGANIZED: sentence_text("Organizer since {day}: {role} of {event}."),
        Rule.LED: sentence_text("Organizer since {day}: took the lead of the initiative {initiative}."),
        Rule.HELD_PROGRAMME: sentence_text("Organizer since {day}: became {position} at {affiliate}."),
        Rule.SUSTAINED: sentence_text("Sustained organizer since {day}: organized {events}."),
        Rule.HELD_POSITION: sentence_text(
            "Multiplier since {day}: had by then been {position} at {affiliate} for {months} months, from {since}."
        ),
        Rule.SEVERAL_AFFILIATES: sentence_text(
            "Multiplier since {day}: organized for at least {affiliates} affiliates: {events}."
        ),
        Rule.SEVERAL_COUNTRIES: sentence_text(
            "Multiplier since {day}: organized in at least {countries} countries: {events}."
        ),
        Rule.TRAINED: sentence_text(
            "Multiplier since {day}: trained at {event}, of which {people} others who attended organized"
            " for one of its hosts for the first time, the last of them on {day}."
        ),
        Rule.MENTORED: sentence_text(
            "Multiplier since {day}: mentored, from {since}, a person who then reached the stage {mentored} or more."
        ),
    }
)

PRESUMED = sentence_text("Attendance is presumed for {events}: it was not recorded there, and the registration counts.")
NO_EVIDENCE = sentence_text(
    "On {as_of}, by version {version} of the path model, the stage is contact: nothing is recorded that counts."
)
STANDING = sentence_text(
    "On {as_of}, by version {version} of the path model, the highest stage is {highest}, reached on"
    " {highest_on}, and the current stage is {current}."
)
SKIPPED = sentence_text("Never reached on the way: {skipped}. People may enter at any stage.")
ACTIVITIES: Mapping[Activity, str] = MappingProxyType(
    {
        Activity.ACTIVE: sentence_text("Active: the last occasion or held position was on {last_on}."),
        Activity.QUIET: sentence_text("Quiet: the last occasion or held position was on {last_on}."),
        Activity.DORMANT: sentence_text("Dormant: the last occasion or held position was on {last_on}."),
        Activity.NONE: sentence_text("No occasion and no held position is recorded."),
        Activity.STEPPED_BACK: sentence_text("Stepped back, as the person declared."),
    }
)


def why(path: PathOfPerson, names: Names) -> list[Sentence]:
    """Return the sentences: where the person stands, then each stage in order of day with its evidence."""
    model = path_model(path.version)
    said = [_standing(path)]
    for stage, reached in sorted(path.reached.items(), key=lambda item: (item[1].day, item[0])):
        said.append(_reached(stage, reached, names, model))
        said.extend(_presumed(stage, reached, names))
    if path.skipped:
        said.append(Sentence(SKIPPED, {"skipped": tuple(Word(stage.code) for stage in path.skipped)}))
    params: dict[str, Value] = {} if path.last_on is None else {"last_on": path.last_on}
    said.append(Sentence(ACTIVITIES[path.activity], params))
    return said


def _as_is(text: str) -> str:
    return text


def _plain(word: str) -> str:
    return word.replace("_", " ")


def render(
    sentence: Sentence,
    translate: Callable[[str], str] = _as_is,
    label: Callable[[str], str] = _plain,
    show_day: Callable[[dt.date], str] = dt.date.isoformat,
) -> str:
    """Return the sentence as text: in English with ISO days, or as the given functions say it."""

    def shown(value: Value) -> str:
        if isinstance(value, tuple):
            return ", ".join(map(shown, value))
        if isinstance(value, Dated):
            return f"{value.title} ({show_day(value.day)})"
        if isinstance(value, dt.date):
            return show_day(value)
        return label(value) if isinstance(value, Word) else str(value)

    filled = {name: shown(value) for name, value in sentence.params.items()}
    return translate(sentence.template).format(**filled)


def _standing(path: PathOfPerson) -> Sentence:
    params: dict[str, Value] = {"as_of": path.as_of, "version": path.version}
    if path.highest_on is None:
        return Sentence(NO_EVIDENCE, params)
    params |= {
        "highest": Word(path.highest.code),
        "highest_on": path.highest_on,
        "current": Word(path.current.code),
    }
    return Sentence(STANDING, params)


def _reached(stage: Stage, reached: StageReached, names: Names, model: PathModel) -> Sentence:
    rule = Rule(reached.rule)
    mine = [evidence for evidence in reached.evidence if evidence.person is None]
    occasions = [evidence for evidence in mine if evidence.kind is EvidenceKind.OCCASION]
    params: dict[str, Value] = {"day": reached.day, "since": mine[0].day, **_thresholds(rule, model)}
    if occasions:
        params["event"] = _event(occasions[0], names)
        params["events"] = tuple(_event(evidence, names) for evidence in occasions)
        params["role"] = Word(occasions[0].word)
    if mine[0].kind is EvidenceKind.POSITION:
        params["position"] = Word(mine[0].word)
        params["affiliate"] = _title(names.affiliates, mine[0].about[0], "an affiliate")
    if mine[0].kind is EvidenceKind.INVOLVEMENT:
        params["initiative"] = _title(names.initiatives, mine[0].about[0], "an initiative")
    return Sentence(TEMPLATES[rule], params, stage)


def _thresholds(rule: Rule, model: PathModel) -> dict[str, Value]:
    months = model.working_months if rule is Rule.WORKED else model.multiplier_position_months
    return {
        "months": months,
        "affiliates": model.multiplier_affiliates,
        "countries": model.multiplier_countries,
        "people": model.trained_people,
        "mentored": Word(model.mentored_stage.code),
    }


def _presumed(stage: Stage, reached: StageReached, names: Names) -> list[Sentence]:
    presumed = tuple(_event(evidence, names) for evidence in reached.evidence if evidence.presumed)
    return [Sentence(PRESUMED, {"events": presumed}, stage)] if presumed else []


def _event(evidence: Evidence, names: Names) -> Dated:
    titles = (_title(names.events, event, "an event") for event in evidence.about)
    return Dated(" / ".join(titles), evidence.day)


def _title(titles: Mapping[int, str], key: int, otherwise: str) -> str:
    return titles.get(key, otherwise)
