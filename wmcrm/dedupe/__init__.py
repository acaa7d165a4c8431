"""Duplicates: the machine suggests, a person decides, nothing is destroyed."""

from __future__ import annotations

from wmcrm.dedupe.affiliate_judgements import (
    ToldApart,
    find_told_apart,
    refuse_if_linked,
    take_back_apart,
    tell_apart,
    told_apart,
)
from wmcrm.dedupe.affiliate_links import (
    LINK_NOTES,
    UnlinkReport,
    find_link,
    link_affiliates,
    standing_links,
    unlink_affiliates,
    what_would_stay_linked,
)
from wmcrm.dedupe.affiliates import AffiliateReason, AffiliateSuggestion, suggest_affiliates
from wmcrm.dedupe.batch import BatchReport, merge_batch, unmerge_batch
from wmcrm.dedupe.candidates import Candidate, Found, candidates_for
from wmcrm.dedupe.consent_effect import ConsentEffect, consent_effect
from wmcrm.dedupe.decide import Decided, decide, decide_new, open_candidates, read_verdict
from wmcrm.dedupe.facts import Stayed, fact_tables
from wmcrm.dedupe.fields import Side
from wmcrm.dedupe.judgements import judge, judged_pairs, judgement_of, revoke
from wmcrm.dedupe.marker import current_model
from wmcrm.dedupe.merge import FieldChoice, MergePlan, merge, plan_merge
from wmcrm.dedupe.queue import ClusterMember, PairPerson, QueuedPair, clusters, pairs, suggest_strict
from wmcrm.dedupe.said import Agreed, agreed_pairs, find_judgement, take_back, what_would_stay
from wmcrm.dedupe.scan import ScanReport, Sessions, Step, scan, scan_in_steps
from wmcrm.dedupe.scope import in_scope, require_steward
from wmcrm.dedupe.unions import refresh_unions
from wmcrm.dedupe.unmerge import UnmergeReport, find_merge, unmerge

__all__ = [
    "LINK_NOTES",
    "AffiliateReason",
    "AffiliateSuggestion",
    "Agreed",
    "BatchReport",
    "Candidate",
    "ClusterMember",
    "ConsentEffect",
    "Decided",
    "FieldChoice",
    "Found",
    "MergePlan",
    "PairPerson",
    "QueuedPair",
    "ScanReport",
    "Sessions",
    "Side",
    "Stayed",
    "Step",
    "ToldApart",
    "UnlinkReport",
    "UnmergeReport",
    "agreed_pairs",
    "candidates_for",
    "clusters",
    "consent_effect",
    "current_model",
    "decide",
    "decide_new",
    "fact_tables",
    "find_judgement",
    "find_link",
    "find_merge",
    "find_told_apart",
    "in_scope",
    "judge",
    "judged_pairs",
    "judgement_of",
    "link_affiliates",
    "merge",
    "merge_batch",
    "open_candidates",
    "pairs",
    "plan_merge",
    "read_verdict",
    "refresh_unions",
    "refuse_if_linked",
    "require_steward",
    "revoke",
    "scan",
    "scan_in_steps",
    "standing_links",
    "suggest_affiliates",
    "suggest_strict",
    "take_back",
    "take_back_apart",
    "tell_apart",
    "told_apart",
    "unlink_affiliates",
    "unmerge",
    "unmerge_batch",
    "what_would_stay",
    "what_would_stay_linked",
]
