"""Levels -> bits -> probability, with the guards that keep families and mailboxes apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching.compare import Compared
from wmcrm.matching.levels import EmailLevel, Field, PhoneLevel
from wmcrm.matching.model import Model
from wmcrm.matching.names import NameLevel

Bits = NDArray[np.float64]

FLOOR = -6.0  # no disagreement says more
SHARED_CEILING = 2.0  # what an address or number carried by several names is worth at most
CONFLICT_CEILING = 4.0  # what shared contacts are worth when the given names clearly differ


def field_bits(compared: Compared, model: Model) -> Bits:
    """What each field says, shape (pairs, fields), after the guards of single fields."""
    levels = compared.levels
    bits = model.weights[np.arange(len(Field)), levels]
    name = levels[:, Field.NAME]
    rate = np.where(name >= NameLevel.DROPPED, model.rarity["name"], model.rarity["word"])
    bits[:, Field.NAME] += rate * compared.name_bits
    same_city = bits[:, Field.CITY] > 0
    bits[:, Field.CITY] += np.where(same_city, model.rarity["city"] * compared.city_bits, 0.0)
    for place, shared in ((Field.EMAIL, EmailLevel.SHARED), (Field.PHONE, PhoneLevel.SHARED)):
        column = bits[:, place]
        column[levels[:, place] == shared] = np.minimum(column[levels[:, place] == shared], SHARED_CEILING)
    result: Bits = np.maximum(bits, FLOOR)
    return result


def conflict_bits(levels: NDArray[np.uint8], bits: Bits) -> Bits:
    """What is taken back where shared contacts meet clearly different names; 0 or less."""
    name = levels[:, Field.NAME]
    different = (name == NameLevel.DIFFERENT) | (name == NameLevel.ONE_ALIKE)
    contacts = np.maximum(bits[:, Field.EMAIL], 0) + np.maximum(bits[:, Field.PHONE], 0)
    excess = np.maximum(contacts - CONFLICT_CEILING, 0)
    taken: Bits = np.where(different, -excess, 0.0)
    return taken


def total_bits(compared: Compared, model: Model) -> Bits:
    """The sum of the evidence for each pair, without the prior."""
    bits = field_bits(compared, model)
    total: Bits = bits.sum(axis=1) + conflict_bits(compared.levels, bits)
    return total


def probability(bits: Bits, model: Model) -> Bits:
    """The probability that the pair is one person, given its bits; grows with them."""
    odds = model.scale * (bits + model.prior()) + model.shift
    result: Bits = 1.0 / (1.0 + np.exp2(-np.clip(odds, -60.0, 60.0)))
    return result
