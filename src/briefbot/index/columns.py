"""Named arrays in one part: fixed-width columns and blobs of text, mapped and not parsed.

Layout: eight bytes of magic, the length of a JSON header as a little-endian uint64, the header
(``{name: [dtype, shape, offset]}``), then each array at a multiple of 64 bytes. Opening reads the header only.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from briefbot.errors import ForeignIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from briefbot.index.parts import MappedPart

MAGIC = b"briefcol"
ALIGNMENT = 64
PIECE = 1 << 20  # rows or bytes of a column that are in memory at once while it is copied
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stream:
    """A column in the making: its type and shape, and its rows in pieces, so that it need not fit into memory."""

    dtype: npt.DTypeLike
    shape: tuple[int, ...]
    pieces: Iterable[Array]

    @property
    def nbytes(self) -> int:
        """How many bytes the column has."""
        return np.dtype(self.dtype).itemsize * math.prod(self.shape)

    @classmethod
    def of(cls, array: Array) -> Stream:
        """Return a column that is in memory."""
        return cls(array.dtype, array.shape, (array,))


def column_chunks(columns: Mapping[str, Array | Stream]) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a part that holds `columns`, in order."""
    streams = {name: it if isinstance(it, Stream) else Stream.of(it) for name, it in columns.items()}
    header, places = _header(streams)
    yield header
    written = len(header)
    for name, (_, _, offset) in places.items():
        yield b"\0" * (offset - written)
        for piece in streams[name].pieces:
            yield np.ascontiguousarray(piece, streams[name].dtype).reshape(-1).view(np.uint8).data
        written = offset + streams[name].nbytes


def _header(streams: Mapping[str, Stream]) -> tuple[bytes, dict[str, tuple[str, Sequence[int], int]]]:
    places: dict[str, tuple[str, Sequence[int], int]] = {}
    offset = 0
    for name, stream in streams.items():
        places[name] = (np.dtype(stream.dtype).str, stream.shape, offset)
        offset = _aligned(offset + stream.nbytes)
    room = _aligned(len(MAGIC) + 8 + len(json.dumps(places)) + 16 * len(places))  # the offsets grow by `room`
    places = {name: (dtype, shape, offset + room) for name, (dtype, shape, offset) in places.items()}
    text = json.dumps(places).encode()
    return (MAGIC + len(text).to_bytes(8, "little") + text).ljust(room, b" "), places


def _aligned(offset: int) -> int:
    return -(-offset // ALIGNMENT) * ALIGNMENT


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a column lies in its part, and what its bytes mean; `width` is the size of a row."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offset: int
    width: int


class Columns:
    """The arrays of one part, as views of the mapped file; each is verified when it is first asked for."""

    def __init__(self, part: MappedPart) -> None:
        if bytes(part.read(0, min(8, len(part)))) != MAGIC:
            raise ForeignIndex("A part of the index is not in briefbot's form; run: briefbot build --full")
        length = int.from_bytes(part.read(8, 16), "little")
        self._part = part
        places: dict[str, tuple[str, list[int], int]] = json.loads(bytes(part.read(16, 16 + length)))
        self._places = {name: _column(*place) for name, place in places.items()}

    def whole(self, name: str) -> Array:
        """Return a column, without a copy."""
        return self.slice(name, 0, self._places[name].shape[0])

    def length(self, name: str) -> int:
        """Return how many rows a column has, without touching it."""
        return self._places[name].shape[0]

    def slice(self, name: str, start: int, end: int) -> Array:
        """Return some rows of a column, and verify no more than the blocks they stand in."""
        column = self._places[name]
        first = column.offset + start * column.width
        found = np.frombuffer(self._part.read(first, first + (end - start) * column.width), column.dtype)
        return found if len(column.shape) == 1 else found.reshape(end - start, *column.shape[1:])

    def text(self, name: str, start: int, end: int) -> str:
        """Return the UTF-8 text between two bytes of a blob."""
        return self.slice(name, start, end).tobytes().decode("utf-8")

    def texts(self, name: str, ends: str) -> list[bytes]:
        """Return every text of a blob, whose offsets are the column `ends`."""
        data, places = self.whole(name).tobytes(), self.whole(ends).tolist()
        return [data[start:end] for start, end in pairwise(places)]


def ends_of(lengths: Array, dtype: npt.DTypeLike = np.uint64) -> Array:
    """Return the n + 1 offsets between things of these lengths that stand one after the other."""
    ends = np.zeros(len(lengths) + 1, dtype)
    np.cumsum(lengths, out=ends[1:])
    return ends


def blob(texts: Sequence[str]) -> tuple[Array, Array]:
    """Return the UTF-8 bytes of `texts` one after the other, and the n + 1 offsets between them (uint64)."""
    encoded = [text.encode("utf-8") for text in texts]
    ends = ends_of(np.array([len(data) for data in encoded], np.uint64))
    return np.frombuffer(b"".join(encoded), np.uint8), ends


def _column(kind: str, shape: Sequence[int], offset: int) -> _Column:
    dtype = np.dtype(kind)
    return _Column(dtype, tuple(shape), offset, dtype.itemsize * math.prod(shape[1:]))


def name_columns(names: Sequence[bytes]) -> dict[str, Array]:
    """Return the columns of documents' names, with the rows in the order of the names, so that one is soon found."""
    return {
        "names": np.frombuffer(b"".join(names), np.uint8),
        "name_ends": ends_of(np.array([len(name) for name in names], np.uint64)),
        "name_order": np.array(sorted(range(len(names)), key=names.__getitem__), np.uint32),
    }
