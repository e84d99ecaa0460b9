"""What an unpublished build has encoded: kept so that the next one, after a crash or an error, goes on from there.

    .encoded/000000     a sha256 of the rest; which encoder; how many texts; their keys of 16 bytes, vectors of 32-bit
                        floats as computed, where each one's codes end (64 bits), and the codes

No reader of the index looks at these files. A file that is torn, damaged or of another encoder is removed, and costs
nothing but encoding its texts again. They hold no text. Only whoever holds the index's lock may use them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefbot.index.keys import KeyRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.codes import Codes
    from briefbot.index.columns import Array
    from briefbot.index.disk import Disk

    Vectors = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.int64]

FOLDER = ".encoded"
_ROWS = 256  # as many new vectors are worth a file; encoding them takes some two seconds
_DIGEST = 32
_COUNT = 8  # bytes


@dataclass(frozen=True, slots=True)
class _Texts:
    """What some texts were encoded as, in one order: keys (n × 16 bytes), vectors, and each text's codes."""

    keys: Array
    vectors: Vectors
    codes: Sequence[Codes]

    def packed(self) -> bytes:
        """Return all of it as bytes."""
        ends = np.cumsum([len(one) for one in self.codes], dtype=np.uint64)
        arrays = (self.keys, np.ascontiguousarray(self.vectors, np.float32), ends, *self.codes)
        return len(self.keys).to_bytes(_COUNT, "little") + b"".join(array.tobytes() for array in arrays)


class EncodedTexts:
    """The vectors that this build, and one before it that was not published, have encoded, by their texts' keys."""

    def __init__(self, disk: Disk, identity: str, shape: tuple[int, int], *, resume: bool) -> None:
        """Begin, with `resume` from what is there. `shape` is the length of a vector and the bytes of a code."""
        self._disk = disk
        self._encoder = hashlib.sha256(f"{identity} {shape}".encode()).digest()
        self._dimensions, self._code_bytes = shape
        self._files: list[str] = []
        self._starts = [0]  # the row at which each file starts, and that at which the vectors not yet in a file do
        self._rows = KeyRows()
        self._new = _Texts(np.empty((0, 16), np.uint8), np.empty((0, shape[0]), np.float32), [])
        self._last_read = ("", self._new)
        if resume:
            self._take_up()
        else:
            disk.remove(FOLDER)

    def find(self, wanted: Array) -> Iterator[tuple[Rows, Vectors, list[Codes]]]:
        """Yield rows of `wanted` (n × 16 bytes) that are known, with their vectors and codes."""
        rows, places = self._rows.find(wanted)
        for number in np.unique(np.searchsorted(self._starts, rows, "right") - 1):
            start = self._starts[number]
            end = self._starts[number + 1] if number < len(self._files) else len(self._rows)
            chosen = (rows >= start) & (rows < end)
            texts = self._texts_of(int(number))
            if texts is not None:
                here = rows[chosen] - start
                yield places[chosen], texts.vectors[here], [texts.codes[row] for row in here]

    def add(self, keys: Array, vectors: Vectors, codes: Sequence[Codes]) -> None:
        """Keep what texts were encoded as."""
        self._rows.add(keys)
        new = self._new
        self._new = _Texts(
            np.concatenate([new.keys, keys]), np.concatenate([new.vectors, vectors]), [*new.codes, *codes]
        )
        if len(self._new.keys) >= _ROWS:
            self.save()

    def save(self) -> None:
        """Write what is not yet on the disk."""
        if not len(self._new.keys):
            return
        name = f"{FOLDER}/{len(self._files):06d}"
        body = self._encoder + self._new.packed()
        self._disk.make_folder(FOLDER)
        self._disk.write(name, [hashlib.sha256(body).digest(), body])
        self._files.append(name)
        self._starts.append(len(self._rows))
        self._new = _Texts(self._new.keys[:0], self._new.vectors[:0], [])

    def _take_up(self) -> None:
        """Learn what is there; files that are of no use are removed, and the rest is numbered without gaps."""
        folder = self._disk.root / FOLDER
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            name = f"{FOLDER}/{len(self._files):06d}"
            read = self._read(f"{FOLDER}/{path.name}")
            if read is None:
                self._disk.remove(f"{FOLDER}/{path.name}")
                continue
            if name != f"{FOLDER}/{path.name}":
                self._disk.rename(f"{FOLDER}/{path.name}", name)
            self._files.append(name)
            self._rows.add(read.keys)
            self._starts.append(len(self._rows))

    def _texts_of(self, number: int) -> _Texts | None:
        if number == len(self._files):
            return self._new
        name = self._files[number]
        if self._last_read[0] != name:
            read = self._read(name)
            if read is None or len(read.keys) != self._starts[number + 1] - self._starts[number]:
                return None
            self._last_read = (name, read)
        return self._last_read[1]

    def _read(self, name: str) -> _Texts | None:
        """Return the texts in a file, or None where it is not as it was written, or another encoder's."""
        try:
            data = (self._disk.root / name).read_bytes()
        except OSError:
            return None
        head, body = data[:_DIGEST], memoryview(data)[_DIGEST:]
        if hashlib.sha256(body).digest() != head or body[:_DIGEST] != self._encoder:
            return None
        return _unpacked(body[_DIGEST:], self._dimensions, self._code_bytes)


def _unpacked(body: memoryview, dimensions: int, code_bytes: int) -> _Texts:
    count = int.from_bytes(body[:_COUNT], "little")
    keys = np.frombuffer(body, np.uint8, 16 * count, _COUNT).reshape(-1, 16)
    at = _COUNT + 16 * count
    vectors = np.frombuffer(body, np.float32, count * dimensions, at).reshape(-1, dimensions)
    at += vectors.nbytes
    ends = np.frombuffer(body, np.uint64, count, at).astype(np.int64)
    codes = np.frombuffer(body[at + 8 * count :], np.uint8).reshape(-1, code_bytes or 1)
    return _Texts(keys, vectors, np.split(codes, ends)[:-1])
