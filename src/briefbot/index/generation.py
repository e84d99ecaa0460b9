"""A generation opened for reading: its segments as one sequence of passages.

A row of a generation counts through its segments, dead passages included; `live` tells which are part of the index. An
open generation holds a shared lock on its manifest, so that nobody prunes it away. Whatever reads on behalf of an
asker takes that asker's `Scope`.
"""

from __future__ import annotations

import fcntl
import os
from bisect import bisect_right
from collections.abc import ItemsView, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING, Self

import numpy as np

from briefbot.errors import DamagedIndex, NoIndex
from briefbot.index.manifest import NAME, Manifest, folder_name, read_manifest
from briefbot.index.parts import MappedPart
from briefbot.index.segment import Segment
from briefbot.model import Document, Filters, Origin, Passage, Scope, in_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from briefbot.index.vectors import Mask

_SCOPES = 16  # remembered at once
_NAMES = 256  # of documents, remembered at once with where they are
_LOOK_UP = 64  # looking one name up costs about as much as comparing so many


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list: where it is kept, its name, and how many passages it has."""

    segment: int
    row: int
    name: str
    passages: int


@dataclass(frozen=True, slots=True, eq=False)
class Visible:
    """All passages that one asker may see: their rows, how many they are, and how many terms they have together.

    `whole` means every row. `holding` remembers how many of them hold a term, for terms that very many hold.
    """

    rows: Mask
    count: int
    terms: int
    whole: bool
    holding: dict[str, int]


class Documents(Mapping[str, Listed]):
    """The live documents by name, in the order of their names; looked up where they lie mapped."""

    def __init__(self, segments: Sequence[Segment], count: int) -> None:
        self._segments = segments
        self._count = count
        self._place = lru_cache(maxsize=_NAMES)(partial(_place_of, segments))  # an answer asks for each several times

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        yield from (name for name, _, _ in self._sorted())  # read only when the first name is asked for

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._place(name) is not None

    def __getitem__(self, name: str) -> Listed:
        place = self._place(name)
        if place is None:
            raise KeyError(name)
        return self._listed(name, *place)

    def items(self) -> DocumentItems:
        """Return the pairs of name and document; all names are read at once."""
        return DocumentItems(self)

    def pairs(self) -> Iterator[tuple[str, Listed]]:
        """Yield the pairs of name and document."""
        return ((name, self._listed(name, i, row)) for name, i, row in self._sorted())

    def _sorted(self) -> list[tuple[str, int, int]]:
        names = (
            (name, i, row)
            for i, segment in enumerate(self._segments)
            for row, (name, dead) in enumerate(zip(segment.names, segment.dead.tolist(), strict=True))
            if not dead
        )
        return sorted(names)

    def _listed(self, name: str, segment: int, row: int) -> Listed:
        return Listed(segment, row, name, len(self._segments[segment].rows_of(row)))


def _place_of(segments: Sequence[Segment], name: str) -> tuple[int, int] | None:
    for i, segment in enumerate(segments):
        row = segment.row_of(name)
        if row is not None and not segment.dead[row]:
            return i, row
    return None


class DocumentItems(ItemsView[str, Listed]):
    """The pairs of name and document, without looking each name up again."""

    _mapping: Documents

    def __iter__(self) -> Iterator[tuple[str, Listed]]:
        return self._mapping.pairs()


class Generation:
    """One published generation. Close it, or use it as a context manager."""

    def __init__(self, root: Path, number: int, *, staging: str = ".") -> None:
        """Open a generation, or with `staging` one that stands below that folder until it is published."""
        self.root = root
        path = root / staging / folder_name(number) / NAME
        self._descriptor = _locked(path)
        try:
            self.manifest: Manifest = read_manifest(path)
            self.segments = tuple(Segment(root, entry, self.manifest.encoder) for entry in self.manifest.segments)
        except BaseException:
            self.close()
            raise
        self._starts = [0, *accumulate(segment.entry.passages for segment in self.segments)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the lock; what was read from the generation remains valid."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    @property
    def number(self) -> int:
        """The generation's number, from 1."""
        return self.manifest.generation

    @cached_property
    def documents(self) -> Documents:
        """The live documents by name, in the order of their names."""
        return Documents(self.segments, self.manifest.documents)

    def compiled_model(self) -> Callable[[], memoryview] | None:
        """Return what reads the compiled model that is kept with the vectors, also when this is closed, or None."""
        entry = self.manifest.encoder.model
        if entry is None:
            return None
        part = MappedPart(self.root, entry)
        return lambda: part.read(0, len(part))

    def own_calibration(self) -> bytes | None:
        """Return what a team's own questions have taught about confidence, or None. Raises DamagedIndex."""
        entry = self.manifest.calibration
        if entry is None:
            return None
        part = MappedPart(self.root, entry)
        return bytes(part.read(0, len(part)))

    def parted(self) -> Iterator[tuple[int, Segment]]:
        """Yield each segment with the row at which it starts."""
        yield from zip(self._starts, self.segments, strict=False)

    def passage(self, row: int) -> Passage:
        """Return the passage in that row."""
        segment, local = self._local(row)
        return segment.passage(local)

    def place(self, row: int) -> tuple[str, int]:
        """Return the name of the document that the passage in that row belongs to, and the passage's number."""
        segment, local = self._local(row)
        return segment.place(local)

    def document(self, name: str) -> Document:
        """Return a live document with its whole text. Raises KeyError."""
        listed = self.documents[name]
        return self.segments[listed.segment].document(listed.row)

    def title(self, name: str) -> str:
        """Return the title of a live document, without its text. Raises KeyError."""
        listed = self.documents[name]
        return self.segments[listed.segment].title(listed.row)

    def origin(self, name: str) -> Origin:
        """Return where a live document came from. Raises KeyError."""
        listed = self.documents[name]
        return self.segments[listed.segment].origin(listed.row)

    def passages(self, name: str) -> Iterator[Passage]:
        """Yield the passages of a live document in order. Raises KeyError."""
        listed = self.documents[name]
        segment = self.segments[listed.segment]
        return (segment.passage(row) for row in segment.rows_of(listed.row))

    def allowed(self, scope: Scope, filters: Filters) -> Mask:
        """Return for each row whether it is live, may be seen in `scope`, and passes the filters."""
        return np.concatenate(
            [np.empty(0, np.bool_), *(_allowed(segment, scope, filters) for segment in self.segments)]
        )

    def visible(self, scope: Scope) -> Visible:
        """Return what may be seen in `scope`; remembered for the scopes that were asked for last."""
        return self._visible(scope)

    @cached_property
    def _visible(self) -> Callable[[Scope], Visible]:
        return lru_cache(maxsize=_SCOPES)(partial(_visible, self.segments))  # of the segments: no cycle through self

    def _local(self, row: int) -> tuple[Segment, int]:
        i = bisect_right(self._starts, row) - 1
        return self.segments[i], row - self._starts[i]


def _locked(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoIndex(f"{path} is missing; run: briefbot build --full") from None
    except OSError as error:
        raise DamagedIndex(f"{path} cannot be read: {error.strerror}.") from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _visible(segments: Sequence[Segment], scope: Scope) -> Visible:
    masks = [_allowed(segment, scope, Filters()) for segment in segments]
    terms = sum(int(segment.postings.lengths[mask].sum()) for segment, mask in zip(segments, masks, strict=True))
    rows = np.concatenate([np.empty(0, np.bool_), *masks])
    rows.flags.writeable = False
    return Visible(rows, int(np.count_nonzero(rows)), terms, bool(rows.all()), {})


def _allowed(segment: Segment, scope: Scope, filters: Filters) -> Mask:
    if filters == Filters():
        return segment.live if scope.names is None else np.logical_and(_named(segment, scope.names), segment.live)
    chosen = [_passes(segment, row, name, scope, filters) for row, name in enumerate(segment.names)]
    return np.logical_and(segment.spread(np.array(chosen, np.bool_)), segment.live)


def _named(segment: Segment, names: frozenset[str]) -> Mask:
    chosen = np.zeros(segment.entry.documents, np.bool_)
    if len(names) * _LOOK_UP < segment.entry.documents:
        chosen[[row for name in names if (row := segment.row_of(name)) is not None]] = True
    else:
        chosen[[row for row, name in enumerate(segment.names) if name in names]] = True
    return segment.spread(chosen)


def _passes(segment: Segment, row: int, name: str, scope: Scope, filters: Filters) -> bool:
    return (
        scope.allows(name)
        and in_place(name, filters.document)
        and _in_time(int(segment.days[row]), filters)
        and (filters.author is None or _same_author(segment, row, filters.author))
    )


def _in_time(day: int, filters: Filters) -> bool:
    if filters.since is None and filters.until is None:
        return True
    after = filters.since is None or day >= filters.since.toordinal()
    before = filters.until is None or day <= filters.until.toordinal()
    return day > 0 and after and before


def _same_author(segment: Segment, row: int, author: str) -> bool:
    stated = segment.metadata(row).author or ""
    return author.casefold() in stated.casefold()
