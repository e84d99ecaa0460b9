"""Several segments written as one, without the documents that are dead.

Columns are copied as they stand, a piece at a time, and what points to rows is counted anew. Nothing is made a value,
encoded or analysed for that, and memory holds pieces, what has to be sorted, and some bytes a passage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from briefbot.index.cells import cells_for, in_cells
from briefbot.index.columns import PIECE, Array, Stream, column_chunks, ends_of, name_columns
from briefbot.index.concordances import write_concordance
from briefbot.index.manifest import SegmentEntry
from briefbot.index.parts import PartEntry, write_part
from briefbot.index.postings import merged_postings
from briefbot.index.quotations import merged_quotations
from briefbot.index.segment import PASSAGE_FIELDS
from briefbot.index.vectors import EXACT_UP_TO, Codes, exact_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from briefbot.index.columns import Columns
    from briefbot.index.disk import Disk
    from briefbot.index.manifest import EncoderEntry
    from briefbot.index.segment import Segment
    from briefbot.model import Document, Quotation

_DOCUMENT, _LANGUAGE, _PLACE = (PASSAGE_FIELDS.index(name) for name in ("document", "language", "place"))
_VECTORS = 1 << 14  # copied at once
_TOGETHER = 8_192  # passages; pieces of a concordance with fewer together become one


class Source:
    """A segment, and for each of its documents whether it is taken over."""

    def __init__(self, segment: Segment, keep: Array) -> None:
        self.segment = segment
        self.keep = keep

    @cached_property
    def documents(self) -> Array:
        """The rows of the documents that are taken over."""
        return np.flatnonzero(self.keep)

    @cached_property
    def kept(self) -> Array:
        """For each passage, whether it is taken over."""
        return self.segment.spread(self.keep)

    @cached_property
    def rows(self) -> Array:
        """The rows of the passages that are taken over."""
        return np.flatnonzero(self.kept)

    def of(self, kind: str) -> Columns:
        """Return the columns of one part."""
        return self.segment.columns[kind]


def merge_segments(disk: Disk, staging: str, sources: Sequence[Source], encoder: EncoderEntry) -> SegmentEntry:
    """Write the documents that are taken over as one segment, in the order of the sources, and return its entry."""
    documents = sum(len(source.documents) for source in sources)
    passages = sum(len(source.rows) for source in sources)
    columns = {
        "documents": _document_columns(sources),
        "passages": _passage_columns(sources),
        "sentences": _sentence_columns(sources),
        "lexical": merged_postings([(source.segment.postings, source.kept) for source in sources]),
        "codes": _texts(sources, "codes", ("codes", "code_ends"), lambda source: source.rows, (encoder.code_bytes,)),
        "quotations": merged_quotations([(source.of("quotations"), source.keep, source.kept) for source in sources]),
    }
    dense, cells, recall = _written_vectors(disk, staging, sources, (passages, encoder.dimensions))
    written = {kind: write_part(disk, staging, kind, column_chunks(made)) for kind, made in columns.items()}
    kinds = ("documents", "passages", "sentences", "dense", "lexical", "codes", "quotations")
    ordered = tuple((written | {"dense": dense})[kind] for kind in kinds)
    pieces = tuple(_concordances(disk, staging, sources))
    return SegmentEntry(documents, passages, passages, (*ordered, *pieces), cells=cells, recall=recall)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a source's concordance, and the rows of those of its documents that are taken over."""

    source: Source
    entry: PartEntry
    documents: Array
    whole: bool

    @property
    def passages(self) -> int:
        """How many passages its documents have."""
        starts = self.source.segment.passage_starts.astype(np.int64)
        return int((starts[self.documents + 1] - starts[self.documents]).sum())


def _concordances(disk: Disk, staging: str, sources: Sequence[Source]) -> Iterator[PartEntry]:
    """Yield the pieces of the concordance: as they are, where they are large enough and nothing in them is dead."""
    for group in _grouped([piece for source in sources for piece in _pieces_of(source)]):
        first, *others = group
        if first.whole and not others:
            yield first.entry
        else:
            yield write_concordance(disk, staging, [one for piece in group for one in _quoted(piece)])


def _pieces_of(source: Source) -> Iterator[_Piece]:
    first = 0
    for entry, piece in source.segment.concordance:
        last = first + piece.documents
        kept = source.keep[first:last]
        if kept.any():
            yield _Piece(source, entry, first + np.flatnonzero(kept), bool(kept.all()))
        first = last


def _grouped(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Yield neighbours together that are small together."""
    group: list[_Piece] = []
    for piece in pieces:
        if group and sum(one.passages for one in group) + piece.passages > _TOGETHER:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _quoted(piece: _Piece) -> Iterator[tuple[Document, list[Quotation]]]:
    segment = piece.source.segment
    for row in piece.documents.tolist():
        document = segment.document(row)
        yield document, list(segment.quotations.of(document, segment.quotations.rows_of(row)))


def _written_vectors(
    disk: Disk, staging: str, sources: Sequence[Source], shape: tuple[int, int]
) -> tuple[PartEntry, int, float]:
    if shape[0] <= EXACT_UP_TO:
        return write_part(disk, staging, "dense", exact_chunks(_codes(sources), *shape)), 0, 1.0
    cells = cells_for(lambda: _codes(sources), *shape)
    starts = ends_of(np.array([len(source.rows) for source in sources]), np.int64)

    def taken(rows: Array) -> Codes:
        codes = np.empty((len(rows), shape[1]), np.float16)
        owners = np.searchsorted(starts, rows, "right") - 1
        for owner in np.unique(owners):
            here = owners == owner
            codes[here] = sources[owner].segment.vectors.codes(sources[owner].rows[rows[here] - starts[owner]])
        return codes

    return write_part(disk, staging, "dense", in_cells(cells, taken)), len(cells.centroids), cells.recall


def _codes(sources: Sequence[Source]) -> Iterator[Codes]:
    for source in sources:
        for start in range(0, len(source.rows), _VECTORS):
            yield source.segment.vectors.codes(source.rows[start : start + _VECTORS])


def _document_columns(sources: Sequence[Source]) -> Mapping[str, Array | Stream]:
    names = [name for source in sources for name in _kept_names(source)]
    counts = [np.diff(source.segment.passage_starts)[source.keep] for source in sources]
    days = [source.segment.days[source.keep] for source in sources]
    contents = [source.of("documents").whole("contents")[source.keep] for source in sources]
    return {
        **name_columns(names),
        **_texts(sources, "documents", ("texts", "text_ends"), lambda source: source.documents),
        **_texts(sources, "documents", ("records", "record_ends"), lambda source: source.documents),
        "contents": np.concatenate(contents),
        "days": np.concatenate(days),
        "passage_starts": ends_of(np.concatenate(counts), np.uint32),
    }


def _kept_names(source: Source) -> list[bytes]:
    names = source.of("documents").texts("names", "name_ends")
    return [names[row] for row in source.documents.tolist()]


def _passage_columns(sources: Sequence[Source]) -> Mapping[str, Array | Stream]:
    languages = [source.of("passages").texts("languages", "language_ends") for source in sources]
    every = list(dict.fromkeys(language for some in languages for language in some))
    places = [_used(source, _PLACE) for source in sources]
    first_places = ends_of(np.array([len(used) for used in places]), np.int64)
    first_documents = ends_of(np.array([len(source.documents) for source in sources]), np.int64)
    counted = [
        {
            _DOCUMENT: first_documents[i] + np.cumsum(source.keep) - 1,
            _PLACE: first_places[i] + _ranks(places[i], source.of("passages").length("place_ends")),
            _LANGUAGE: np.array([every.index(language) for language in languages[i]], np.int64),
        }
        for i, source in enumerate(sources)
    ]
    used = dict(zip(map(id, sources), places, strict=True))
    rows = sum(len(source.rows) for source in sources)
    return {
        "fields": Stream(np.uint32, (rows, len(PASSAGE_FIELDS)), _counted_anew(sources, counted)),
        **_texts(sources, "passages", ("places", "place_ends"), lambda source: used[id(source)]),
        "languages": np.frombuffer(b"".join(every), np.uint8),
        "language_ends": ends_of(np.array([len(language) for language in every], np.uint64)),
        "keys": Stream(np.uint8, (rows, 16), _kept(sources, "passages", "keys", lambda source: source.kept)),
    }


def _used(source: Source, field: int) -> Array:
    """Return which values of a field the passages have that are taken over, in order: the others go with the dead."""
    used = np.zeros(source.of("passages").length("place_ends"), np.bool_)
    for fields in _pieces(source, "passages", "fields", source.kept):
        used[fields[:, field]] = True
    return np.flatnonzero(used)


def _ranks(used: Array, size: int) -> Array:
    ranks = np.zeros(size, np.int64)
    ranks[used] = np.arange(len(used))
    return ranks


def _counted_anew(sources: Sequence[Source], counted: Sequence[Mapping[int, Array]]) -> Iterator[Array]:
    for source, values in zip(sources, counted, strict=True):
        for piece in _pieces(source, "passages", "fields", source.kept):
            fields = piece.copy()
            for field, new in values.items():
                fields[:, field] = new[fields[:, field]]
            yield fields


def _sentence_columns(sources: Sequence[Source]) -> Mapping[str, Array | Stream]:
    every = [np.diff(source.of("sentences").whole("passage_starts")) for source in sources]
    starts = ends_of(np.concatenate([counts[s.kept] for s, counts in zip(sources, every, strict=True)]))
    masks = {id(s): np.repeat(s.kept, counts.astype(np.int64)) for s, counts in zip(sources, every, strict=True)}
    bounds = _kept(sources, "sentences", "bounds", lambda source: masks[id(source)])
    return {"passage_starts": starts, "bounds": Stream(np.uint32, (int(starts[-1]), 2), bounds)}


def _kept(sources: Sequence[Source], kind: str, name: str, mask: Callable[[Source], Array]) -> Iterator[Array]:
    for source in sources:
        yield from _pieces(source, kind, name, mask(source))


def _pieces(source: Source, kind: str, name: str, mask: Array) -> Iterator[Array]:
    columns = source.of(kind)
    for start in range(0, len(mask), PIECE // 8):
        end = min(len(mask), start + PIECE // 8)
        yield columns.slice(name, start, end)[mask[start:end]]


def _texts(
    sources: Sequence[Source],
    kind: str,
    columns: tuple[str, str],
    rows: Callable[[Source], Array],
    width: tuple[int, ...] = (),
) -> Mapping[str, Array | Stream]:
    """Return a blob and its offsets, of those of its texts that are taken over; `width` is a row's shape."""
    blob, ends = columns
    at_once = PIECE // max(1, math.prod(width))
    lengths = [np.diff(source.of(kind).whole(ends))[rows(source)] for source in sources]
    places = ends_of(np.concatenate(lengths))

    def pieces() -> Iterator[Array]:
        for source in sources:
            here = source.of(kind)
            for first, last in _runs(rows(source)):
                start, end = (int(here.slice(ends, row, row + 1)[0]) for row in (first, last))
                for at in range(start, end, at_once):
                    yield here.slice(blob, at, min(end, at + at_once))

    return {blob: Stream(np.uint8, (int(places[-1]), *width), pieces()), ends: places}


def _runs(rows: Array) -> Iterator[tuple[int, int]]:
    """Yield the first row, and the row after the last, of each run of rows that follow one another."""
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    for run in np.split(rows, breaks):
        if len(run):
            yield int(run[0]), int(run[-1]) + 1
