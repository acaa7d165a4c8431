"""The Splink settings of wmcrm.dedupe.splink_settings on Spark: more people than one machine compares.

Needs the extra ``wmcrm[spark]`` and Java 17 or newer; every worker needs wmcrm and the same Python. The columns
of all people go to each worker once; pairs are found, compared and added up where they are. Intermediate
results are written as parquet files: a chain of plans this long is otherwise worked out anew at every step.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from wmcrm.dedupe.splink_settings import FUNCTION, PackedComparer, Scored, blocking_keys, splink_settings
from wmcrm.matching import Model, Profile
from wmcrm.matching.coded import Coded, code
from wmcrm.matching.frequencies import frequencies_of

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import SparkSession

PARTITIONS = 8  # Spark's own 200 are for much larger data: most of the time went into empty ones
_comparers: dict[str, PackedComparer] = {}  # of this worker, by the scan they are of


def open_spark(folder: Path, *, master: str = "local[*]", partitions: int = PARTITIONS) -> SparkSession:
    """A Spark session with few partitions that keeps its intermediate results in a folder all workers reach."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers on this machine are this Python
    session = (
        SparkSession.builder.master(master)
        .appName("wmcrm")
        .config("spark.sql.shuffle.partitions", partitions)
        .config("spark.default.parallelism", partitions)
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setCheckpointDir(str(folder))
    return session


def splink_scores_on_spark(
    profiles: Iterable[Profile], model: Model, spark: SparkSession, *, least: float = 0.01
) -> list[Scored]:
    """The pairs of a data set that Splink scores ``least`` or more on Spark, as (key, key, probability), surest first.

    The same settings, keys and weights as :func:`wmcrm.dedupe.splink_settings.splink_scores` on one machine.
    """
    from pyspark.sql import types
    from splink import Linker
    from splink.backends.spark import SparkAPI

    coded = code(profiles)
    tuned = model.with_frequencies(frequencies_of(coded))
    spark.udf.register(FUNCTION, _function(spark.sparkContext.broadcast((coded, tuned))))
    number = types.LongType()
    columns = [types.StructField(name, number) for name in ("unique_id", "record")]
    shape = types.StructType([*columns, types.StructField("keys", types.ArrayType(number))])
    rows = [(record, record, keys) for record, keys in enumerate(blocking_keys(coded))]
    api = SparkAPI(spark_session=spark, break_lineage_method="parquet", register_udfs_automatically=False)
    people = api.register(spark.createDataFrame(rows, shape), table_name="wmcrm_people")
    linker = Linker(people, splink_settings(tuned), log_level=None)
    found = linker.inference.predict(threshold_match_probability=least).as_record_list()
    scored = [
        (coded.ids[row["unique_id_l"]], coded.ids[row["unique_id_r"]], float(row["match_probability"])) for row in found
    ]
    return sorted(scored, key=lambda pair: -pair[2])


def _function(shared: Broadcast[tuple[Coded, Model]]) -> Callable[..., object]:
    """The SQL function that compares two records; each worker keeps what it needs for that."""
    import pyarrow
    from pyspark.sql.functions import arrow_udf

    scan = uuid4().hex

    def compared(first, second):  # type: ignore[no-untyped-def]
        comparer = _comparers.get(scan)
        if comparer is None:
            comparer = _comparers[scan] = PackedComparer(*shared.value)
        return pyarrow.array(comparer.packed(first.to_numpy(), second.to_numpy()))

    # Spark reads what kind of function it is from annotations that are classes, not text.
    compared.__annotations__ = dict.fromkeys(("first", "second", "return"), pyarrow.Array)
    made: Callable[..., object] = arrow_udf(compared, "bigint")
    return made
