"""Learns the numbers of `briefbot/search/confidence.json`.

    python -m benchmarks.learn_confidence FOLDER       a collection with questions that nothing in it answers

A logistic model by Newton's method, fitted to whether the first passage is a relevant one. It is fitted on one half of
the questions and its figures are printed for the other; the numbers written are those of the fit on all.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.beir import Opened, no_bars, opened
from benchmarks.kept import CACHE
from briefbot.answering import search
from briefbot.evaluation.asking import foreseeing
from briefbot.model import Question, Scope
from briefbot.search.confidence import signals

TARGET = Path("src/briefbot/search/confidence.json")
THRESHOLD = 0.5
Numbers = npt.NDArray[np.float64]


def observed(place: Opened) -> list[tuple[dict[str, float], bool, bool]]:
    """Return for each query its signals, whether the first passage is from a relevant entry, and whether any is."""
    collection, rows = place.collection, []
    library = foreseeing(place.library, [query.text for query in collection.queries], no_bars)
    for query in collection.queries:
        ranked = search(Question(query.text, Scope.everything()), library).ranked
        first, _ = library.generation.place(ranked.hits[0].row)
        relevant = collection.relevant(query)
        rows.append((signals(ranked, 0), place.ids[first] in relevant, bool(relevant)))
    return rows


def fitted(values: Numbers, labels: Numbers) -> Numbers:
    """Return weights and, last, the bias."""
    design = np.column_stack([values, np.ones(len(values))])
    numbers = np.zeros(design.shape[1])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-design @ numbers))
        gradient = design.T @ (labels - chances) - 1e-3 * numbers
        curvature = (design * (chances * (1 - chances))[:, None]).T @ design + 1e-3 * np.eye(len(numbers))
        numbers = numbers + np.linalg.solve(curvature, gradient)
    return numbers


def report(values: Numbers, labels: Numbers, answerable: Numbers, numbers: Numbers) -> str:
    """Return what the numbers achieve on questions they were not fitted on."""
    chances = 1 / (1 + np.exp(-np.column_stack([values, np.ones(len(values))]) @ numbers))
    yes, no = chances[answerable > 0], np.sort(chances[answerable == 0])
    given = chances >= THRESHOLD
    return (
        f"AUROC answerable {np.searchsorted(no, yes).mean() / len(no):.3f}, at {THRESHOLD}: "
        f"precision {labels[given].mean():.3f}, coverage {(labels * given).sum() / answerable.sum():.3f}, "
        f"answered though nothing answers {given[answerable == 0].mean():.3f}"
    )


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    with opened(folder, CACHE / folder.name) as place:
        rows, model = observed(place), place.library.generation.manifest.encoder.weights
    names = list(rows[0][0])
    values = np.array([[found[name] for name in names] for found, _, _ in rows])
    labels = np.array([right for _, right, _ in rows], float)
    answerable = np.array([has_answer for _, _, has_answer in rows], float)
    half = np.arange(len(labels)) % 2 == 0
    numbers = fitted(values[half], labels[half])
    print("the other half:", report(values[~half], labels[~half], answerable[~half], numbers))
    for name, value in [*zip(names, values.T, strict=True)]:
        print(
            f"  {name}: alone",
            report(value[~half, None], labels[~half], answerable[~half], fitted(value[half, None], labels[half])),
        )
    numbers = fitted(values, labels)
    record = {
        "provisional": "fitted on one collection; to be replaced when ranking is learnt",
        "learnt_on": f"{folder.name}: {len(labels)} questions, {int(answerable.sum())} of them answerable",
        "command": "python -m benchmarks.learn_confidence FOLDER",
        "model": model,
        "weights": dict(zip(names, np.round(numbers[:-1], 4).tolist(), strict=True)),
        "usual": dict(zip(names, np.round(values.mean(axis=0), 4).tolist(), strict=True)),
        "bias": round(float(numbers[-1]), 4),
        "threshold": THRESHOLD,
    }
    TARGET.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    print(TARGET.read_text("utf-8"))


if __name__ == "__main__":
    main()
