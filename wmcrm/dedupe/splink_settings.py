"""The matching model as Splink settings on DuckDB: the same keys, comparisons and weights (extra ``wmcrm[splink]``).

Splink finds the pairs that share a key and adds up the weights in SQL. What agreement is between two names
in two scripts is asked of wmcrm.matching through one SQL function, which answers with the levels of all
fields packed into one number. What is no level (rarity of names, the guard against shared contacts) comes
with it in steps of STEP bits, written to the base of four: each digit is a comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from wmcrm.matching import Model, Profile, scoring
from wmcrm.matching.candidates import CROWD, groups
from wmcrm.matching.coded import KINDS, Coded, Longs, code
from wmcrm.matching.compare import Comparer
from wmcrm.matching.frequencies import frequencies_of
from wmcrm.matching.levels import LEVELS, EmailLevel, Field, PhoneLevel

Scored = tuple[int | str, int | str, float]
FUNCTION = "wmcrm_compared"
LEVEL_BITS = 4  # of the packed number, for each field
DIGITS = 6  # to the base of four
STEP = 1 / 64
OFFSET = 32.0  # added to what is no level, so that it is never negative
BASE = 0.9  # a probability from which weights are made: only the ratio of m and u counts
MIX = np.int64(0x9E3779B97F4A7C1)


def splink_settings(model: Model) -> dict[str, object]:
    """Splink settings of a model, for a table with ``unique_id``, ``record`` and ``keys``."""
    odds = model.scale * model.prior() + model.shift - model.scale * OFFSET
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "probability_two_random_records_match": 1 / (1 + 2.0**-odds),
        "blocking_rules_to_generate_predictions": [{"blocking_rule": "l.keys = r.keys", "arrays_to_explode": ["keys"]}],
        "comparisons": [*(_of_field(model, field) for field in Field), *(_of_digit(model, n) for n in range(DIGITS))],
    }


def splink_scores(profiles: Iterable[Profile], model: Model, *, least: float = 0.01) -> list[Scored]:
    """The pairs of a data set that Splink scores ``least`` or more, as (key, key, probability), the surest first.

    Needs the extra ``wmcrm[splink]``; names are weighed by how common they are in this data, as in a scan.
    """
    import duckdb
    import pyarrow
    from splink import DuckDBAPI, Linker

    coded = code(profiles)
    tuned = model.with_frequencies(frequencies_of(coded))
    connection = duckdb.connect()
    number = duckdb.sqltype("BIGINT")
    asked = PackedComparer(coded, tuned)
    connection.create_function(
        FUNCTION,
        lambda first, second: pyarrow.array(asked.packed(first.to_numpy(), second.to_numpy())),
        [number, number],
        number,
        type="arrow",
    )
    records = list(range(len(coded)))
    table = pyarrow.table({"unique_id": records, "record": records, "keys": blocking_keys(coded)})
    api = DuckDBAPI(connection)
    linker = Linker(api.register(table, table_name="wmcrm_people"), splink_settings(tuned), log_level=None)
    found = linker.inference.predict(threshold_match_probability=least).as_record_list()
    scored = [
        (coded.ids[row["unique_id_l"]], coded.ids[row["unique_id_r"]], float(row["match_probability"])) for row in found
    ]
    connection.close()
    return sorted(scored, key=lambda pair: -pair[2])


class PackedComparer:
    """Compares records by number; each pair is worked out once, however many comparisons ask for it."""

    def __init__(self, coded: Coded, model: Model) -> None:
        self._comparer = Comparer(coded, model.frequencies)
        self._model = model
        self._known: dict[int, int] = {}
        self._total = max(len(coded), 1)

    def packed(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
        """The levels of all fields and the steps of what is no level, in one number for each pair."""
        pairs = (np.minimum(first, second) * self._total + np.maximum(first, second)).tolist()
        fresh = np.array(sorted({pair for pair in pairs if pair not in self._known}), dtype=np.int64)
        if len(fresh):
            self._known.update(zip(fresh.tolist(), self._compare(fresh).tolist(), strict=True))
        return np.array([self._known[pair] for pair in pairs], dtype=np.int64)

    def _compare(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        one, other = (pairs // self._total).astype(np.int32), (pairs % self._total).astype(np.int32)
        compared = self._comparer.compare(one, other)
        levels = compared.levels.astype(np.int64)
        plain = level_weights(self._model)[np.arange(len(Field)), compared.levels].sum(axis=1)
        rest = scoring.total_bits(compared, self._model) - plain
        steps = np.clip(np.rint((rest + OFFSET) / STEP), 0, 4**DIGITS - 1).astype(np.int64)
        shifts = np.arange(len(Field), dtype=np.int64) * LEVEL_BITS
        packed: NDArray[np.int64] = (levels << shifts).sum(axis=1) + (steps << _after_levels())
        return packed


def level_weights(model: Model) -> NDArray[np.float64]:
    """The weight of each level after the guards of single fields, shape (fields, levels)."""
    weights = np.maximum(model.weights, scoring.FLOOR)
    for field, shared in ((Field.EMAIL, EmailLevel.SHARED), (Field.PHONE, PhoneLevel.SHARED)):
        weights[field, shared] = min(weights[field, shared], scoring.SHARED_CEILING)
    return weights


def blocking_keys(coded: Coded) -> list[list[int]]:
    """The keys of each record; a key of a crowd is narrowed by country, then by city, then left out."""
    found: list[list[int]] = [[] for _ in range(len(coded))]
    for number in range(len(KINDS)):
        chosen = coded.key_kind == number
        hashes, records = coded.key_hash[chosen], coded.key_record[chosen]
        for column in (coded.country, coded.city, None):
            crowded = _in_crowd(hashes)
            for record, key in zip(records[~crowded].tolist(), hashes[~crowded].tolist(), strict=True):
                found[record].append(key)
            if column is None:
                break
            places = column[records[crowded]].astype(np.int64)
            known = places >= 0
            hashes = (hashes[crowded] ^ ((places + 1) * MIX))[known]
            records = records[crowded][known]
    return found


def _in_crowd(hashes: Longs) -> NDArray[np.bool_]:
    order, starts, sizes = groups(hashes)
    crowded = np.zeros(len(hashes), dtype=bool)
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        if size > CROWD:
            crowded[order[start : start + size]] = True
    return crowded


def _after_levels() -> int:
    return len(Field) * LEVEL_BITS


def _asked(shift: int, mask: int) -> str:
    return f"(({FUNCTION}(record_l, record_r) >> {shift}) & {mask})"


def _of_field(model: Model, field: Field) -> dict[str, object]:
    weights = level_weights(model)
    part = _asked(int(field) * LEVEL_BITS, 2**LEVEL_BITS - 1)
    levels = sorted((level for level in LEVELS[field] if level), reverse=True)
    worth = {level: model.scale * float(weights[field, level]) for level in levels}
    return _comparison(
        field.name.lower(),
        [
            _missing(f"{part} = 0"),
            *(_level(f"{part} = {int(level)}", level.name.lower(), worth[level]) for level in levels[:-1]),
            _level("ELSE", levels[-1].name.lower(), worth[levels[-1]]),
        ],
    )


def _of_digit(model: Model, digit: int) -> dict[str, object]:
    part = _asked(_after_levels() + 2 * digit, 3)
    worth = {value: STEP * 4**digit * value for value in (1, 2, 3)}
    return _comparison(
        f"rest_{digit}",
        [
            _missing(f"{part} = 0"),
            *(_level(f"{part} = {value}", f"{worth[value]} bits more", model.scale * worth[value]) for value in (1, 2)),
            _level("ELSE", f"{worth[3]} bits more", model.scale * worth[3]),
        ],
    )


def _comparison(name: str, levels: Sequence[dict[str, object]]) -> dict[str, object]:
    return {"output_column_name": name, "comparison_levels": list(levels)}


def _missing(condition: str) -> dict[str, object]:
    """A level that says nothing either way."""
    return {"sql_condition": condition, "label_for_charts": "nothing said", "is_null_level": True}


def _level(condition: str, label: str, weight: float) -> dict[str, object]:
    m, u = (BASE, BASE * 2.0**-weight) if weight >= 0 else (BASE * 2.0**weight, BASE)
    return {"sql_condition": condition, "label_for_charts": label, "m_probability": m, "u_probability": u}
