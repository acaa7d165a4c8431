"""The model: what each level of agreement is worth, read from one file and adjusted to data and verdicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from wmcrm.errors import BadInputError
from wmcrm.matching.frequencies import Frequencies
from wmcrm.matching.levels import LEVELS, WIDTH, Field

Table = NDArray[np.float64]  # shape (fields, WIDTH)
REFERENCE_SIZE = 10_000  # records of the data the shipped prior was made for


@dataclass(frozen=True, slots=True)
class Model:
    """Weights in bits for each field and level, and what they rest on.

    `m` is the share of each level among pairs of one person, `u` among compared pairs of two; levels of
    missing values weigh nothing. `rarity` says how much of the rarity of a shared value counts: `name` for
    whole names, `word` for one shared word, `city`. The log-odds are `scale * bits + shift` at the end.
    """

    version: str
    weights: Table
    m: Table
    u: Table
    rarity: Mapping[str, float]
    prior_bits: float
    scale: float = 1.0
    shift: float = 0.0
    frequencies: Frequencies = field(default_factory=Frequencies)

    def with_frequencies(self, frequencies: Frequencies) -> Model:
        """The same model over the names and places of one data set."""
        return replace(self, frequencies=frequencies)

    def prior(self) -> float:
        """The bits before anything is compared: a match is rarer among more people."""
        size = self.frequencies.size or REFERENCE_SIZE
        return self.prior_bits - float(np.clip(np.log2(size / REFERENCE_SIZE), -3.0, 8.0))


def table_of(values: Mapping[str, Mapping[str, float]]) -> Table:
    """{"NAME": {"SAME": 5.0}} -> an array by field and level, 0 where nothing is said."""
    table = np.zeros((len(Field), WIDTH))
    for name, levels in values.items():
        kind = LEVELS[Field[name]]
        for level, value in levels.items():
            table[Field[name], kind[level]] = value
    return table


def values_of(table: Table) -> dict[str, dict[str, float]]:
    """The inverse of `table_of`."""
    return {
        place.name: {level.name: round(float(table[place, level]), 4) for level in LEVELS[place]} for place in Field
    }


def model_from_json(text: str) -> Model:
    """Read a model; BadInputError when the text is none."""
    try:
        raw = json.loads(text)
        return Model(
            version=str(raw["version"]),
            weights=table_of(raw["weights"]),
            m=table_of(raw["m"]),
            u=table_of(raw["u"]),
            rarity={name: float(raw["rarity"][name]) for name in ("name", "word", "city")},
            prior_bits=float(raw["prior_bits"]),
            scale=float(raw["scale"]),
            shift=float(raw["shift"]),
        )
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadInputError("The matching model cannot be read; restore the shipped file") from error


def model_to_json(model: Model) -> str:
    """The model as text, without frequencies."""
    tables = {name: values_of(getattr(model, name)) for name in ("weights", "m", "u")}
    rest = {name: round(getattr(model, name), 4) for name in ("prior_bits", "scale", "shift")}
    document = {"version": model.version, **rest, "rarity": dict(model.rarity), **tables}
    return json.dumps(document, indent=1) + "\n"


@cache
def shipped_model() -> Model:
    """The model that comes with wmcrm."""
    path = files("wmcrm.matching").joinpath("data", "model.json")
    return model_from_json(path.read_text(encoding="utf-8"))
