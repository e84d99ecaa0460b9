"""The lexical part: which passages hold a term, how often, and how long each passage is.

Only counts are kept, never scores: what a term is worth depends on the whole index, so that segments can come and go
without counting anything again. This module refuses to know how terms are made and how they are weighed.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefbot.index.columns import Array, Columns, Stream, blob, ends_of

if TYPE_CHECKING:
    from collections.abc import Callable

_PIECE = 1 << 21  # postings that are in memory at once while they are copied
_APART = 128  # words between two that are remembered
_WORDS = 1 << 12  # read at once while words are compared
_LOOKED_THROUGH = 1 << 16  # words at once, for likely ones
_REMEMBERED = 256  # terms, with where their postings are: a question looks each of its own up more than once
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
    starts = ends_of(np.bincount(terms, minlength=len(vocabulary)))
    words, ends = blob(vocabulary)
    return {
        "words": words,
        "word_ends": ends,
        "starts": starts,
        "rows": rows[order],
        "frequencies": frequencies[order],
        "lengths": np.fromiter((len(terms) for terms in passages), np.uint32),
    }


def merged_postings(sources: Sequence[tuple[Postings, Array]]) -> dict[str, Array | Stream]:
    """Return the columns of a lexical part for the passages that are kept of several, in their order.

    Each source comes with a mask of its passages. Words that none of them holds any more are left out.
    """
    words, merged = _merged_words([postings for postings, _ in sources])
    counts = [postings.held(kept) for postings, kept in sources]
    held = np.zeros(len(words), np.int64)
    for places, some in zip(merged, counts, strict=True):
        held[places] += some
    ids = np.cumsum(held > 0) - 1
    ends = ends_of(held[held > 0])
    first_rows = ends_of(np.array([np.count_nonzero(kept) for _, kept in sources]), np.int64)
    parts = [
        _Share(postings, kept, ids[places], int(first))
        for (postings, kept), places, first in zip(sources, merged, first_rows[:-1], strict=True)
    ]
    data, word_ends = blob([word.decode("utf-8") for word, n in zip(words, held.tolist(), strict=True) if n])
    size = (int(ends[-1]),)
    return {
        "words": data,
        "word_ends": word_ends,
        "starts": ends,
        "rows": Stream(np.uint32, size, _joined(parts, ends, "rows")),
        "frequencies": Stream(np.uint32, size, _joined(parts, ends, "frequencies")),
        "lengths": np.concatenate([postings.lengths[kept] for postings, kept in sources]),
    }


def _merged_words(sources: Sequence[Postings]) -> tuple[list[bytes], list[Array]]:
    """Return all words in order, and for each source the place of each of its words among them."""
    found = [np.empty(len(postings.words), np.int64) for postings in sources]
    filled = [0] * len(sources)
    words: list[bytes] = []
    for word, source in heapq.merge(*(zip(p.words, repeat(i), strict=False) for i, p in enumerate(sources))):
        if not words or words[-1] != word:
            words.append(word)
        found[source][filled[source]] = len(words) - 1
        filled[source] += 1
    return words, found


@dataclass(frozen=True, slots=True)
class _Share:
    """What one source gives: `ids` has the new number of each of its words, `first` is the new row of its first."""

    postings: Postings
    kept: Array
    ids: Array
    first: int


def _joined(shares: Sequence[_Share], ends: Array, name: str) -> Iterator[Array]:
    """Yield one column of the merged postings, for some words at a time."""
    new_rows = [np.cumsum(share.kept) - 1 + share.first for share in shares]
    first = 0
    while first < len(ends) - 1:
        last = max(first + 1, int(np.searchsorted(ends, int(ends[first]) + _PIECE, "right")) - 1)
        out = np.empty(int(ends[last] - ends[first]), np.uint32)
        free = (ends[first:last] - ends[first]).astype(np.int64)
        for share, rows_anew in zip(shares, new_rows, strict=True):
            words = slice(*np.searchsorted(share.ids, (first, last)).tolist())
            rows, values, per_word = share.postings.between(words, share.kept, name)
            ids = share.ids[words] - first
            before = np.repeat(free[ids] - (np.cumsum(per_word) - per_word), per_word)
            out[before + np.arange(len(rows))] = rows_anew[rows] if name == "rows" else values
            np.add.at(free, ids, per_word)  # a word that is left out has the number of the one before
        yield out
        first = last


class Postings:
    """The terms of one segment's passages."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    @cached_property
    def lengths(self) -> Counts:
        """How many terms each passage has."""
        return self._columns.whole("lengths")

    def held(self, kept: Array) -> Array:
        """Return for each word how many of the kept passages hold it."""
        if kept.all():
            return np.diff(self._columns.whole("starts")).astype(np.int64)
        starts, counts = self._columns.whole("starts"), np.empty(len(self.words), np.int64)
        first = 0
        while first < len(counts):
            last = max(first + 1, int(np.searchsorted(starts, int(starts[first]) + _PIECE, "right")) - 1)
            counts[first:last] = self.between(slice(first, last), kept, "rows")[2]
            first = last
        return counts

    def between(self, words: slice, kept: Array, name: str) -> tuple[Array, Array, Array]:
        """Return the rows and one column of the postings of some words, and how many each of these has.

        Only those of passages that are kept.
        """
        starts = self._columns.slice("starts", words.start, words.stop + 1).astype(np.int64)
        rows = self._columns.slice("rows", int(starts[0]), int(starts[-1]))
        values = rows if name == "rows" else self._columns.slice(name, int(starts[0]), int(starts[-1]))
        chosen = kept[rows]
        counted = ends_of(chosen, np.int64)
        return rows[chosen], values[chosen], np.diff(counted[starts - starts[0]])

    def of(self, term: str) -> tuple[Counts, Counts]:
        """Return the rows that hold `term`, in order, and how often each does."""
        return self._remembered(term)

    @cached_property
    def _remembered(self) -> Callable[[str], tuple[Counts, Counts]]:
        return lru_cache(maxsize=_REMEMBERED)(partial(_postings_of, self._columns, self.words))  # no cycle through self

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
            found[slots[i]] += [self.words[terms[i]].decode("utf-8")] * int(frequencies[i])
        return found

    @cached_property
    def words(self) -> _Words:
        """The sorted vocabulary."""
        return _Words(self._columns)


def _postings_of(columns: Columns, words: _Words, term: str) -> tuple[Counts, Counts]:
    found = words.place(term.encode("utf-8"))
    if found is None:
        return np.empty(0, np.uint32), np.empty(0, np.uint32)
    start, end = (int(place) for place in columns.slice("starts", found, found + 2))
    return columns.slice("rows", start, end), columns.slice("frequencies", start, end)


class _Words(Sequence[bytes]):
    """The sorted vocabulary, read from the map as it is asked for."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._ends = columns.whole("word_ends")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self), _WORDS):
            yield from self._between(start, min(len(self), start + _WORDS))

    def place(self, word: bytes) -> int | None:
        """Return where a word stands, or None; every so many words are remembered, and those between read at once."""
        start = max(0, bisect_right(self._anchors, word) - 1) * _APART
        ends = self._ends[start : start + _APART + 1].tolist()
        data = self._columns.slice("words", ends[0], ends[-1]).tobytes()

        def at(i: int) -> bytes:
            return data[ends[i] - ends[0] : ends[i + 1] - ends[0]]

        place = bisect_left(range(len(ends) - 1), word, key=at)
        return start + place if place < len(ends) - 1 and at(place) == word else None

    def likely(self, word: str, strange: int, longest: int) -> Iterator[str]:
        """Yield the words of up to `longest` bytes that hold at most so many kinds of letters which `word` lacks.

        Letters that are near in Unicode may count as one kind, so that a word may be yielded that holds more of them.
        """
        kinds = np.left_shift(np.uint64(1), np.arange(256, dtype=np.uint64) & np.uint64(63))
        if word.isascii():
            kinds[128:] = 0  # of other alphabets, a letter has several bytes
        others = ~np.bitwise_or.reduce(kinds[list(word.encode("utf-8"))], initial=np.uint64(0))
        for first in range(0, len(self), _LOOKED_THROUGH):
            ends = self._ends[first : first + _LOOKED_THROUGH + 1].astype(np.int64)
            data = self._columns.slice("words", int(ends[0]), int(ends[-1]))
            ends -= ends[0]
            held = np.bitwise_or.reduceat(kinds[data], ends[:-1])
            chosen = np.flatnonzero((np.bitwise_count(held & others) <= strange) & (np.diff(ends) <= longest))
            text = data.tobytes()
            places = zip(ends[chosen].tolist(), ends[chosen + 1].tolist(), strict=True)
            yield from (text[start:end].decode("utf-8") for start, end in places)

    @cached_property
    def _anchors(self) -> list[bytes]:
        return [self[i] for i in range(0, len(self), _APART)]

    def _between(self, start: int, end: int) -> Iterator[bytes]:
        ends = self._ends[start : end + 1].tolist()
        data = self._columns.slice("words", ends[0], ends[-1]).tobytes()
        yield from (data[first - ends[0] : last - ends[0]] for first, last in pairwise(ends))

    def __getitem__(self, i: int) -> bytes:  # type: ignore[override]
        return self._columns.slice("words", int(self._ends[i]), int(self._ends[i + 1])).tobytes()
