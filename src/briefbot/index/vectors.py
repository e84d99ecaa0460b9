"""The dense part: passage vectors in a FAISS index; the only door to faiss.

FAISS does not notice damage in its own files and trusts what they claim, so the bytes are verified first, only the
kind of index that is written here is accepted, and it must have the size that the manifest states.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
import numpy.typing as npt

from briefbot.errors import ForeignIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.index.parts import MappedPart

_EXACT = b"IxFI"  # IndexFlatIP: inner products, exact
Vectors = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def vector_chunks(vectors: Vectors) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a dense part for `vectors` (n × dimensions, each of length 1)."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    yield faiss.serialize_index(index).data


class DenseVectors:
    """The vectors of one segment, searched where they lie mapped."""

    def __init__(self, part: MappedPart, *, count: int, dimensions: int) -> None:
        self._part = part
        self._shape = (count, dimensions)

    def search(self, vector: Vectors, k: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        """Return the inner products and rows of the `k` nearest allowed passages, nearest first."""
        choice: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            choice["params"] = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        if self._shape[0] == 0:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        scores, rows = self._index.search(vector[None, :], min(k, self._shape[0]), **choice)
        found = rows[0] >= 0
        return scores[0][found], rows[0][found]

    def scores(self, vector: Vectors, rows: Rows) -> Scores:
        """Return the inner product of `vector` with each of the rows.

        Summed row by row: in a matrix product, equal vectors score differently beside others.
        """
        products: Scores = (self.rows(rows) * vector).sum(axis=1, dtype=np.float64)
        return products

    def rows(self, rows: Rows) -> Vectors:
        """Return copies of the vectors of the rows."""
        return np.asarray(self._index.reconstruct_batch(rows), np.float32).reshape(-1, self._shape[1])

    @cached_property
    def _index(self) -> Any:
        view = np.frombuffer(self._part.read(0, len(self._part)), np.uint8)
        if view[:4].tobytes() != _EXACT:
            raise ForeignIndex("The dense part of the index is of an unknown kind; run: briefbot build --full")
        index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size))
        if (index.ntotal, index.d) != self._shape:
            raise ForeignIndex("The dense part of the index has another size; run: briefbot build --full")
        return index
