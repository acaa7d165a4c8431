"""Groups proposed for merging: stars around a survivor, never chains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from wmcrm.matching.scan import Ident, Pairs

Edge = tuple[Ident, Ident, float]
THRESHOLD = 0.99
_DECIDED = 1000.0  # weight of a decision beside suggestions of at most 1


def _edges(pairs: Pairs, threshold: float) -> list[Edge]:
    sure = pairs.at_least(threshold)
    return list(zip(sure.id_a.tolist(), sure.id_b.tolist(), sure.probability.tolist(), strict=True))


def _neighbours(edges: Iterable[Edge]) -> dict[Ident, dict[Ident, float]]:
    near: dict[Ident, dict[Ident, float]] = defaultdict(dict)
    for a, b, weight in edges:
        if a != b:
            near[a][b] = max(weight, near[a].get(b, 0.0))
            near[b][a] = near[a][b]
    return near


def _fits(member: Ident, star: Iterable[Ident], vetoes: Collection[frozenset[Ident]]) -> bool:
    return not any(frozenset((member, other)) in vetoes for other in star)


def _star(
    centre: Ident, near: Mapping[Ident, float], taken: set[Ident], vetoes: Collection[frozenset[Ident]]
) -> frozenset[Ident]:
    star = [centre]
    for member, _ in sorted(near.items(), key=lambda item: (-item[1], str(item[0]))):
        if member not in taken and _fits(member, star, vetoes):
            star.append(member)
    return frozenset(star)


def stars(edges: Iterable[Edge], vetoes: Collection[frozenset[Ident]] = frozenset()) -> list[frozenset[Ident]]:
    """Disjoint groups in which every member is paired with one survivor, and no two are vetoed.

    The survivor of each group is the record with most and surest pairs. Groups come in order of that.
    """
    allowed = [edge for edge in edges if frozenset(edge[:2]) not in vetoes]
    near = _neighbours(allowed)
    order = sorted(near, key=lambda record: (-sum(near[record].values()), str(record)))
    taken: set[Ident] = set()
    groups: list[frozenset[Ident]] = []
    for centre in order:
        if centre in taken:
            continue
        group = _star(centre, near[centre], taken, vetoes)
        if len(group) > 1:
            taken |= group
            groups.append(group)
    return groups


def clusters(
    pairs: Pairs,
    threshold: float = THRESHOLD,
    vetoes: Collection[frozenset[Ident]] = frozenset(),
    decided: Collection[frozenset[Ident]] = frozenset(),
) -> list[frozenset[Ident]]:
    """The groups proposed for merging, from pairs at `threshold` or more and pairs decided to be the same.

    `vetoes` are pairs judged to be two people; no group holds one. A decided pair weighs more than any
    number of suggestions.
    """
    told: list[Edge] = []
    for pair in decided:
        if len(pair) == 2:
            one, other = sorted(pair, key=str)
            told.append((one, other, _DECIDED))
    return stars([*told, *_edges(pairs, threshold)], vetoes)
