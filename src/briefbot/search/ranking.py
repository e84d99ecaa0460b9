"""From a query to ranked passages: candidates of every source, one fused score each.

The fusion is a weighted sum of scaled scores, which was measured to beat rank fusion on every development set. This
module knows scores; it refuses to know where they come from.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefbot.model import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from briefbot.index.vectors import Rows
    from briefbot.search.sources import Matches, Query, Source

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
    hits = _hits(rows, matches)
    return Ranked(tuple(_in_order(hits, place)), matches)


def _distinct(rows: Rows) -> Rows:
    """Return the rows in order, each once, without the masked arrays that `np.unique` would load at a cold start."""
    ordered = np.sort(rows)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _hits(rows: Rows, matches: Mapping[str, Matches]) -> list[Hit]:
    features = {name: match.scores(rows) for name, match in matches.items()}
    fused = sum((WEIGHTS[name] * scores for name, scores in features.items()), np.zeros(len(rows)))
    each = zip(*(scores.tolist() for scores in features.values()), strict=True)
    return [
        Hit(row, score, dict(zip(features, values, strict=True)))
        for row, score, values in zip(rows.tolist(), fused.tolist(), each, strict=True)
    ]


def _in_order(hits: Sequence[Hit], place: Callable[[int], object]) -> list[Hit]:
    times = Counter(hit.score for hit in hits)
    tied = {score for score, count in times.items() if count > 1}
    return sorted(hits, key=lambda hit: (-hit.score, place(hit.row) if hit.score in tied else ()))
