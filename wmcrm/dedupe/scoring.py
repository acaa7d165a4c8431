"""Some pairs of a few people, scored by the weights of a scan of everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from wmcrm.matching import Frequencies, Model, Pairs, Profile
from wmcrm.matching.coded import code
from wmcrm.matching.frequencies import SHARED_BY, frequencies_of
from wmcrm.matching.scan import score_pairs
from wmcrm.matching.tokens import name_tokens


def scored(profiles: Sequence[Profile], pairs: Sequence[tuple[int, int]], model: Model) -> Pairs:
    """The pairs of places in a list that may be one person, the most certain first.

    How common names are is the model's to say; which addresses several people share is seen among those here.
    """
    coded = code(profiles, keyed=False)
    carried = Counter(value for profile in profiles for value in {*profile.emails, *profile.phones})
    shared = frequencies_of(coded).shared if max(carried.values(), default=0) >= SHARED_BY else frozenset[str]()
    known = model.frequencies
    names = dict(_whole_names(profiles, known)) if known.names else {}
    counts = Frequencies(known.size, known.countries, known.words, names, known.cities, shared)
    columns = np.array(pairs, dtype=np.int32)
    first, second = np.ascontiguousarray(columns[:, 0]), np.ascontiguousarray(columns[:, 1])
    return score_pairs(coded, first, second, model.with_frequencies(counts))


def _whole_names(profiles: Sequence[Profile], known: Frequencies) -> Iterator[tuple[tuple[str, str], int]]:
    """The counts of the names of these people: the matcher goes through all that it is given."""
    for profile in profiles:
        for name in profile.all_names():
            key = (profile.country, " ".join(sorted(name_tokens(name).latin)))
            if count := known.names.get(key, 0):
                yield key, count
