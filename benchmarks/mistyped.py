"""What one typing mistake in every question costs.

    python -m benchmarks.mistyped FOLDER... [--questions N] [--seed N]

Of questions that are chosen by chance: how many have a relevant entry among the first one and five, as they are and
with a mistake of `benchmarks/typos.py`.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.beir import Opened, no_bars, opened
from benchmarks.kept import CACHE
from benchmarks.typos import mistyped
from briefbot.answering import search
from briefbot.evaluation.asking import foreseeing
from briefbot.model import Question, Scope

if TYPE_CHECKING:
    from briefbot.answering import Library
    from briefbot.evaluation.beir import Query

_AT = (1, 5)
_ROWS = 60  # looked at: passages of the same entry count as one


def compared(place: Opened, questions: int, seed: int) -> tuple[list[float], list[float]]:
    """Return the recall at 1 and 5 of some questions as they are, and mistyped."""
    every = [query for query in place.collection.queries if place.collection.relevant(query)]
    chosen = random.Random(seed).sample(every, min(questions, len(every)))
    wrong = [mistyped(query.text, f"{seed} {query.id}") for query in chosen]
    library = foreseeing(place.library, [*wrong, *(query.text for query in chosen)], no_bars)
    right = [_found(query.text, query, place, library) for query in chosen]
    found = [_found(text, query, place, library) for text, query in zip(wrong, chosen, strict=True)]
    return np.mean(right, axis=0).tolist(), np.mean(found, axis=0).tolist()


def _found(text: str, query: Query, place: Opened, library: Library) -> list[bool]:
    rows = search(Question(text, Scope.everything()), library).ranked.hits.rows[:_ROWS]
    entries = list(dict.fromkeys(place.ids[library.generation.place(int(row))[0]] for row in rows))
    relevant = place.collection.relevant(query)
    return [not relevant.isdisjoint(entries[:at]) for at in _AT]


def main() -> None:
    """Print a line for each collection."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for folder in options.folders:
        with opened(folder, CACHE / folder.name) as place:
            right, wrong = compared(place, options.questions, options.seed)
        told = (f"R@{at} {one:.3f} -> {other:.3f}" for at, one, other in zip(_AT, right, wrong, strict=True))
        print(f"{folder.name:20} {', '.join(told)}: {100 * (right[1] - wrong[1]):.1f} points of R@5 lost")


if __name__ == "__main__":
    main()
