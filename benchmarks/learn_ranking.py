"""Learns the weights of `briefbot/search/reranking.json`.

    python -m benchmarks.learn_ranking GROUP... [--shown FOLDER...] [--ablation] [--write] [--figures]

A group is the folder of a collection, or several with commas between them.

A linear model, fitted so that the passages of relevant entries stand before the others (a softmax over each question's
candidates). Groups weigh equally, and the collections of a group share its weight. The table shows each collection
ranked with weights learnt on all other groups, beside what BM25, dense vectors, and their fusion by rank and by score
make of the same index. The weights that are written are learnt on all groups. Nothing is learnt from collections that
are only to be shown. `--figures` writes how many questions find a relevant entry among the first one to ten, the mean
of all groups that are learnt from; `python -m benchmarks.pages` draws it.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.beir import no_bars, opened
from benchmarks.kept import CACHE, FIGURES, machine, write_figures
from briefbot.answering import search
from briefbot.evaluation.asking import foreseeing
from briefbot.model import Question, Scope
from briefbot.search.ranking import CANDIDATES, WEIGHTS
from briefbot.search.reranking import DEPTH, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from briefbot.answering import Library
    from briefbot.evaluation.beir import Query

TARGET = Path("src/briefbot/search/reranking.json")
FEATURES = ("cosine", "short", "middle", "long", "pairs", "bm25", "alone", "coverage", "title")
EVERY = range(len(FEATURES))
PLAIN = ("lexical", "dense", "rank fusion", "fusion")
DRAWN = PLAIN[:3]
_DRAWN_AT = range(1, 11)
_RIDGE = 1e-4
_STEPS = 60
_RANK = 60  # reciprocal rank fusion adds 1 / (60 + rank)
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """A query: its candidates' features (n × features), the entries they belong to, and which of them are relevant.

    `plain` is where the first relevant entry stands by each plain way of ranking, None beyond the first hundred.
    """

    features: Numbers
    entries: Sequence[str]
    relevant: npt.NDArray[np.bool_]
    plain: dict[str, int | None]


def observed(folder: Path) -> list[Seen]:
    """Return what the search sees of each query of a collection that has a relevant entry."""
    with opened(folder, CACHE / folder.name) as place:
        queries = [query for query in place.collection.queries if place.collection.relevant(query)]
        library = foreseeing(place.library, [query.text for query in queries], no_bars)
        entry_at = cache(lambda row: place.ids[library.generation.place(row)[0]])
        return [_seen(query, place.collection.relevant(query), library, entry_at) for query in queries]


def _seen(query: Query, relevant: frozenset[str], library: Library, entry_at: Callable[[int], str]) -> Seen:
    ranked = search(Question(query.text, Scope.everything()), library).ranked
    features = np.stack([ranked.hits.features[name] for name in FEATURES], axis=1)
    looked_at = np.isfinite(features).all(axis=1)
    features, rows = features[looked_at][:DEPTH], ranked.hits.rows[looked_at][:DEPTH]
    lists = {name: _entries(match.candidates(CANDIDATES), match, entry_at) for name, match in ranked.matches.items()}
    every = np.unique(np.concatenate([match.candidates(CANDIDATES) for match in ranked.matches.values()]))
    fused = sum(WEIGHTS[name] * match.scores(every) for name, match in ranked.matches.items())
    lists["rank fusion"] = _fused(lists.values())
    lists["fusion"] = list(dict.fromkeys(entry_at(int(row)) for row in every[np.argsort(-fused, kind="stable")]))
    entries = [entry_at(int(row)) for row in rows]
    hold = np.array([entry in relevant for entry in entries])
    return Seen(features, entries, hold, {name: _first(entries, relevant) for name, entries in lists.items()})


def _entries(rows: npt.NDArray[np.int64], match: object, entry_at: Callable[[int], str]) -> list[str]:
    order = np.argsort(-match.scores(rows), kind="stable")  # type: ignore[attr-defined]
    return list(dict.fromkeys(entry_at(int(row)) for row in rows[order]))


def _fused(lists: Iterable[Sequence[str]]) -> list[str]:
    scores: dict[str, float] = {}
    for entries in lists:
        for rank, entry in enumerate(entries, 1):
            scores[entry] = scores.get(entry, 0.0) + 1 / (_RANK + rank)
    return sorted(scores, key=lambda entry: -scores[entry])


def _first(entries: Sequence[str], relevant: frozenset[str]) -> int | None:
    return next((place for place, entry in enumerate(entries) if entry in relevant), None)


def learnt(groups: Sequence[Sequence[Sequence[Seen]]], columns: Sequence[int]) -> Numbers:
    """Return the weights of some features, by Newton's method on the likelihood of the relevant candidates."""
    stacked = [(_stacked(one, columns), 1 / len(groups) / len(group)) for group in groups for one in group]
    numbers = np.zeros(len(columns))
    for _ in range(_STEPS):
        gradient, curvature = -_RIDGE * numbers, _RIDGE * np.eye(len(numbers))
        for (values, relevant, real), share in stacked:
            chances = _softmax(values @ numbers, real)
            among = _softmax(values @ numbers, relevant)
            gradient += share * np.einsum("qk,qkf->f", among - chances, values) / len(values)
            centred = values - np.einsum("qk,qkf->qf", chances, values)[:, None]
            curvature += share * np.einsum("qk,qkf,qkg->fg", chances, centred, centred) / len(values)
        step = np.linalg.solve(curvature, gradient)
        numbers = numbers + step * min(1.0, 5 / max(1e-9, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-4:
            break
    return numbers


def _stacked(seen: Sequence[Seen], columns: Sequence[int]) -> tuple[Numbers, Numbers, Numbers]:
    """Return the features of all queries that have a relevant candidate, which are relevant, and which are there."""
    useful = [one for one in seen if one.relevant.any()]
    values = np.zeros((len(useful), DEPTH, len(columns)))
    relevant, real = np.zeros((2, len(useful), DEPTH), np.bool_)
    for i, one in enumerate(useful):
        count = len(one.relevant)
        values[i, :count], relevant[i, :count], real[i, :count] = one.features[:, columns], one.relevant, True
    return values, relevant, real


def _softmax(scores: Numbers, counted: Numbers) -> Numbers:
    scores = np.where(counted, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def places(seen: Sequence[Seen], numbers: Numbers, columns: Sequence[int]) -> list[int | None]:
    """Return where the first relevant entry stands for each query."""
    return [_place(one, one.features[:, columns] @ numbers) for one in seen]


def _place(one: Seen, scores: Numbers) -> int | None:
    ranked = dict.fromkeys(one.entries[i] for i in np.argsort(-scores, kind="stable"))
    relevant = {one.entries[i] for i in np.flatnonzero(one.relevant)}
    return next((place for place, entry in enumerate(ranked) if entry in relevant), None)


def recall(places: Sequence[int | None], at: int) -> float:
    """Return the share of queries whose first relevant entry stands among the first `at`."""
    return sum(place is not None and place < at for place in places) / len(places)


def shown(folders: Sequence[Sequence[Path]], groups: Sequence[Sequence[Sequence[Seen]]], learning: int) -> None:
    """Print the table of all collections; the first groups, `learning` of them, are those that are learnt from."""
    print(f"{'R@1 and R@10':20}", *(f"{name:>13}" for name in (*PLAIN, "reranked")))
    for i, group in enumerate(groups):
        numbers = learnt([other for other in groups[:learning] if other is not group], EVERY)
        for folder, seen in zip(folders[i], group, strict=True):
            lists = [[one.plain[name] for one in seen] for name in PLAIN] + [places(seen, numbers, EVERY)]
            print(f"{folder.name:20}", *(f"   {recall(it, 1):.3f} {recall(it, 10):.3f}" for it in lists))


def ablated(folders: Sequence[Sequence[Path]], groups: Sequence[Sequence[Sequence[Seen]]], learning: int) -> None:
    """Print what R@1 loses, in points, where a feature is left out."""
    names = [folder.name[:11] for group in folders for folder in group]
    print(f"\n{'without':10}", *(f"{name:>12}" for name in names))
    whole = _recalls(groups, learning, EVERY)
    for left_out, name in enumerate(FEATURES):
        found = _recalls(groups, learning, [place for place in EVERY if place != left_out])
        print(f"{name:10}", *(f"{100 * (it - all_of_it):12.2f}" for it, all_of_it in zip(found, whole, strict=True)))


def _recalls(groups: Sequence[Sequence[Sequence[Seen]]], learning: int, columns: Sequence[int]) -> list[float]:
    found = []
    for group in groups:
        numbers = learnt([other for other in groups[:learning] if other is not group], columns)
        found += [recall(places(seen, numbers, columns), 1) for seen in group]
    return found


def main() -> None:
    """Observe, learn, print the tables and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="+")
    parser.add_argument("--shown", nargs="*", default=[], help="collections that nothing is learnt from")
    parser.add_argument("--ablation", action="store_true", help="show what each feature is worth")
    parser.add_argument("--write", action="store_true", help="write what was learnt on all groups")
    parser.add_argument("--figures", action="store_true", help="write what the plot is drawn from")
    options = parser.parse_args()
    folders = [[Path(folder) for folder in group.split(",")] for group in (*options.groups, *options.shown)]
    groups = [[observed(folder) for folder in group] for group in folders]
    learning = len(options.groups)
    shown(folders, groups, learning)
    if options.ablation:
        ablated(folders, groups, learning)
    numbers = learnt(groups[:learning], EVERY)
    print("\n", dict(zip(FEATURES, numbers.round(2).tolist(), strict=True)))
    if options.write:
        _write(numbers, options.groups)
    if options.figures:
        write_figures(FIGURES, "ranking", {"machine": machine(), "found": _found(groups[:learning])})


def _found(groups: Sequence[Sequence[Sequence[Seen]]]) -> dict[str, list[tuple[int, float]]]:
    """Return for each way of ranking the share of questions with a relevant entry among the first one to ten."""
    lists: dict[str, list[Numbers]] = {name: [] for name in (*DRAWN, "briefbot")}
    for group in groups:
        numbers = learnt([other for other in groups if other is not group], EVERY)
        for name, its in lists.items():
            by = (places(it, numbers, EVERY) if name == "briefbot" else [s.plain[name] for s in it] for it in group)
            its.append(np.mean([[recall(it, at) for at in _DRAWN_AT] for it in by], axis=0))
    means = {name: np.mean(its, axis=0).round(4).tolist() for name, its in lists.items()}
    return {name: list(zip(_DRAWN_AT, values, strict=True)) for name, values in means.items()}


def _write(numbers: Numbers, groups: Sequence[str]) -> None:
    names = ", ".join(" with ".join(Path(folder).name for folder in group.split(",")) for group in groups)
    record = {
        "learnt_on": names,
        "command": "python -m benchmarks.learn_ranking GROUP... --write",
        "model": weights().model,
        "weights": dict(zip(FEATURES, numbers.round(3).tolist(), strict=True)),
    }
    TARGET.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
