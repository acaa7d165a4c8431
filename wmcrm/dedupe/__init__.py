"""Duplicates: the machine suggests, a person decides, nothing is destroyed."""

from __future__ import annotations

from wmcrm.dedupe.decide import Decided, decide, decide_new, open_candidates, read_verdict
from wmcrm.dedupe.facts import Stayed, fact_tables
from wmcrm.dedupe.fields import Side
from wmcrm.dedupe.judgements import judge, judged_pairs, judgement_of, revoke
from wmcrm.dedupe.merge import FieldChoice, MergePlan, merge, plan_merge
from wmcrm.dedupe.unions import refresh_unions
from wmcrm.dedupe.unmerge import UnmergeReport, find_merge, unmerge

__all__ = [
    "Decided",
    "FieldChoice",
    "MergePlan",
    "Side",
    "Stayed",
    "UnmergeReport",
    "decide",
    "decide_new",
    "fact_tables",
    "find_merge",
    "judge",
    "judged_pairs",
    "judgement_of",
    "merge",
    "open_candidates",
    "plan_merge",
    "read_verdict",
    "refresh_unions",
    "revoke",
    "unmerge",
]
