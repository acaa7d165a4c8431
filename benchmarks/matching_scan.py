"""Time and peak memory of a whole scan: `python benchmarks/matching_scan.py 100000 1000000`."""

from __future__ import annotations

import resource
import sys
import time

from matching_people import people

from wmcrm.matching import scan, shipped_model


def measure(count: int) -> str:
    """One line for a scan of `count` invented people; making them is not counted."""
    start, busy = time.perf_counter(), time.process_time()
    made = sum(1 for _ in people(count))
    making, making_busy = time.perf_counter() - start, time.process_time() - busy
    start, busy = time.perf_counter(), time.process_time()
    pairs = scan(people(count), shipped_model())
    spent, used = time.perf_counter() - start - making, time.process_time() - busy - making_busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{made} people: {spent:.1f} s ({used:.1f} s of processor), peak {peak:.0f} MB, {len(pairs)} pairs kept, {len(pairs.at_least(0.99))} at .99"


if __name__ == "__main__":
    for argument in sys.argv[1:] or ["100000"]:
        print(measure(int(argument)))
