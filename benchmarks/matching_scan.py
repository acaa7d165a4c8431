"""Time and peak memory of a whole scan: `python benchmarks/matching_scan.py 100000 1000000`.

With `--splink` the same people are scanned by Splink on DuckDB as well, with the shipped settings (the extra
`wmcrm[splink]`), in the same run, so that the two may be compared on a busy machine too. Each scan has a process
of its own; one that takes more than `--limit` seconds of processor is cut off, and said to be.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

from matching_people import people

from wmcrm.matching import Profile, scan, shipped_model

Figures = dict[str, float]


def _ours(everybody: Iterable[Profile]) -> list[float]:
    return [float(sure) for sure in scan(everybody, shipped_model()).probability]


def _splink(everybody: Iterable[Profile]) -> list[float]:
    from wmcrm.dedupe.splink_settings import splink_scores

    return [sure for _, _, sure in splink_scores(everybody, shipped_model())]


ENGINES = {"wmcrm": _ours, "splink": _splink}


def measure(engine: str, count: int) -> Figures:
    """Seconds by the clock and of processor, megabytes at the peak and pairs found; making the people is not counted."""
    start, busy = time.perf_counter(), time.process_time()
    sum(1 for _ in people(count))
    making, making_busy = time.perf_counter() - start, time.process_time() - busy
    start, busy = time.perf_counter(), time.process_time()
    found = ENGINES[engine](people(count))
    return {
        "clock": time.perf_counter() - start - making,
        "processor": time.process_time() - busy - making_busy,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "pairs": len(found),
        "sure": sum(sure >= 0.99 for sure in found),
    }


def apart(engine: str, count: int, limit: int) -> Figures | None:
    """The figures of a scan in a process of its own, None when it was cut off."""
    command = [sys.executable, __file__, "--only", engine, "--limit", str(limit), str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode == -signal.SIGXCPU:
        return None
    done.check_returncode()
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def line(engine: str, count: int, found: Figures | None, limit: int) -> str:
    """One engine's figures in words."""
    if found is None:
        return f"{count} people, {engine}: cut off after {limit} s of processor"
    return (
        f"{count} people, {engine}: {found['clock']:.1f} s ({found['processor']:.1f} s of processor), "
        f"peak {found['peak']:.0f} MB, {found['pairs']:.0f} pairs over .01, {found['sure']:.0f} at .99"
    )


def report(count: int, engines: list[str], limit: int) -> None:
    """Prints a line for each engine and how they compare."""
    measured = {}
    for engine in engines:
        measured[engine] = apart(engine, count, limit)
        print(line(engine, count, measured[engine], limit), flush=True)
    ours, theirs = measured["wmcrm"], measured.get("splink")
    if ours and theirs:
        ratios = (f"{name} {theirs[name] / ours[name]:.1f}" for name in ("clock", "processor", "peak"))
        print(f"{count} people, splink over wmcrm: {', '.join(ratios)}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[100_000])
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--limit", type=int, default=1_200)
    parser.add_argument("--only", choices=sorted(ENGINES))
    told = parser.parse_args()
    if told.only:
        resource.setrlimit(resource.RLIMIT_CPU, (told.limit, told.limit + 10))
        print(json.dumps(measure(told.only, told.counts[0])))
    else:
        for number in told.counts:
            report(number, ["wmcrm", "splink"] if told.splink else ["wmcrm"], told.limit)
