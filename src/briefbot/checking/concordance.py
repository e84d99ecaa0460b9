"""Every word of the documents in its place, and all places sorted by the words that follow: where does this text stand?

A concordance is a handful of arrays: fixed-width columns, and blobs of text with their ends, so that it can be kept as
an immutable part of an index and mapped. It holds no text that could be shown and no quotation, only where they are:
rows are the numbers of the quotations it was built from. It finds by keys, so what it finds is still to be compared
word by word. This module refuses to know verdicts.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from briefbot.checking.folding import form, key, places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefbot.model import Quotation, Scope

RECIPE = 1  # raised whenever the same texts begin to yield other columns, so that older ones are built again
DEPTH = 8  # words by which places are sorted; a power of two
BETWEEN = 0  # stands between the words of two documents, and follows the last; no word has this number
UNKNOWN = -1  # the number of a word that no document has

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.uint32]
WordNumbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Concordance:
    """The columns: what stands in place p, and where.

    `words[p]` is the number of a word, `starts[p]` where it begins in its document. `order` is all places, sorted by
    the `DEPTH` words from there on, so that those of word w are in the rows `ranges[w]` to `ranges[w + 1]`. Document d
    has the places from `firsts[d]` to `firsts[d + 1]`, of which the last is empty. The keys of words (number 1 is the
    first) are UTF-8 in sorted order, the names of documents in the given one. Quotations are sorted by place, from
    `quoted_firsts` to `quoted_lasts` (not included), and `rows` are the numbers that they were given with.
    """

    words: WordNumbers
    starts: Numbers
    order: Numbers
    ranges: Numbers
    keys: Bytes
    key_ends: Numbers
    firsts: Numbers
    names: Bytes
    name_ends: Numbers
    quoted_firsts: Numbers
    quoted_lasts: Numbers
    rows: Numbers

    @classmethod
    def of(cls, texts: Iterable[tuple[str, str]], quotations: Sequence[Quotation]) -> Concordance:
        """Build a concordance of documents, each with its name, and of quotations in these."""
        return _built(texts, quotations)

    @property
    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The columns by their names; ``Concordance(**columns)`` is the concordance again, also of mapped ones."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def nbytes(self) -> int:
        """How many bytes the columns have."""
        return sum(column.nbytes for column in self.columns.values())

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.firsts) - 1

    def name(self, document: int) -> str:
        """Return the name of a document."""
        return _text(self.names, self.name_ends, document).decode()

    def number(self, word_form: str) -> int:
        """Return the number of a word, by its form, or `UNKNOWN`."""
        wanted = _encoded(key(word_form))
        found = bisect_left(range(len(self.key_ends) - 1), wanted, key=lambda i: _text(self.keys, self.key_ends, i))
        if found < len(self.key_ends) - 1 and _text(self.keys, self.key_ends, found) == wanted:
            return found + 1
        return UNKNOWN

    def having(self, word: int) -> tuple[int, int]:
        """Return from where to where in `order` the places with a word are."""
        return (0, 0) if word <= BETWEEN else (int(self.ranges[word]), int(self.ranges[word + 1]))

    def narrowed(self, low: int, high: int, depth: int, word: int) -> tuple[int, int]:
        """Return from where to where in `order`, of places with the same `depth` first words, `word` comes next."""
        order, words = self.order, self.words

        def following(row: int) -> int:
            return int(words[order[row] + depth])

        first = bisect_left(range(high), word, low, high, key=following)
        return first, bisect_right(range(high), word, first, high, key=following)

    def document_of(self, place: int) -> int:
        """Return the number of the document that a place is in."""
        return int(np.searchsorted(self.firsts, place, "right")) - 1

    def last_of(self, document: int) -> int:
        """Return the empty place after the last word of a document."""
        return int(self.firsts[document + 1]) - 1

    def visible(self, scope: Scope) -> npt.NDArray[np.bool_]:
        """Tell for each document whether it may be seen."""
        if scope.names is None:
            return np.ones(self.documents, bool)
        return np.array([scope.allows(self.name(i)) for i in range(self.documents)], bool)

    def quotations_in(self, visible: npt.NDArray[np.bool_]) -> int:
        """Count the quotations of documents that may be seen."""
        counts = np.diff(np.searchsorted(self.quoted_firsts, self.firsts))
        return int(counts[visible].sum())

    def quoted(self, document: int) -> list[int]:
        """Return the rows of the quotations in a document, by where they begin."""
        low, high = np.searchsorted(self.quoted_firsts, self.firsts[document : document + 2])
        return [int(row) for row in self.rows[low:high]]

    def are_quotations(self, found: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.bool_]:
        """Tell for each place whether so many words from there on are a whole quotation."""
        if not len(self.rows):
            return np.zeros(len(found), bool)
        first = np.minimum(np.searchsorted(self.quoted_firsts, found), len(self.rows) - 1)
        begun, ended = self.quoted_firsts[first] == found, self.quoted_lasts[first] == found + length
        whole: npt.NDArray[np.bool_] = begun & ended
        return whole

    def in_quotations(self, found: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Tell for each place whether the last quotation that begins there or before reaches it."""
        if not len(self.rows):
            return np.zeros(len(found), bool)
        last = np.searchsorted(self.quoted_firsts, found, "right") - 1
        inside: npt.NDArray[np.bool_] = (last >= 0) & (self.quoted_lasts[last] > found)
        return inside


def _built(texts: Iterable[tuple[str, str]], quotations: Sequence[Quotation]) -> Concordance:
    numbers: dict[str, int] = {}
    found, starts, firsts, names = array("i"), array("I"), array("Q", [0]), []
    for name, text in texts:
        names.append(name)
        for start, end in places(text):
            found.append(_number(text[start:end], numbers))
            starts.append(start)
        found.append(BETWEEN)
        starts.append(len(text))
        firsts.append(len(found))
    keys, words = _by_key(numbers, np.frombuffer(found, np.int32) if found else np.zeros(0, np.int32))
    where = np.array(starts, np.uint32)
    counts = np.bincount(words, minlength=len(keys) + 1)
    quoted = _quoted(quotations, names, np.array(firsts, np.int64), where)
    return Concordance(
        np.append(words, np.zeros(DEPTH, np.int32)),
        where,
        _sorted_places(words),
        np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        *_blob(keys),
        np.array(firsts, np.uint32),
        *_blob([_encoded(name) for name in names]),
        *quoted,
    )


def _number(word: str, numbers: dict[str, int]) -> int:
    """Return the number of a word; `numbers` holds forms as written too, so that each is folded once."""
    found = numbers.get(word)
    if found is None:
        found = numbers[word] = _number_of_key(key(form(word)), numbers)
    return found


def _number_of_key(word_key: str, numbers: dict[str, int]) -> int:
    found = numbers.get(f"\0{word_key}")  # apart from the words as written: no word has this sign
    if found is None:
        found = numbers[f"\0{word_key}"] = len(numbers) + 1
    return found


def _by_key(numbers: dict[str, int], words: WordNumbers) -> tuple[list[bytes], WordNumbers]:
    """Return the keys in order, and the words numbered in that order from 1."""
    keys = sorted((_encoded(word[1:]), number) for word, number in numbers.items() if word.startswith("\0"))
    ranks = np.zeros(max(numbers.values(), default=0) + 1, np.int32)
    ranks[[number for _, number in keys]] = np.arange(1, len(keys) + 1)
    renumbered: WordNumbers = ranks[words]
    return [word for word, _ in keys], renumbered


def _sorted_places(words: WordNumbers) -> Numbers:
    """Return all places sorted by the `DEPTH` words from there on: by one, then two, four, eight at a time."""
    ranks = words.astype(np.int64)
    order = np.argsort(ranks, kind="stable")
    step = 1
    while step < DEPTH and len(ranks):
        following = np.zeros_like(ranks)
        following[:-step] = ranks[step:]
        pairs = ranks * (int(ranks.max()) + 1) + following
        order = np.argsort(pairs, kind="stable")
        changes = np.diff(pairs[order], prepend=pairs[order[0]]) != 0
        ranks[order] = np.cumsum(changes)
        step *= 2
    return order.astype(np.uint32)


def _quoted(
    quotations: Sequence[Quotation], names: Sequence[str], firsts: npt.NDArray[np.int64], starts: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the places of quotations and the rows that they were given in, sorted by place."""
    owners = {name: i for i, name in enumerate(names)}
    begins, ends = np.zeros(len(quotations), np.uint32), np.zeros(len(quotations), np.uint32)
    for row, quotation in enumerate(quotations):
        first = int(firsts[owners[quotation.document]])
        of_document = starts[first : int(firsts[owners[quotation.document] + 1]) - 1]
        begins[row], ends[row] = first + np.searchsorted(of_document, (quotation.span.start, quotation.span.end))
    order = np.argsort(begins, kind="stable")
    return begins[order], ends[order], order.astype(np.uint32)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _blob(texts: Sequence[bytes]) -> tuple[Bytes, Numbers]:
    ends = np.concatenate(([0], np.cumsum([len(text) for text in texts], dtype=np.int64))).astype(np.uint32)
    return np.frombuffer(b"".join(texts), np.uint8), ends


def _text(blob: Bytes, ends: Numbers, i: int) -> bytes:
    return blob[int(ends[i]) : int(ends[i + 1])].tobytes()
