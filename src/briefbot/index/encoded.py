"""What an unpublished build has encoded: kept so that the next one, after a crash or an error, goes on from there.

    .encoded/000000     a sha256 of the rest; which encoder; keys of 16 bytes; vectors of 32-bit floats, as computed

No reader of the index looks at these files. A file that is torn, damaged or of another encoder is removed, and costs
nothing but encoding its texts again. They hold no text. Only whoever holds the index's lock may use them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from briefbot.index.keys import KeyRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.index.columns import Array
    from briefbot.index.disk import Disk

    Vectors = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.int64]

FOLDER = ".encoded"
_ROWS = 256  # as many new vectors are worth a file; encoding them takes some two seconds
_DIGEST = 32


class EncodedTexts:
    """The vectors that this build, and one before it that was not published, have encoded, by their texts' keys."""

    def __init__(self, disk: Disk, identity: str, dimensions: int, *, resume: bool) -> None:
        self._disk = disk
        self._encoder = hashlib.sha256(f"{identity} {dimensions}".encode()).digest()
        self._dimensions = dimensions
        self._files: list[str] = []
        self._starts = [0]  # the row at which each file starts, and that at which the vectors not yet in a file do
        self._rows = KeyRows()
        self._new_keys: Array = np.empty((0, 16), np.uint8)
        self._new: Vectors = np.empty((0, dimensions), np.float32)
        self._last_read: tuple[str, Vectors] = ("", self._new)
        if resume:
            self._take_up()
        else:
            disk.remove(FOLDER)

    def find(self, wanted: Array) -> Iterator[tuple[Rows, Vectors]]:
        """Yield rows of `wanted` (n × 16 bytes) that are known, with their vectors."""
        rows, places = self._rows.find(wanted)
        for number in np.unique(np.searchsorted(self._starts, rows, "right") - 1):
            start = self._starts[number]
            end = self._starts[number + 1] if number < len(self._files) else len(self._rows)
            chosen = (rows >= start) & (rows < end)
            vectors = self._vectors_of(int(number))
            if vectors is not None:
                yield places[chosen], vectors[rows[chosen] - start]

    def add(self, keys: Array, vectors: Vectors) -> None:
        """Keep the vectors of texts that were encoded."""
        self._rows.add(keys)
        self._new_keys = np.concatenate([self._new_keys, keys])
        self._new = np.concatenate([self._new, vectors])
        if len(self._new) >= _ROWS:
            self.save()

    def save(self) -> None:
        """Write what is not yet on the disk."""
        if not len(self._new):
            return
        name = f"{FOLDER}/{len(self._files):06d}"
        body = self._encoder + self._new_keys.tobytes() + np.ascontiguousarray(self._new, np.float32).tobytes()
        self._disk.make_folder(FOLDER)
        self._disk.write(name, [hashlib.sha256(body).digest(), body])
        self._files.append(name)
        self._starts.append(len(self._rows))
        self._new_keys, self._new = self._new_keys[:0], self._new[:0]

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
            self._rows.add(read[0])
            self._starts.append(len(self._rows))

    def _vectors_of(self, number: int) -> Vectors | None:
        if number == len(self._files):
            return self._new
        name = self._files[number]
        if self._last_read[0] != name:
            read = self._read(name)
            if read is None or len(read[1]) != self._starts[number + 1] - self._starts[number]:
                return None
            self._last_read = (name, read[1])
        return self._last_read[1]

    def _read(self, name: str) -> tuple[Array, Vectors] | None:
        """Return the keys and vectors in a file, or None where it is not as it was written, or another encoder's."""
        try:
            data = (self._disk.root / name).read_bytes()
        except OSError:
            return None
        head, body = data[:_DIGEST], memoryview(data)[_DIGEST:]
        count, rest = divmod(len(body) - _DIGEST, 16 + 4 * self._dimensions)
        if rest or count < 1 or hashlib.sha256(body).digest() != head or body[:_DIGEST] != self._encoder:
            return None
        keys = np.frombuffer(body, np.uint8, 16 * count, _DIGEST).reshape(-1, 16)
        vectors = np.frombuffer(body, np.float32, count * self._dimensions, _DIGEST + 16 * count)
        return keys, vectors.reshape(-1, self._dimensions)
