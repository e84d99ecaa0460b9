"""From a query to ranked passages: candidates of every source, one fused score each.

The fusion is a weighted sum of scaled scores, which was measured to beat rank fusion on every development set. This
module knows scores; it refuses to know where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefbot.model import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from briefbot.index.vectors import Rows
    from briefbot.search.sources import Matches, Query, Scores, Source

CANDIDATES = 100
WEIGHTS: Mapping[str, float] = {"dense": 0.7, "lexical": 0.3}


@dataclass(frozen=True, slots=True)
class Ranked:
    """The hits of a query, best first, and what each source made of it."""

    hits: tuple[Hit, ...]
    matches: Mapping[str, Matches]


def rank(query: Query, sources: Sequence[Source], place: Callable[[int], object]) -> Ranked:
    """Return all candidates, best first; equal scores stand in the order of `place`, which orders rows by document."""
    matches = {source.name: source.match(query) for source in sources}
    nominated = [match.candidates(CANDIDATES) for match in matches.values()]
    rows = _distinct(np.concatenate([np.empty(0, np.int64), *nominated]))
    return Ranked(tuple(_hits(rows, matches, place)), matches)


def _distinct(rows: Rows) -> Rows:
    """Return the rows in order, each once, without the masked arrays that `np.unique` would load at a cold start."""
    ordered = np.sort(rows)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _hits(rows: Rows, matches: Mapping[str, Matches], place: Callable[[int], object]) -> list[Hit]:
    features = {name: match.scores(rows) for name, match in matches.items()}
    fused = sum((WEIGHTS[name] * scores for name, scores in features.items()), np.zeros(len(rows)))
    order = _in_order(rows, fused, place)
    each = zip(*(scores[order].tolist() for scores in features.values()), strict=True)
    return [
        Hit(row, score, dict(zip(features, values, strict=True)))
        for row, score, values in zip(rows[order].tolist(), fused[order].tolist(), each, strict=True)
    ]


def _in_order(rows: Rows, fused: Scores, place: Callable[[int], object]) -> Rows:
    """Return where the scores stand, highest first; only where some are equal, their places are looked up."""
    order = np.argsort(-fused, kind="stable")
    descending = fused[order]
    tied = set(descending[1:][descending[1:] == descending[:-1]].tolist())
    if not tied:
        return order
    scores = fused.tolist()
    keys = [(-score, place(int(rows[i])) if score in tied else ()) for i, score in enumerate(scores)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
