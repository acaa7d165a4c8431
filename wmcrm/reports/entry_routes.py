"""How people came: at which stage they entered and which stages they skipped, by entry route."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wmcrm.paths import Asked, EntryRouteCount, Stage, entry_routes, read_for_counting
from wmcrm.reports.asked import coverage_sentence
from wmcrm.reports.report import Line, Question, Report
from wmcrm.reports.suppression import Hiding

DEFINITIONS = {
    "route": "how the person says they came; it decides no stage",
    "entered_*": "people whose highest stage on their first day of any evidence was this",
    "skipping": "people who passed over at least one stage below their highest; a finding, not an error",
    "skipped_*": "people who passed over this stage",
}
ENTERED = tuple(f"entered_{stage.code}" for stage in Stage)
SKIPPED = tuple(f"skipped_{stage.code}" for stage in Stage if Stage.CONTACT < stage < Stage.MULTIPLIER)
COLUMNS = ("route", "people", *ENTERED, "skipping", *SKIPPED)


def entry_routes_report(session: Session, question: Question) -> Report:
    """Entry stages and skipped stages for every entry route; the period is that of the first occasion."""
    reading = read_for_counting(session, question.as_of, asked=Asked(question.affiliate_id, question.region))
    people = [path for path in reading.paths.values() if path.first_on is None or question.has(path.first_on)]
    return Report(
        name="entry-routes",
        title="Entry routes",
        question=question,
        definitions=DEFINITIONS,
        coverage=coverage_sentence(session, question),
        columns=COLUMNS,
        rows=[_line(found) for found in entry_routes(people)],
        n=len(people),
        version=reading.model.version,
        hiding=Hiding(COLUMNS[1:]),
    )


def _line(found: EntryRouteCount) -> Line:
    entered = {f"entered_{stage.code}": found.entered[stage] for stage in Stage}
    skipped = {f"skipped_{stage.code}": found.skipped[stage] for stage in Stage if stage > Stage.CONTACT}
    skipped = {name: count for name, count in skipped.items() if name in SKIPPED}
    return {"route": found.route, "people": found.people, **entered, "skipping": found.skipping, **skipped}
