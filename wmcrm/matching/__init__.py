"""Are two records the same person? Pure: profiles in, scores with reasons out."""

from __future__ import annotations

from wmcrm.matching.compatible import NameAgreement, name_agreement, names_compatible

__all__ = ["NameAgreement", "name_agreement", "names_compatible"]
