"""How the vectors of a large segment are divided into cells, and how many of these have to be looked into.

Recall is measured while the cells are made: for vectors that are as far from all others as questions are, the ten
nearest of all are known, and so is how many cells have to be looked into to find them. Such a vector lies between two
of the index and is moved from there: about as many of its nearest are found as of a question's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefbot.index.vectors import Codes, Rows, Vectors, cell_chunks, trained_centroids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

RECALL = 0.99  # that the number of cells looked into is chosen for
_SAMPLED = 32  # vectors a cell, to find its centroid
_MOST = 4_096  # cells
_ASKED = 400  # vectors that recall is measured with
_NEAREST = 10
_APART = 1.0  # the length of what is added to them: their cosine to the nearest is then about 0.55, as a question's is
_GATHERED = 1 << 15  # vectors copied at once
_SEED = 7


@dataclass(frozen=True, slots=True)
class Cells:
    """The centroids, the cell of each row, how many cells are looked into, and the recall that this gives."""

    centroids: Vectors
    cell_of: Rows
    probes: int
    recall: float


def cells_for(codes: Callable[[], Iterable[Codes]], count: int, dimensions: int) -> Cells:
    """Divide `count` vectors into cells. `codes` gives them in pieces, once to train and once to place them."""
    number = min(_MOST, 1 << round(np.log2(2 * np.sqrt(count))))
    chance = np.random.default_rng(_SEED)
    sample = _chosen(codes(), np.sort(chance.choice(count, min(count, _SAMPLED * number), replace=False)), dimensions)
    centroids = trained_centroids(sample, number)
    asked = _as_questions(sample, chance)
    cell_of = np.empty(count, np.int64)
    best, nearest = np.empty((len(asked), 0), np.float32), np.empty((len(asked), 0), np.int64)
    start = 0
    for piece in codes():
        vectors, rows = piece.astype(np.float32), np.arange(start, start + len(piece))
        cell_of[rows] = np.argmax(vectors @ centroids.T, axis=1)
        best, nearest = _nearest(best, nearest, asked @ vectors.T, rows)
        start += len(piece)
    probes, recall = _looked_into(centroids, asked, cell_of[nearest])
    return Cells(centroids, cell_of, probes, recall)


def in_cells(cells: Cells, taken: Callable[[Rows], Codes]) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a dense part; `taken` gives the vectors of some rows."""
    sizes = np.bincount(cells.cell_of, minlength=len(cells.centroids))
    return cell_chunks(cells.centroids, cells.probes, _lists(cells, sizes, taken), sizes)


def _lists(cells: Cells, sizes: Rows, taken: Callable[[Rows], Codes]) -> Iterator[tuple[Codes, Rows]]:
    """Yield the vectors and rows of each cell; those of many small cells are copied at once."""
    order, ends = np.argsort(cells.cell_of, kind="stable"), np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        start = int(ends[first] - sizes[first])
        after = max(first + 1, int(np.searchsorted(ends, start + _GATHERED, "right")))
        rows = order[start : int(ends[after - 1])]
        codes, cuts = taken(rows), (ends[first : after - 1] - start).tolist()
        yield from zip(np.split(codes, cuts), np.split(rows, cuts), strict=True)
        first = after


def _chosen(codes: Iterable[Codes], rows: Rows, dimensions: int) -> Vectors:
    start, pieces = 0, [np.empty((0, dimensions), np.float32)]
    for piece in codes:
        first, last = np.searchsorted(rows, (start, start + len(piece)))
        pieces.append(piece[rows[first:last] - start].astype(np.float32))
        start += len(piece)
    return np.concatenate(pieces)


def _as_questions(vectors: Vectors, chance: np.random.Generator) -> Vectors:
    """Return vectors halfway between two of those given, moved."""
    some, others = chance.choice(len(vectors), (2, min(len(vectors), _ASKED)))
    noise = chance.standard_normal((len(some), vectors.shape[1]), np.float32) / np.sqrt(vectors.shape[1])
    between = _of_length_1(vectors[some] + vectors[others])
    return _of_length_1(between + np.float32(_APART) * noise.astype(np.float32))


def _of_length_1(vectors: Vectors) -> Vectors:
    scaled: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def _nearest(best: Vectors, nearest: Rows, scores: Vectors, rows: Rows) -> tuple[Vectors, Rows]:
    """Return the best scores so far and their rows, for each of the vectors asked."""
    joined = np.concatenate([best, scores], axis=1)
    known = np.concatenate([nearest, np.broadcast_to(rows, scores.shape)], axis=1)
    places = np.argpartition(-joined, min(_NEAREST, joined.shape[1]) - 1, axis=1)[:, :_NEAREST]
    return np.take_along_axis(joined, places, 1), np.take_along_axis(known, places, 1)


def _looked_into(centroids: Vectors, asked: Vectors, cells: Rows) -> tuple[int, float]:
    """Return how many cells are to be looked into, and which share of the nearest then is found."""
    order = np.argsort(-(asked @ centroids.T), axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), 1)
    needed = np.sort(np.take_along_axis(places, cells, 1).ravel()) + 1
    probes = int(needed[min(len(needed) - 1, int(np.ceil(RECALL * len(needed))))])
    return probes, float(round(np.mean(needed <= probes), 4))
