"""From a plan to written segments: read, cut, encode, write.

Documents are read and encoded a batch at a time, so that memory does not grow with the corpus. Texts that the base
generation has already encoded are not encoded again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from briefbot.corpus.documents import ReadDocument, read_document
from briefbot.corpus.language import language_of
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.errors import UnreadableFile
from briefbot.index.segment import Entry, passage_key, write_segment
from briefbot.passages import Cutter
from briefbot.search.analysis import terms
from briefbot.wording import search_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from briefbot.corpus.scan import SourceFile
    from briefbot.embedding.encoder import Encoder, Vectors
    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.index.manifest import SegmentEntry
    from briefbot.model import Passage
    from briefbot.settings import Settings

SEGMENT_PASSAGES = 8_192


class Bars(Protocol):
    """Shows how far long work has come."""

    def __call__(self, label: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """Return a context whose value is told of each step."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What the build works with."""

    settings: Settings
    disk: Disk
    encoder: Encoder
    bars: Bars


@dataclass(slots=True)
class Prepared:
    """What has been written, not yet part of any generation."""

    segments: list[SegmentEntry] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    encoded: int = 0


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document that is cut but not yet encoded."""

    read: ReadDocument
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]


def read_and_write(files: Sequence[SourceFile], base: Generation | None, tools: Tools, staging: str) -> Prepared:
    """Write segments with the documents in `files`. Files that cannot be read are named in the result."""
    prepared = Prepared()
    for batch in _batches(_cut(document, tools.encoder) for document in _documents(files, tools, prepared)):
        entries = _encoded(batch, base, tools, prepared)
        prepared.segments.append(write_segment(tools.disk, staging, entries))
    return prepared


def read_only(files: Sequence[SourceFile], tools: Tools) -> Prepared:
    """Read the documents in `files` to find out which of them can be read; write nothing."""
    prepared = Prepared()
    for _ in _documents(files, tools, prepared):
        pass
    return prepared


def _documents(files: Sequence[SourceFile], tools: Tools, prepared: Prepared) -> Iterator[ReadDocument]:
    """Yield the documents that can be read, and note in `prepared` which can and which cannot."""
    limits = tools.settings.limits
    with ReaderProcess(limits) as readers, tools.bars("reading", len(files)) as step:
        for source in files:
            step(1)
            try:
                document = read_document(source, readers=readers, limits=limits)
            except UnreadableFile as reason:
                prepared.refused.append((source.name, str(reason)))
                continue
            prepared.read.append(source.name)
            prepared.remarks += [(source.name, remark) for remark in document.origin.remarks]
            yield document


def _cut(read: ReadDocument, encoder: Encoder) -> _Cut:
    passages = Cutter(encoder.window, encoder.count, language_of).cut(read.document, read.blocks)
    texts = (search_text(read.document.title, p.heading, p.header, p.text) for p in passages)
    return _Cut(read, passages, tuple(texts))


def _batches(cut: Iterator[_Cut]) -> Iterator[list[_Cut]]:
    batch: list[_Cut] = []
    passages = 0
    for document in cut:
        batch.append(document)
        passages += len(document.passages)
        if passages >= SEGMENT_PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


def _encoded(batch: Sequence[_Cut], base: Generation | None, tools: Tools, prepared: Prepared) -> list[Entry]:
    texts = {passage_key(text): text for one in batch for text in one.texts}
    vectors = _known_vectors(base, texts) if base else {}
    missing = [key for key in texts if key not in vectors]
    prepared.encoded += len(missing)
    with tools.bars("encoding", len(missing)) as step:
        if missing:
            fresh = tools.encoder.encode_passages([texts[key] for key in missing], step)
            vectors |= dict(zip(missing, fresh, strict=True))
    return [_entry(one, vectors, tools.encoder.dimensions) for one in batch]


def _known_vectors(base: Generation, wanted: Mapping[bytes, str]) -> dict[bytes, Vectors]:
    found: dict[bytes, Vectors] = {}
    for segment in base.segments:
        rows = segment.rows_with(wanted.keys() - found.keys())
        if rows:
            vectors = segment.vectors.rows(np.fromiter(rows.values(), np.int64))
            found |= dict(zip(rows, vectors, strict=True))
    return found


def _entry(cut: _Cut, vectors: Mapping[bytes, Vectors], dimensions: int) -> Entry:
    keys = tuple(passage_key(text) for text in cut.texts)
    languages = (passage.language for passage in cut.passages)
    return Entry(
        document=cut.read.document,
        origin=cut.read.origin,
        passages=cut.passages,
        keys=keys,
        terms=tuple(terms(text, language) for text, language in zip(cut.texts, languages, strict=True)),
        vectors=np.array([vectors[key] for key in keys], np.float32).reshape(-1, dimensions),
    )
