"""The lexical part: which passages hold a term, how often, and how long each passage is.

Only counts are kept, never scores: what a term is worth depends on the whole index, so that segments can come and go
without counting anything again. This module refuses to know how terms are made and how they are weighed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from briefbot.index.columns import Array, Columns, blob

Counts = npt.NDArray[np.uint32]


def posting_columns(passages: Sequence[Sequence[str]]) -> dict[str, Array]:
    """Return the columns of a lexical part for the terms of each passage."""
    counts = [Counter(terms) for terms in passages]
    vocabulary = sorted({term for counter in counts for term in counter}, key=lambda term: term.encode("utf-8"))
    ids = {term: i for i, term in enumerate(vocabulary)}
    terms = np.fromiter((ids[term] for counter in counts for term in counter), np.uint32)
    rows = np.repeat(np.arange(len(counts), dtype=np.uint32), [len(counter) for counter in counts])
    frequencies = np.fromiter((n for counter in counts for n in counter.values()), np.uint32)
    order = np.argsort(terms, kind="stable")
    starts = np.zeros(len(vocabulary) + 1, np.uint64)
    np.cumsum(np.bincount(terms, minlength=len(vocabulary)), out=starts[1:])
    words, ends = blob(vocabulary)
    return {
        "words": words,
        "word_ends": ends,
        "starts": starts,
        "rows": rows[order],
        "frequencies": frequencies[order],
        "lengths": np.fromiter((len(terms) for terms in passages), np.uint32),
    }


class Postings:
    """The terms of one segment's passages."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    @cached_property
    def lengths(self) -> Counts:
        """How many terms each passage has."""
        return self._columns.whole("lengths")

    def of(self, term: str) -> tuple[Counts, Counts]:
        """Return the rows that hold `term`, in order, and how often each does."""
        found = bisect_left(self._words, term.encode("utf-8"))
        if found == len(self._words) or self._words[found] != term.encode("utf-8"):
            return np.empty(0, np.uint32), np.empty(0, np.uint32)
        start, end = (int(place) for place in self._columns.slice("starts", found, found + 2))
        return self._columns.slice("rows", start, end), self._columns.slice("frequencies", start, end)

    def terms_of(self, rows: Iterable[int]) -> list[list[str]]:
        """Return the terms of some rows, in no order, as often as each occurs: what they were made of."""
        wanted = np.fromiter(rows, np.uint32)
        slot = np.full(len(self.lengths), -1, np.int64)
        slot[wanted] = np.arange(len(wanted))
        starts = self._columns.whole("starts")
        terms = np.repeat(np.arange(len(starts) - 1), np.diff(starts).astype(np.int64))
        slots = slot[self._columns.whole("rows")]
        frequencies = self._columns.whole("frequencies")
        found: list[list[str]] = [[] for _ in wanted]
        for i in np.flatnonzero(slots >= 0):
            found[slots[i]] += [self._words[terms[i]].decode("utf-8")] * int(frequencies[i])
        return found

    @cached_property
    def _words(self) -> _Words:
        return _Words(self._columns)


class _Words(Sequence[bytes]):
    """The sorted vocabulary, read from the map as it is asked for."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._ends = columns.whole("word_ends")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, i: int) -> bytes:  # type: ignore[override]
        return self._columns.slice("words", int(self._ends[i]), int(self._ends[i + 1])).tobytes()
