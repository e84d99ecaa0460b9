"""Immutable files, named by their content, that are verified block by block before their bytes are used.

A part is written once, under the hash of what it holds, and never changed; generations share parts. Its entry in a
manifest holds the sha256 of the whole (its identity, what `check` verifies) and an xxh3 checksum for each block of
1 MiB, which a reader compares when it first touches the block. This module refuses to know what the bytes mean.
"""

from __future__ import annotations

import hashlib
import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import xxhash

from briefbot.errors import DamagedIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from briefbot.index.disk import Disk

BLOCK = 1 << 20
FOLDER = "parts"


@dataclass(frozen=True, slots=True)
class PartEntry:
    """What a manifest says of one part: its kind, size in bytes, sha256, and the xxh3-64 of each block, in hex."""

    kind: str
    size: int
    sha256: str
    blocks: tuple[str, ...]

    @property
    def file(self) -> str:
        """The part's name below the index folder."""
        return f"{FOLDER}/{self.kind}-{self.sha256[:32]}"


def write_part(disk: Disk, staging: str, kind: str, chunks: Iterable[bytes | memoryview]) -> PartEntry:
    """Write a part and return its entry; `staging` is a folder on the same disk for the file in the making."""
    hashing = _Hashing()
    disk.write(f"{staging}/{kind}", hashing.passed(chunks))
    entry = hashing.entry(kind)
    disk.rename(f"{staging}/{kind}", entry.file)
    return entry


def verify_part(root: Path, entry: PartEntry) -> None:
    """Read every byte of a part. Raises DamagedIndex where one is not what was written."""
    path = root / entry.file
    with _opened(path) as file:
        hashing = _Hashing()
        for _ in hashing.passed(iter(lambda: file.read(BLOCK), b"")):
            pass
    if hashing.entry(entry.kind) != entry:
        raise damaged(path)


def damaged(path: Path) -> DamagedIndex:
    """Return the one sentence for a file whose bytes are not those that were written."""
    return DamagedIndex(f"{path} is damaged; restore the index from a copy or run: briefbot build --full")


class MappedPart:
    """A part mapped into memory. `read` verifies each block before its first use, and only then."""

    def __init__(self, root: Path, entry: PartEntry) -> None:
        self._path = root / entry.file
        self._entry = entry
        with _opened(self._path) as file:
            if file.seek(0, 2) != entry.size:  # a shorter file under a mapping would end the process
                raise damaged(self._path)
            self._view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if entry.size else b"")
        self._unverified = set(range(len(entry.blocks)))

    def __len__(self) -> int:
        return self._entry.size

    def read(self, start: int, end: int) -> memoryview:
        """Return the bytes from `start` to `end`, without a copy. Raises DamagedIndex."""
        if self._unverified:
            self._verify(range(start // BLOCK, -(-end // BLOCK)))
        return self._view[start:end]

    def _verify(self, blocks: range) -> None:
        for block in self._unverified.intersection(blocks):
            if _checksum(self._view[block * BLOCK : (block + 1) * BLOCK]) != self._entry.blocks[block]:
                raise damaged(self._path)
            self._unverified.discard(block)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise DamagedIndex(f"{path} is missing; restore the index from a copy or run: briefbot build --full") from None
    except OSError as error:
        raise DamagedIndex(f"{path} cannot be read: {error.strerror}.") from error


class _Hashing:
    """Computes a part's entry from the chunks that pass through."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._size = 0
        self._blocks: list[str] = []
        self._block = xxhash.xxh3_64()

    def passed(self, chunks: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
        for chunk in chunks:
            view = memoryview(chunk).cast("B")
            self._whole.update(view)
            while len(view):
                piece = view[: BLOCK - self._size % BLOCK]
                self._block.update(piece)
                self._size += len(piece)
                view = view[len(piece) :]
                if self._size % BLOCK == 0:
                    self._finish_block()
            yield chunk

    def entry(self, kind: str) -> PartEntry:
        if self._size % BLOCK:
            self._finish_block()
        return PartEntry(kind, self._size, self._whole.hexdigest(), tuple(self._blocks))

    def _finish_block(self) -> None:
        self._blocks.append(self._block.hexdigest())
        self._block.reset()


def _checksum(block: memoryview) -> str:
    return xxhash.xxh3_64_hexdigest(block)
