"""The dense part: passage vectors as 16-bit floats in a FAISS index; the only door to faiss.

Up to `EXACT_UP_TO` passages are all compared with a question. More are divided into cells around centroids, and only
the cells nearest to the question are looked into: an inverted file. FAISS does not notice damage in its own files and
trusts what they claim, so the bytes are verified first, only the kinds that are written here are accepted, and they
must have the size that the manifest states.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
import numpy.typing as npt

from briefbot.errors import ForeignIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from briefbot.index.parts import MappedPart

EXACT_UP_TO = 200_000  # about 7 ms; where cells begin, they cost about a fifth of that
_SCAN_BELOW = 0.9  # of the passages allowed: the nearest of few may stand in any cell, so all of them are looked at
_EXACT, _CELLS = b"IxSQ", b"IwSq"  # IndexScalarQuantizer and IndexIVFScalarQuantizer
_NUMBERS = 8  # bytes of a number in a FAISS file
_COUNT_AT = slice(8, 16)  # where both kinds have the number of vectors
_NO_LISTS = 32  # bytes that tell of empty lists at the end of an IndexIVFScalarQuantizer
Vectors = npt.NDArray[np.float32]
Codes = npt.NDArray[np.float16]
Scores = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def exact_chunks(codes: Iterable[Codes], count: int, dimensions: int) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a dense part that compares everything; `codes` are `count` vectors in pieces.

    They are those that FAISS itself would write, without a copy of all vectors in memory.
    """
    empty = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    yield _head(empty, count)[:-_NUMBERS]
    yield _number(count * dimensions * 2)
    for piece in codes:
        yield _raw(piece)


def cell_chunks(
    centroids: Vectors, probes: int, lists: Iterable[tuple[Codes, Rows]], sizes: Rows
) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a dense part in cells: for each centroid the codes and rows of its list, `sizes` of them."""
    count, dimensions = centroids.shape
    around = faiss.IndexFlatIP(dimensions)
    around.add(centroids)
    kind = faiss.ScalarQuantizer.QT_fp16
    empty = faiss.IndexIVFScalarQuantizer(around, dimensions, count, kind, faiss.METRIC_INNER_PRODUCT, False)
    empty.is_trained, empty.nprobe = True, probes
    yield _head(empty, int(sizes.sum()))[:-_NO_LISTS]
    yield b"ilar" + _number(count) + _number(2 * dimensions) + b"full" + _number(count)
    yield _raw(sizes.astype(np.uint64))
    for codes, rows in lists:
        yield _raw(codes)
        yield _raw(rows.astype(np.int64))


def _head(empty: Any, count: int) -> bytes:
    data = bytearray(faiss.serialize_index(empty).data)
    data[_COUNT_AT] = _number(count)
    return bytes(data)


def _number(value: int) -> bytes:
    return value.to_bytes(_NUMBERS, "little")


def _raw(array: npt.NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def trained_centroids(sample: Vectors, count: int) -> Vectors:
    """Return `count` centroids of the vectors, the same every time."""
    clustering = faiss.Clustering(sample.shape[1], count)
    clustering.niter, clustering.seed, clustering.spherical = 8, 7, True
    clustering.min_points_per_centroid = 1
    clustering.train(np.ascontiguousarray(sample, np.float32), faiss.IndexFlatIP(sample.shape[1]))
    centroids: Vectors = faiss.vector_to_array(clustering.centroids).reshape(count, -1)
    return centroids


class DenseVectors:
    """The vectors of one segment, searched where they lie mapped."""

    def __init__(self, part: MappedPart, *, count: int, dimensions: int) -> None:
        self._part = part
        self._shape = (count, dimensions)

    def search(self, vector: Vectors, k: int, allowed: Mask | None) -> tuple[Vectors, Rows]:
        """Return the inner products and rows of the `k` nearest allowed passages, nearest first."""
        if self._shape[0] == 0:
            return np.empty(0, np.float32), np.empty(0, np.int64)
        choice: dict[str, Any] = {}
        if allowed is not None:
            choice["sel"] = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if self._in_cells:
            few = allowed is not None and np.count_nonzero(allowed) < _SCAN_BELOW * len(allowed)
            choice["nprobe"] = self._index.nlist if few else self._index.nprobe
        faiss.omp_set_num_threads(1)  # of this thread; others would only be waited for, as one question is not divided
        kind = faiss.SearchParametersIVF if self._in_cells else faiss.SearchParameters
        scores, rows = self._index.search(vector[None, :], min(k, self._shape[0]), params=kind(**choice))
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
        return self.codes(rows).astype(np.float32)

    def codes(self, rows: Rows) -> Codes:
        """Return copies of the vectors of the rows as they are kept; to 32 bits and back, they stay the same."""
        count, dimensions = self._shape
        if len(rows) == 0:
            return np.empty((0, dimensions), np.float16)
        view = self._bytes
        if not self._in_cells:
            whole: Codes = view[len(view) - 2 * count * dimensions :].view("<f2").reshape(count, dimensions)
            return whole[rows]
        windows = np.lib.stride_tricks.sliding_window_view(view, 2 * dimensions)
        return windows[self._places[rows]].view("<f2")

    @cached_property
    def _places(self) -> Rows:
        """The byte in the part at which each row's vector starts, where they stand in cells."""
        view, width = self._bytes, 2 * self._shape[1]
        sizes = np.array([self._index.get_list_size(i) for i in range(self._index.nlist)], np.int64)
        places = np.empty(self._shape[0], np.int64)
        start = len(view) - (width + _NUMBERS) * int(sizes.sum())
        for size in sizes.tolist():
            rows = view[start + size * width : start + size * (width + _NUMBERS)].view("<i8")
            places[rows] = start + np.arange(size) * width
            start += size * (width + _NUMBERS)
        return places

    @cached_property
    def _bytes(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self._part.read(0, len(self._part)), np.uint8)

    @cached_property
    def _in_cells(self) -> bool:
        kind = self._bytes[:4].tobytes()
        if kind not in (_EXACT, _CELLS):
            raise ForeignIndex("The dense part of the index is of an unknown kind; run: briefbot build --full")
        return kind == _CELLS

    @cached_property
    def _index(self) -> Any:
        view, in_cells = self._bytes, self._in_cells
        index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size))  # the codes stay mapped
        kind = faiss.IndexIVFScalarQuantizer if in_cells else faiss.IndexScalarQuantizer
        codes = math.prod(self._shape) * 2
        expected = (*self._shape, faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer.QT_fp16, True)
        found = (index.ntotal, index.d, index.metric_type, index.sq.qtype, isinstance(index, kind))
        if found != expected or view.size < codes:
            raise ForeignIndex("The dense part of the index has another size; run: briefbot build --full")
        return index
