"""How well a passage's words answer to a question's, word piece by word piece.

Each piece of the question looks for the piece of the passage that is nearest to it (late interaction: Khattab and
Zaharia, ColBERT, 2020). Long passages collect near pieces from everywhere, so what counts is the best stretch, of a few
lengths, and neighbours that meet neighbours. This module knows vectors and codes; it refuses to know where they come
from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefbot.codes import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.codes import Codes, Vectors
    from briefbot.index.vectors import Rows
    from briefbot.search.sources import Scores

BLOCK = 12  # pieces
STRETCHES = (1, 2, 3)  # blocks


@dataclass(frozen=True, slots=True)
class Interaction:
    """What some passages' pieces make of a question's: means of cosines, in which its pieces count by their weights.

    `stretches` take for each piece the nearest of a stretch, for the best stretch of each length. `pairs` takes two
    neighbours for the two neighbours of the passage that are nearest. A
    passage without pieces has 0, and so has one of a single piece for `pairs`.
    """

    stretches: tuple[Scores, ...]
    pairs: Scores


def interaction(pieces: Vectors, weights: Scores, codes: Sequence[Codes]) -> Interaction:
    """Compare a question's pieces (n × width), with one weight each, with the pieces of each passage."""
    lengths = np.array([len(one) for one in codes], np.int64)
    some = np.flatnonzero(lengths)
    if len(some) == 0 or weights.sum() <= 0:
        none = np.zeros(len(codes))
        return Interaction((none,) * len(STRETCHES), none)
    cosines = np.matmul(pieces, decoded(np.concatenate([one for one in codes if len(one)])).T)
    found = _of_all(cosines, weights, lengths[some])

    def spread(scores: Scores) -> Scores:
        every = np.zeros(len(codes))
        every[some] = scores
        return every

    return Interaction(tuple(map(spread, found.stretches)), spread(found.pairs))


def _of_all(cosines: Vectors, weights: Scores, lengths: Rows) -> Interaction:
    """Return what the cosines (pieces × pieces of all passages) are for passages of these lengths."""
    shares = weights / weights.sum()
    best, firsts = _best_of_blocks(cosines, lengths)
    stretches = tuple(np.maximum.reduceat(shares @ _joined(best, firsts, blocks), firsts) for blocks in STRETCHES)
    return Interaction(stretches, _pairs(cosines, weights, lengths))


def _best_of_blocks(cosines: Vectors, lengths: Rows) -> tuple[Vectors, Rows]:
    """Return the best cosine of each piece in each block (n × blocks), and where each passage's blocks begin."""
    counts = -(-lengths // BLOCK)
    firsts = np.cumsum(counts) - counts
    within = np.arange(int(counts.sum())) - np.repeat(firsts, counts)
    starts = np.repeat(np.cumsum(lengths) - lengths, counts) + BLOCK * within
    return np.maximum.reduceat(cosines, starts, axis=1), firsts


def _joined(best: Vectors, firsts: Rows, blocks: int) -> Vectors:
    """Return the best of each block and the ones after it, so many together, as far as they are the same passage's."""
    joined, count = best.copy(), best.shape[1]
    passage = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=count))
    for step in range(1, blocks):
        here = np.flatnonzero(passage[:-step] == passage[step:])
        joined[:, here] = np.maximum(joined[:, here], best[:, here + step])
    return joined


def _pairs(cosines: Vectors, weights: Scores, lengths: Rows) -> Scores:
    """Return the mean over neighbouring pieces, weighed by the geometric mean of their weights."""
    shares, ends = np.sqrt(weights[:-1] * weights[1:]), np.cumsum(lengths)
    if shares.sum() <= 0 or cosines.shape[1] < 2:
        return np.zeros(len(lengths))
    pairs = np.zeros((len(shares), cosines.shape[1]), np.float32)
    pairs[:, :-1] = (cosines[:-1, :-1] + cosines[1:, 1:]) / 2
    pairs[:, ends - 1] = -1.0  # the last of a passage has no neighbour
    best = np.maximum.reduceat(pairs, ends - lengths, axis=1)
    return np.where(lengths > 1, (shares / shares.sum()) @ best, 0.0)
