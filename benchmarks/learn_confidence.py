"""Learns the numbers of `briefbot/search/confidence.json`.

    python -m benchmarks.learn_confidence COLLECTION[=SHARE]... [--articles QRELS] [--shown COLLECTION...]
                                          [--write] [--figures]

Each collection has questions that nothing in it answers (benchmarks/halved.py makes some); SHARE is what it weighs, 1
if nothing else is said. Two logistic models, by Newton's method: that there is an answer, and that the first passage is
it where there is one. Figures are printed for each collection with what is learnt from the others, and for the first
once more with what is learnt as well from all of its articles but that of the question, which `--articles` tells. The
numbers that are written are learnt from all. `--figures` writes what the plots are drawn from, by
`python -m benchmarks.pages`: for the first collection, the risk at each coverage, and how many are right at each
confidence.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.beir import no_bars, opened
from benchmarks.kept import CACHE, FIGURES, machine, write_figures
from briefbot.answering import search
from briefbot.evaluation.asking import foreseeing
from briefbot.evaluation.calibrating import fitted
from briefbot.model import Question, Scope
from briefbot.search.confidence import Logistic, calibration, signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TARGET = Path("src/briefbot/search/confidence.json")
ANSWERED = ("cosine", "coverage", "long", "bm25", "strange", "strange coverage")
FIRST = ("lead",)
THRESHOLD = 0.5  # answered is what is likelier right than not
PRECISION = 0.95
_WEIGHT = 2_000  # questions that a collection counts as
_POINTS = 60  # of a curve
_NEARLY_ALL = 0.99  # of the answerable questions
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tried:
    """The questions of a collection: their signals, whether the first passage is right, whether anything answers.

    `weights` are what they count in learning.
    """

    name: str
    ids: Sequence[str]
    signals: Mapping[str, Numbers]
    right: Numbers
    answerable: Numbers
    weights: Numbers

    def chosen(self, which: npt.NDArray[np.bool_]) -> Tried:
        """Return some of the questions."""
        some = {name: values[which] for name, values in self.signals.items()}
        ids = [it for it, chosen in zip(self.ids, which, strict=True) if chosen]
        return Tried(self.name, ids, some, self.right[which], self.answerable[which], self.weights[which])


@dataclass(frozen=True, slots=True)
class Learnt:
    """Both models."""

    answered: Logistic
    first: Logistic

    def confidences(self, tried: Tried) -> Numbers:
        """Return the confidence of each question."""
        return _chances(self.answered, tried) * _chances(self.first, tried)


def tried(folder: Path, share: float) -> Tried:
    """Ask all questions of a collection."""
    with opened(folder, CACHE / folder.name) as place:
        queries = place.collection.queries
        library = foreseeing(place.library, [query.text for query in queries], no_bars)
        found, right, answerable = [], [], []
        for query in queries:
            ranked = search(Question(query.text, Scope.everything()), library).ranked
            relevant = place.collection.relevant(query)
            found.append(signals(ranked, 0))
            right.append(place.ids[library.generation.place(ranked.hits[0].row)[0]] in relevant)
            answerable.append(bool(relevant))
    columns = {name: np.array([one[name] for one in found]) for name in (*ANSWERED, *FIRST)}
    weights = np.full(len(queries), share * _WEIGHT / len(queries))
    ids = [query.id for query in queries]
    return Tried(folder.name, ids, columns, np.array(right, float), np.array(answerable, float), weights)


def learnt(collections: Sequence[Tried]) -> Learnt:
    """Learn both models from some collections."""
    answerable = [one.chosen(one.answerable > 0) for one in collections]
    return Learnt(
        _fitted(collections, ANSWERED, np.concatenate([one.answerable for one in collections])),
        _fitted(answerable, FIRST, np.concatenate([one.right for one in answerable])),
    )


def _fitted(collections: Sequence[Tried], names: Sequence[str], labels: Numbers) -> Logistic:
    values = np.concatenate([np.stack([one.signals[name] for name in names], axis=1) for one in collections])
    counted = np.concatenate([one.weights for one in collections])
    return fitted(values, labels, counted, names)


def _chances(model: Logistic, tried: Tried) -> Numbers:
    total = model.bias + sum(weight * tried.signals[name] for name, weight in model.weights.items())
    return np.asarray(1 / (1 + np.exp(-np.clip(total, -60, 60))))


def threshold_for(chances: Numbers, right: Numbers, weights: Numbers) -> float:
    """Return the lowest threshold whose answers are right often enough; above 1 where there is none."""
    order = np.argsort(-chances)
    precise = np.flatnonzero(np.cumsum((weights * right)[order]) / np.cumsum(weights[order]) >= PRECISION)
    return float(chances[order][precise[-1]]) if len(precise) else 1.1


def figures(tried: Tried, chances: Numbers, thresholds: Numbers | float) -> str:
    """Return what some confidences are worth, at thresholds that were set without these questions."""
    yes, no = chances[tried.answerable > 0], np.sort(chances[tried.answerable == 0])
    auroc = (np.searchsorted(no, yes, "left") + np.searchsorted(no, yes, "right")).mean() / 2 / max(1, len(no))
    own = threshold_for(chances, tried.right, tried.weights)
    set_before, best, half = (_operated(tried, chances >= it) for it in (thresholds, own, THRESHOLD))
    error = _calibration_error(chances, tried.right)
    return (
        f"AUROC {auroc:.3f}, ECE {error:.3f}; set for {PRECISION:.0%}: {set_before}; "
        f"best for {PRECISION:.0%}: {best}; at {THRESHOLD}: {half}"
    )


def _operated(tried: Tried, given: npt.NDArray[np.bool_]) -> str:
    coverage = (tried.answerable * given).sum() / tried.answerable.sum()
    precision = tried.right[given].mean() if given.any() else float("nan")
    return f"coverage {coverage:.3f}, precision {precision:.3f}"


def _calibration_error(chances: Numbers, right: Numbers) -> float:
    tenth = np.minimum((chances * 10).astype(int), 9)
    gaps = [abs(chances[tenth == i].mean() - right[tenth == i].mean()) * (tenth == i).mean() for i in np.unique(tenth)]
    return float(sum(gaps))


def by_articles(tried: Tried, qrels: Path, others: Sequence[Tried]) -> tuple[Numbers, Numbers]:
    """Return each question's confidence and threshold, by what is learnt from `others` and all articles but its own."""
    article = dict(line.split("\t")[:2] for line in qrels.read_text("utf-8").splitlines())
    names = [article[it].rpartition("#")[0] for it in tried.ids]
    chances, thresholds = np.zeros(len(names)), np.zeros(len(names))
    for name in sorted(set(names)):
        here = np.array([it == name for it in names])
        chances[here], thresholds[here] = from_others(tried.chosen(here), [tried.chosen(~here), *others])
    return chances, thresholds


def from_others(tried: Tried, others: Sequence[Tried]) -> tuple[Numbers, float]:
    """Return each question's confidence, and the threshold, by what was learnt from other collections."""
    model = learnt(others)
    chances = np.concatenate([model.confidences(one) for one in others])
    right, weights = (np.concatenate([getattr(one, name) for one in others]) for name in ("right", "weights"))
    return model.confidences(tried), threshold_for(chances, right, weights)


def curves(tried: Tried, ways: Mapping[str, Numbers]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Return the risk over coverage, and the share that is right over confidence, by each way of learning."""
    return {
        "risk": {name: _risk(tried, chances) for name, chances in ways.items()},
        "right": {name: _right(tried, chances) for name, chances in ways.items()},
    }


def _risk(tried: Tried, chances: Numbers) -> list[tuple[float, float]]:
    order = np.argsort(-chances)
    given = np.arange(1, len(order) + 1)
    coverage = np.cumsum(tried.answerable[order]) / tried.answerable.sum()
    risk = 1 - np.cumsum(tried.right[order]) / given
    last = int(np.searchsorted(coverage, _NEARLY_ALL))  # what is answered beyond can only be wrong
    seen = np.linspace(len(order) // 50, last, _POINTS).astype(int)
    return list(zip(coverage[seen].round(4).tolist(), risk[seen].round(4).tolist(), strict=True))


def _right(tried: Tried, chances: Numbers) -> list[tuple[float, float]]:
    tenth = np.minimum((chances * 10).astype(int), 9)
    bins = [tenth == i for i in np.unique(tenth)]
    return [(round(float(chances[it].mean()), 4), round(float(tried.right[it].mean()), 4)) for it in bins]


def main() -> None:
    """Ask, learn, print the figures and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+")
    parser.add_argument(
        "--articles", type=Path, help="the qrels that tell of which article each question of the first is"
    )
    parser.add_argument("--shown", nargs="*", default=[], help="collections that nothing is learnt from")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--figures", action="store_true")
    options = parser.parse_args()
    named = [it.partition("=") for it in options.collections]
    collections = [tried(Path(folder), float(share or 1)) for folder, _, share in named]
    ways: dict[str, Numbers] = {}
    for one in collections:
        chances, threshold = from_others(one, [it for it in collections if it is not one])
        ways.setdefault("other collections", chances)  # the first's
        print(f"{one.name}, learnt from the others: {figures(one, chances, threshold)}")
    if options.articles:
        chances, thresholds = by_articles(collections[0], options.articles, collections[1:])
        ways["other articles"] = chances
        print(f"{collections[0].name}, by other articles: {figures(collections[0], chances, thresholds)}")
    model = learnt(collections)
    for one in (*collections, *(tried(Path(folder), 1) for folder in options.shown)):
        print(f"{one.name}, learnt from all: {figures(one, model.confidences(one), THRESHOLD)}")
    if options.figures:
        write_figures(FIGURES, "confidence", {"machine": machine(), **curves(collections[0], ways)})
    if options.write:
        _write(model, [(Path(folder).name, share or "1") for folder, _, share in named])


def _write(model: Learnt, named: Sequence[tuple[str, str]]) -> None:
    record = {
        "learnt_on": ", ".join(f"{name} ({share})" for name, share in named),
        "command": "python -m benchmarks.learn_confidence COLLECTION[=SHARE]... --write",
        "model": calibration().model,
        "answered": {"weights": model.answered.weights, "bias": model.answered.bias},
        "first": {"weights": model.first.weights, "bias": model.first.bias},
        "threshold": THRESHOLD,
    }
    TARGET.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
