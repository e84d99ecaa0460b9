"""Where candidates come from and what they are scored by: dense vectors and lexical terms.

A source looks at the passages that a query allows and at no other. It nominates candidates, and scores any passage, so
that a candidate of one source has a score from all of them. A feature that only scores is a source that nominates none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.index.generation import Generation
    from briefbot.index.vectors import Mask, Rows, Vectors

Scores = npt.NDArray[np.float64]

_K1, _B = 1.2, 0.75  # BM25's usual saturation and length normalisation


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the sources need it: its vector, its distinct terms, and the rows it may be answered from.

    `visible` are all that the asker may see, also what the filters leave out: terms are weighed by these, so that an
    answer tells nothing of what is hidden.
    """

    vector: Vectors
    terms: tuple[str, ...]
    allowed: Mask
    visible: Mask


class Matches(Protocol):
    """What one source makes of one query."""

    def candidates(self, n: int) -> Rows:
        """Return the rows of the up to `n` best allowed passages."""
        ...

    def scores(self, rows: Rows) -> Scores:
        """Return the score of each row, scaled so that the best of them has 1 at most."""
        ...


class Source(Protocol):
    """A way to find passages; `name` is what its score is called."""

    @property
    def name(self) -> str:
        """What the source's score is called."""
        ...

    def match(self, query: Query) -> Matches:
        """Return what this source makes of a query."""
        ...


@dataclass(frozen=True, slots=True)
class DenseSource:
    """Passages whose vector is near the question's."""

    generation: Generation
    name: str = "dense"

    def match(self, query: Query) -> DenseMatches:
        """Return the passages by cosine."""
        return DenseMatches(self.generation, query)


@dataclass(frozen=True, slots=True)
class DenseMatches:
    """The passages by cosine to one question."""

    generation: Generation
    query: Query

    def candidates(self, n: int) -> Rows:
        """Return the rows with the highest cosine."""
        scores, rows = [np.empty(0, np.float32)], [np.empty(0, np.int64)]
        for start, segment in self.generation.parted():
            allowed = self.query.allowed[start : start + segment.entry.passages]
            found, local = segment.vectors.search(self.query.vector, n, None if allowed.all() else allowed)
            scores.append(found)
            rows.append(local + start)
        best = np.argsort(-np.concatenate(scores), kind="stable")[:n]
        return np.concatenate(rows)[best]

    def scores(self, rows: Rows) -> Scores:
        """Return the cosines, moved to start at 0, as parts of the best."""
        moved = self.cosines(rows) + 1
        return _parts_of_best(moved)

    def cosines(self, rows: Rows) -> Scores:
        """Return the cosine of each row's passage and the question."""
        found = np.zeros(len(rows))
        for start, segment in self.generation.parted():
            here = (rows >= start) & (rows < start + segment.entry.passages)
            if here.any():
                found[here] = segment.vectors.scores(self.query.vector, rows[here] - start)
        return found


@dataclass(frozen=True, slots=True)
class LexicalSource:
    """Passages that hold the question's terms, by BM25 as Lucene computes it."""

    generation: Generation
    name: str = "lexical"

    def match(self, query: Query) -> LexicalMatches:
        """Return the passages by BM25."""
        return LexicalMatches(self.generation, query)


class LexicalMatches:
    """The passages by BM25 for one question; every term's postings are read once."""

    def __init__(self, generation: Generation, query: Query) -> None:
        self._query = query
        lengths = _joined(segment.postings.lengths for segment in generation.segments)
        self._held = {term: _postings(generation, term) for term in query.terms}
        self.worth = {term: self._inverse_frequency(rows) for term, (rows, _) in self._held.items()}
        self._all = self._scored(lengths)

    def candidates(self, n: int) -> Rows:
        """Return the rows with the highest BM25 above zero."""
        scores = np.where(self._query.allowed, self._all, 0.0)
        count = min(n, int(np.count_nonzero(scores)))
        if count == 0:
            return np.empty(0, np.int64)
        return np.argpartition(-scores, count - 1)[:count].astype(np.int64)

    def scores(self, rows: Rows) -> Scores:
        """Return the BM25 scores as parts of the best."""
        return _parts_of_best(self._all[rows])

    def coverage(self, row: int) -> float:
        """Return which share of the question's terms, weighed by their worth, the passage holds."""
        total = sum(self.worth.values())
        held = sum(worth for term, worth in self.worth.items() if _holds(self._held[term][0], row))
        return held / total if total else 0.0

    def _inverse_frequency(self, rows: Rows) -> float:
        visible = self._query.visible
        held = int(np.count_nonzero(visible[rows]))
        return float(np.log1p((np.count_nonzero(visible) - held + 0.5) / (held + 0.5)))

    def _scored(self, lengths: npt.NDArray[np.uint32]) -> Scores:
        visible = self._query.visible
        average = float(lengths[visible].mean()) if visible.any() else 1.0
        scores = np.zeros(len(lengths))
        for term, (rows, frequencies) in self._held.items():
            length_norm = _K1 * (1 - _B + _B * lengths[rows] / average)
            scores[rows] += self.worth[term] * frequencies / (frequencies + length_norm)
        return scores


def _postings(generation: Generation, term: str) -> tuple[Rows, npt.NDArray[np.uint32]]:
    found = [(start, *segment.postings.of(term)) for start, segment in generation.parted()]
    rows = _joined(rows.astype(np.int64) + start for start, rows, _ in found).astype(np.int64)
    return rows, _joined(frequencies for _, _, frequencies in found)


def _joined(arrays: Iterator[npt.NDArray[np.generic]]) -> npt.NDArray[np.uint32]:
    return np.concatenate([np.empty(0, np.uint32), *arrays])


def _parts_of_best(scores: Scores) -> Scores:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores


def _holds(rows: Rows, row: int) -> bool:
    place = int(np.searchsorted(rows, row))
    return place < len(rows) and int(rows[place]) == row
