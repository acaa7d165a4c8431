"""Time and peak memory of a whole scan: `python benchmarks/matching_scan.py 100000 1000000`."""

from __future__ import annotations

import resource
import sys
import time

from matching_people import people

from wmcrm.matching import scan, shipped_model


def measure(count: int) -> str:
    """One line for a scan of `count` invented people; making them is not counted."""
    start = time.perf_counter()
    made = sum(1 for _ in people(count))
    making = time.perf_counter() - start
    start = time.perf_counter()
    pairs = scan(people(count), shipped_model())
    spent = time.perf_counter() - start - making
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{made} people: {spent:.1f} s, peak {peak:.0f} MB, {len(pairs)} pairs kept, {len(pairs.at_least(0.99))} at .99"
    )


if __name__ == "__main__":
    for argument in sys.argv[1:] or ["100000"]:
        print(measure(int(argument)))
