"""The path to organizer: how many people stand on each stage, and how many reached it lately."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.months import add_months
from wmcrm.paths import (
    Asked,
    Stage,
    affiliates_on_one,
    multipliers_per_100_organizers,
    newly_reached,
    read_for_counting,
    returns,
    stage_counts,
    stops,
    top_tenth,
)
from wmcrm.paths.reading import Reading
from wmcrm.reports.asked import coverage_sentence
from wmcrm.reports.report import Cell, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "highest": "people whose highest stage this is",
    "current": "people whose highest stage this is by the facts of the last 24 months",
    "ever": "people who ever reached the stage, whatever others they reached",
    "newly_reached": "people who reached the stage for the first time in the period, by default the last 12 months",
    "stopped": "people who went no further and are dormant or stepped back",
}
COLUMNS = ("stage", "highest", "current", "ever", "newly_reached", "stopped")


def path_report(session: Session, question: Question) -> Report:
    """People by highest, by current and by ever reached stage, with the figures of the path model."""
    reading = read_for_counting(session, question.as_of, asked=Asked(question.affiliate_id, question.region))
    people = list(reading.paths.values())
    first = question.first or add_months(question.end, -12)
    fresh = newly_reached(people, first, question.end)
    stopped = {stop.stage: stop.stopped for stop in stops(people)}
    rows = [
        {
            "stage": count.stage.code,
            "highest": count.highest,
            "current": count.current,
            "ever": count.ever,
            "newly_reached": fresh.get(count.stage, None if count.stage is Stage.CONTACT else 0),
            "stopped": stopped[count.stage],
        }
        for count in stage_counts(people)
    ]
    return Report(
        name="path",
        title="Path to organizer",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=rows,
        n=len(people),
        version=reading.model.version,
        hiding=Hiding(COLUMNS[1:]),
        figures=_figures(reading, question),
    )


def _figures(reading: Reading, question: Question) -> dict[str, Cell]:
    people, own = list(reading.paths.values()), reading.own()
    first = question.first or add_months(question.end, -12)
    busiest = top_tenth(own.values(), first, question.end)
    per_hundred = multipliers_per_100_organizers(people)
    figures: dict[str, Cell] = {
        "multipliers_per_100_organizers": round(per_hundred, 1) if per_hundred is not None else None,
        "events_organized_by_the_top_tenth": busiest.events_of_top,
        "events_organized": busiest.events,
        "share_of_the_top_tenth": round(busiest.share, 3) if busiest.share is not None else None,
        "affiliates_on_one_active_organizer": len(affiliates_on_one(own.values(), question.as_of)),
    }
    for back in returns(own, people):
        rate = round(back.returned / back.people, 3) if back.people else None
        figures[f"returned_within_{back.months}_months"] = rate
    return figures
