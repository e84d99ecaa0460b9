"""What the questions before do for a question, and to one that does not need them.

    python -m benchmarks.follow_ups CONVERSATIONS... [--complete COLLECTION...]

Of a collection of conversations: its questions alone, with their history, and as people wrote them out where that is
given (`manual_rewrite`); which share of the gap between the first and the last is closed, with an interval of 95 %
over 2,000 resamplings of whole conversations. Of a collection of complete questions: R@1 alone, after another question
and its passage from anywhere, and after the one before it in its file, which is mostly about the same article.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from benchmarks.beir import Opened, no_bars, opened
from benchmarks.kept import CACHE
from briefbot.answering import search
from briefbot.evaluation.asking import foreseeing
from briefbot.evaluation.rows import json_rows
from briefbot.model import Question, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.answering import Library

Numbers = npt.NDArray[np.float64]
_RESAMPLED = 2_000
_COMPLETE = 2_000  # questions of a collection, chosen by chance


def found(text: str, history: Sequence[str], relevant: frozenset[str], place: Opened, library: Library) -> list[float]:
    """Return nDCG@10, and whether a relevant entry stands first and among the first ten."""
    rows = search(Question(text, Scope.everything(), history=tuple(history)), library).ranked.hits.rows
    entries = list(dict.fromkeys(place.ids[library.generation.place(int(row))[0]] for row in rows[:40]))[:10]
    gains = [1 / np.log2(rank + 2) for rank, entry in enumerate(entries) if entry in relevant]
    best = sum(1 / np.log2(rank + 2) for rank in range(min(10, len(relevant))))
    return [sum(gains) / best, float(entries[0] in relevant), float(bool(gains))]


def conversations(folder: Path) -> None:
    """Print what the history does for the questions of a collection of conversations."""
    rewritten = {row["_id"]: row.get("manual_rewrite") for _, row in json_rows(folder / "queries.jsonl")}
    with opened(folder, CACHE / folder.name) as place:
        asked = [query for query in place.collection.queries if place.collection.relevant(query)]
        written = [rewritten[query.id] or query.text for query in asked]
        library = foreseeing(place.library, [*written, *(query.text for query in asked)], no_bars)
        figures: dict[str, Numbers] = {}
        for name, texts, heard in (("alone", None, False), ("with history", None, True), ("rewritten", written, False)):
            rows = zip(asked, texts or [query.text for query in asked], strict=True)
            figures[name] = np.array(
                [
                    found(text, query.history if heard else (), place.collection.relevant(query), place, library)
                    for query, text in rows
                ]
            )
    for name, values in figures.items():
        print(
            f"{folder.name:20} {name:14} nDCG@10 {values[:, 0].mean():.3f}, R@1 {values[:, 1].mean():.3f}, "
            f"one of ten {values[:, 2].mean():.3f}"
        )
    if any(rewritten.values()):
        whose = [query.id.rpartition("_")[0] for query in asked]
        for column, measure in enumerate(("nDCG@10", "R@1", "one of ten")):
            print(f"{'':20} {measure}: {_closed([values[:, column] for values in figures.values()], whose)}")


def _closed(figures: Sequence[Numbers], whose: Sequence[str]) -> str:
    """Return which share of the gap between the first and the last is closed by the second."""
    turns = {name: np.flatnonzero(np.array(whose) == name) for name in dict.fromkeys(whose)}
    chance, names, shares = np.random.default_rng(1), list(turns), []
    for _ in range(_RESAMPLED):
        rows = np.concatenate([turns[names[i]] for i in chance.integers(len(names), size=len(names))])
        alone, heard, written = (values[rows].mean() for values in figures)
        if abs(written - alone) > 0.005:  # a share of no gap says nothing
            shares.append((heard - alone) / (written - alone))
    alone, heard, written = (values.mean() for values in figures)
    low, high = np.quantile(shares, [0.025, 0.975])
    share = (heard - alone) / (written - alone)
    return f"{alone:.3f} -> {heard:.3f} of {written:.3f}, {share:.0%} of the gap [{low:.0%}, {high:.0%}]"


def complete(folder: Path) -> None:
    """Print what a history does to questions that need none."""
    with opened(folder, CACHE / folder.name) as place:
        asked = [query for query in place.collection.queries if place.collection.relevant(query)]
        texts = {entry.id: entry.text for entry in place.collection.entries}
        chance = random.Random(1)
        chosen = sorted(chance.sample(range(1, len(asked)), min(_COMPLETE, len(asked) - 1)))
        library = foreseeing(place.library, [asked[i].text for i in chosen], no_bars)
        figures = []
        for others in (None, [chance.randrange(len(asked)) for _ in chosen], [i - 1 for i in chosen]):
            right = 0.0
            for place_in, i in enumerate(chosen):
                relevant = place.collection.relevant(asked[i])
                other = None if others is None else asked[others[place_in]]
                history = (other.text, texts[min(place.collection.relevant(other))]) if other else ()
                right += found(asked[i].text, history, relevant, place, library)[1]
            figures.append(right / len(chosen))
    alone, anywhere, before = figures
    print(
        f"{folder.name:20} R@1 alone {alone:.4f}, after another question {anywhere - alone:+.4f}, "
        f"after the one before it {before - alone:+.4f}"
    )


def main() -> None:
    """Print the figures of all collections."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("conversations", nargs="*", type=Path)
    parser.add_argument("--complete", nargs="*", default=[], type=Path)
    options = parser.parse_args()
    for folder in options.conversations:
        conversations(folder)
    for folder in options.complete:
        complete(folder)


if __name__ == "__main__":
    main()
