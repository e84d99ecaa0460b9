"""Where candidates come from and what they are scored by: dense vectors and lexical terms.

A source looks at the passages that a query allows and at no other. It nominates candidates, and scores any passage, so
that a candidate of one source has a score from all of them. A feature that only scores is a source that nominates none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from briefbot.index.generation import Generation, Visible
    from briefbot.index.postings import Counts
    from briefbot.index.vectors import Mask, Rows, Vectors

Scores = npt.NDArray[np.float64]

_K1, _B = 1.2, 0.75  # BM25's usual saturation and length normalisation
_FREQUENT = 4_096  # rows; how many visible ones hold a term is remembered from here on
_CAUTION = 1 + 1e-9  # sums in another order differ in their last digits


@dataclass(frozen=True, slots=True)
class Pieces:
    """A question's word pieces: a vector of length 1 for each (n × width), and the terms of the word it belongs to.

    `known` tells from 0 to 1 how well the model knows the question's words.
    """

    vectors: Vectors
    terms: tuple[tuple[str, ...], ...]
    known: float


NO_PIECES = Pieces(np.empty((0, 0), np.float32), (), 1.0)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the sources need it: its vector, its distinct terms, and the rows it may be answered from.

    `visible` are all that the asker may see, also what the filters leave out: terms are weighed by these, so that an
    answer tells nothing of what is hidden. A term in `shares` is a guess, and counts for that share of its worth.
    """

    vector: Vectors
    terms: tuple[str, ...]
    allowed: Mask
    visible: Visible
    shares: Mapping[str, float] = field(default_factory=dict)
    pieces: Pieces = NO_PIECES


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


@dataclass(frozen=True, slots=True)
class _Held:
    """The postings of one term: for each segment its first row, the rows in it that hold the term, and how often."""

    parts: tuple[tuple[int, Counts, Counts], ...]

    @property
    def count(self) -> int:
        """How many rows hold the term."""
        return sum(len(rows) for _, rows, _ in self.parts)

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of the generation that hold the term."""
        return (rows.astype(np.int64) + start for start, rows, _ in self.parts)


@dataclass(frozen=True, slots=True)
class _Located:
    """Some rows of a generation: for each segment the places of those in it, and their rows there."""

    count: int
    parts: tuple[tuple[Rows, Counts], ...]


class LexicalMatches:
    """The passages by BM25 for one question.

    All passages that hold one of the rarer terms are scored at once. Of the terms that very many hold, those worth most
    come first: once what the others are worth together cannot lift a passage that holds none so far above those found,
    only these are scored on. So a word that stands everywhere is looked up for some passages, and not scored for all.
    """

    def __init__(self, generation: Generation, query: Query) -> None:
        self._query = query
        self._lengths = [(start, segment.postings.lengths) for start, segment in generation.parted()]
        visible = query.visible
        self._average = visible.terms / visible.count if visible.count else 1.0
        self._held = {term: _held(generation, term) for term in query.terms}
        shares = query.shares
        self.worth = {
            term: self._inverse_frequency(term, it) * shares.get(term, 1.0) for term, it in self._held.items()
        }
        often = (term for term, held in self._held.items() if held.count > _FREQUENT)
        self._often = sorted(often, key=self.worth.__getitem__, reverse=True)

    def candidates(self, n: int) -> Rows:
        """Return the rows with the highest BM25 above zero."""
        found = self._by_rare * self._query.allowed
        rows = np.flatnonzero(found)
        left = sum(self.worth[term] for term in self._often)
        for term in self._often:
            if len(rows) > n:
                rows = _within_reach(rows, found[rows], n, left)
            if len(rows) >= n and _nth(found[rows], n) > left * _CAUTION:
                found[rows] += self._scores(term, self._located(rows))
            else:
                rows = np.concatenate([rows, *self._scored_all(term, found)])
            left -= self.worth[term]
        if len(rows) <= n:
            return rows
        return rows[np.argpartition(-found[rows], n - 1)[:n]]

    def scores(self, rows: Rows) -> Scores:
        """Return the BM25 scores as parts of the best."""
        return _parts_of_best(self.totals(rows))

    def totals(self, rows: Rows) -> Scores:
        """Return the BM25 scores as they are."""
        scores = self._by_rare[rows]
        if self._often:
            located = self._located(rows)
            scores += sum(self._scores(term, located) for term in self._often)
        return scores

    @cached_property
    def _by_rare(self) -> Scores:
        """The score of every row by the terms that are not frequent."""
        rows, scores = [np.empty(0, np.int64)], [np.empty(0)]
        for term in (term for term in self._held if term not in self._often):
            for (start, here, frequencies), (_, lengths) in zip(self._held[term].parts, self._lengths, strict=True):
                rows.append(here.astype(np.int64) + start)
                scores.append(self._saturated(term, frequencies, lengths[here]))
        size = len(self._query.allowed)
        return np.asarray(np.bincount(np.concatenate(rows), np.concatenate(scores), size), np.float64)

    def coverages(self, rows: Rows) -> Scores:
        """Return for each row which share of the question's terms, weighed by their worth, the passage holds."""
        shares, located = np.zeros(len(rows)), self._located(rows)
        total = sum(self.worth.values())
        for term, worth in self.worth.items():
            for (_, holding, _), (here, local) in zip(self._held[term].parts, located.parts, strict=True):
                shares[here[_places_in(holding, local)[0]]] += worth / total
        return shares

    def _inverse_frequency(self, term: str, held: _Held) -> float:
        visible = self._query.visible
        count = visible.holding.get(term)
        if count is None:
            count = held.count if visible.whole else sum(int(np.count_nonzero(visible.rows[r])) for r in held.rows())
            if held.count > _FREQUENT:
                visible.holding[term] = count
        return inverse_frequency(count, visible.count)

    def _scored_all(self, term: str, found: Scores) -> Iterator[Rows]:
        """Add a term's scores to `found`, for all allowed rows that hold it; yield those that had none before."""
        for (start, rows, frequencies), (_, lengths) in zip(self._held[term].parts, self._lengths, strict=True):
            here = rows.astype(np.int64) + start
            allowed = self._query.allowed[here]
            new = here[allowed & (found[here] == 0)]
            scores = self._saturated(term, frequencies, lengths[rows])
            found[here] += np.where(allowed, scores, 0.0)
            yield new

    def _located(self, wanted: Rows) -> _Located:
        """Return for each segment which of the rows stand in it, and their rows there."""
        parts = []
        for start, lengths in self._lengths:
            here = np.flatnonzero((wanted >= start) & (wanted < start + len(lengths)))
            parts.append((here, (wanted[here] - start).astype(np.uint32)))
        return _Located(len(wanted), tuple(parts))

    def _scores(self, term: str, wanted: _Located) -> Scores:
        """Return what a term adds to the score of each of some rows."""
        scores = np.zeros(wanted.count)
        parts = zip(self._held[term].parts, self._lengths, wanted.parts, strict=True)
        for (_, rows, frequencies), (_, lengths), (here, local) in parts:
            hits, places = _places_in(rows, local)
            scores[here[hits]] = self._saturated(term, frequencies[places], lengths[local[hits]])
        return scores

    def _saturated(self, term: str, frequencies: Counts, lengths: Counts) -> Scores:
        length_norm = _K1 * (1 - _B + _B * lengths / self._average)
        scores: Scores = self.worth[term] * frequencies / (frequencies + length_norm)
        return scores


def _places_in(ordered: Counts, wanted: Counts) -> tuple[Rows, Rows]:
    """Return which of the wanted rows are among those in order, and their places there."""
    if len(ordered) == 0 or len(wanted) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    hits = np.flatnonzero(ordered[places] == wanted)
    return hits, places[hits]


def inverse_frequency(count: int, total: int) -> float:
    """Return what a term is worth that `count` of `total` passages hold, as Lucene's BM25 has it."""
    return float(np.log1p((total - count + 0.5) / (count + 0.5)))


def _held(generation: Generation, term: str) -> _Held:
    return _Held(tuple((start, *segment.postings.of(term)) for start, segment in generation.parted()))


def _within_reach(rows: Rows, found: Scores, n: int, left: float) -> Rows:
    """Return the rows that may still be among the best `n`, where each can gain up to `left`."""
    return rows[found * _CAUTION >= _nth(found, n) - left]


def _nth(scores: Scores, n: int) -> float:
    return float(np.partition(scores, len(scores) - n)[len(scores) - n])


def _parts_of_best(scores: Scores) -> Scores:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores
