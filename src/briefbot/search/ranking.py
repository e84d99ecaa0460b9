"""From a query to ranked passages: candidates of every source, one fused score each.

The fusion is a weighted sum of scaled scores, which was measured to beat rank fusion on every development set. This
module knows scores; it refuses to know where they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

import numpy as np

from briefbot.model import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from briefbot.index.vectors import Rows
    from briefbot.search.sources import Matches, Query, Scores, Source

CANDIDATES = 100
WEIGHTS: Mapping[str, float] = {"dense": 0.7, "lexical": 0.3}


@dataclass(frozen=True, slots=True)
class Hits(Sequence[Hit]):
    """Hits, best first; each is made when asked for, since of some hundred candidates a few are looked at."""

    rows: Rows
    scores: Scores
    features: Mapping[str, Scores]

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Hit: ...

    @overload
    def __getitem__(self, place: slice) -> Hits: ...

    def __getitem__(self, place: int | slice) -> Hit | Hits:
        values = {name: scores[place] for name, scores in self.features.items()}
        if isinstance(place, slice):
            return Hits(self.rows[place], self.scores[place], values)
        return Hit(int(self.rows[place]), float(self.scores[place]), {name: float(it) for name, it in values.items()})


@dataclass(frozen=True, slots=True)
class Ranked:
    """The hits of a query, best first, what each source made of it, and what the hits' features were weighed with."""

    hits: Hits
    matches: Mapping[str, Matches]
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)


def rank(query: Query, sources: Sequence[Source], place: Callable[[int], object], depth: int = CANDIDATES) -> Ranked:
    """Return all candidates, `depth` of each source, best first.

    Equal scores stand in the order of `place`, which orders rows by document.
    """
    matches = {source.name: source.match(query) for source in sources}
    nominated = [match.candidates(depth) for match in matches.values()]
    rows = _distinct(np.concatenate([np.empty(0, np.int64), *nominated]))
    return Ranked(_hits(rows, matches, place), matches)


def _distinct(rows: Rows) -> Rows:
    """Return the rows in order, each once, without the masked arrays that `np.unique` would load at a cold start."""
    ordered = np.sort(rows)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _hits(rows: Rows, matches: Mapping[str, Matches], place: Callable[[int], object]) -> Hits:
    features = {name: match.scores(rows) for name, match in matches.items()}
    fused = sum((WEIGHTS[name] * scores for name, scores in features.items()), np.zeros(len(rows)))
    order = _in_order(rows, fused, place)
    return Hits(rows[order], fused[order], {name: scores[order] for name, scores in features.items()})


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
