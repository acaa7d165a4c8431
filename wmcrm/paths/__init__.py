"""The path to organizer: stages from evidence, in the words and numbers of a published model.

The pure half knows values only; ``evidence`` reads them from the database.
"""

from wmcrm.months import add_months
from wmcrm.paths.cohorts import (
    WINDOWS,
    Cohort,
    Conversion,
    Grain,
    Return,
    cohort_of,
    conversion,
    returns,
    stage_at_entry,
)
from wmcrm.paths.evidence import SELF_REPORT, load_facts
from wmcrm.paths.explain import Dated, Names, Sentence, Word, render, why
from wmcrm.paths.facts import (
    EventFact,
    Evidence,
    EvidenceKind,
    Facts,
    Involvement,
    Mentorship,
    Participation,
    PersonFact,
    Position,
)
from wmcrm.paths.figures import (
    EntryRouteCount,
    StageCount,
    Stop,
    entry_routes,
    entry_stage,
    multipliers_per_100_organizers,
    newly_reached,
    stage_counts,
    stops,
)
from wmcrm.paths.ladder import Rule
from wmcrm.paths.occasions import Occasion, counts, occasions
from wmcrm.paths.person_evidence import PersonEvidence, StageReached, gather
from wmcrm.paths.reading import Reading, names_for, path_of, paths, read_for_counting
from wmcrm.paths.rules import LATEST, MODELS, Activity, Family, PathModel, Stage, path_model
from wmcrm.paths.selection import EVERYBODY, Asked, shown_one_by_one
from wmcrm.paths.spread import Load, TopTenth, active_organizers, affiliates_on_one, overloaded, top_tenth
from wmcrm.paths.stages import PathOfPerson, each_path, paths_of, stages_of
from wmcrm.paths.survival import (
    Spell,
    Step,
    TimeToStage,
    kaplan_meier,
    quantile,
    time_to_stage,
    times_between_stages,
)

__all__ = [
    "EVERYBODY",
    "LATEST",
    "MODELS",
    "SELF_REPORT",
    "WINDOWS",
    "Activity",
    "Asked",
    "Cohort",
    "Conversion",
    "Dated",
    "EntryRouteCount",
    "EventFact",
    "Evidence",
    "EvidenceKind",
    "Facts",
    "Family",
    "Grain",
    "Involvement",
    "Load",
    "Mentorship",
    "Names",
    "Occasion",
    "Participation",
    "PathModel",
    "PathOfPerson",
    "PersonEvidence",
    "PersonFact",
    "Position",
    "Reading",
    "Return",
    "Rule",
    "Sentence",
    "Spell",
    "Stage",
    "StageCount",
    "StageReached",
    "Step",
    "Stop",
    "TimeToStage",
    "TopTenth",
    "Word",
    "active_organizers",
    "add_months",
    "affiliates_on_one",
    "cohort_of",
    "conversion",
    "counts",
    "each_path",
    "entry_routes",
    "entry_stage",
    "gather",
    "kaplan_meier",
    "load_facts",
    "multipliers_per_100_organizers",
    "names_for",
    "newly_reached",
    "occasions",
    "overloaded",
    "path_model",
    "path_of",
    "paths",
    "paths_of",
    "quantile",
    "read_for_counting",
    "render",
    "returns",
    "shown_one_by_one",
    "stage_at_entry",
    "stage_counts",
    "stages_of",
    "stops",
    "time_to_stage",
    "times_between_stages",
    "top_tenth",
    "why",
]
