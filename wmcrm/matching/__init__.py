"""Are two records the same person? Pure: profiles in, scores with reasons out."""

from __future__ import annotations

from wmcrm.matching.clusters import clusters
from wmcrm.matching.compatible import NameAgreement, name_agreement, names_compatible
from wmcrm.matching.estimate import Adjusted, Verdict, adjust, estimate
from wmcrm.matching.frequencies import Frequencies
from wmcrm.matching.keys import Key, KeyKind, profile_keys
from wmcrm.matching.model import Model, model_from_json, model_to_json, shipped_model
from wmcrm.matching.profile import Profile
from wmcrm.matching.reasons import Reason
from wmcrm.matching.scan import Index, Pairs, Score, scan, scan_against, score, score_many
from wmcrm.matching.strict import strict_rule

__all__ = [
    "Adjusted",
    "Frequencies",
    "Index",
    "Key",
    "KeyKind",
    "Model",
    "NameAgreement",
    "Pairs",
    "Profile",
    "Reason",
    "Score",
    "Verdict",
    "adjust",
    "clusters",
    "estimate",
    "model_from_json",
    "model_to_json",
    "name_agreement",
    "names_compatible",
    "profile_keys",
    "scan",
    "scan_against",
    "score",
    "score_many",
    "shipped_model",
    "strict_rule",
]
