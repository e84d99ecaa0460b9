"""From a plan to written segments: read, cut, encode, write.

Documents go through a few at a time, so that memory does not grow with the corpus: while one portion of their texts is
encoded in another thread, the next is read, cut and analysed in this one.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from briefbot.building.encoding import PORTION, EncodingThread
from briefbot.corpus.documents import ReadDocument, read_document
from briefbot.corpus.language import language_of
from briefbot.corpus.sandbox import ReaderProcess
from briefbot.corpus.scan import alone
from briefbot.errors import UnreadableFile, UsageFault
from briefbot.index.segment import Entry, passage_key, write_segment
from briefbot.passages import Cutter, undivided
from briefbot.quotes import quotations
from briefbot.search.analysis import terms
from briefbot.wording import search_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

    from briefbot.building.encoding import Encoded
    from briefbot.corpus.scan import SourceFile
    from briefbot.embedding.encoder import Encoder
    from briefbot.index.disk import Disk
    from briefbot.index.generation import Generation
    from briefbot.index.manifest import SegmentEntry
    from briefbot.model import Passage, Quotation
    from briefbot.settings import Limits, Settings

SEGMENT_PASSAGES = 8_192
_BLOCKS = 256  # as many are cut together
_CHARACTERS = 16_000_000  # of text, and more only where one document alone has more
T = TypeVar("T")


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
    """A document that is cut and analysed but not yet encoded."""

    read: ReadDocument
    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]
    texts: tuple[str, ...]
    terms: tuple[Sequence[str], ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class _Portion:
    """Documents whose texts are being encoded."""

    documents: Sequence[_Cut]
    encoded: Future[Encoded]


def read_and_write(
    files: Sequence[SourceFile], base: Generation | None, tools: Tools, staging: str, *, resume: bool
) -> Prepared:
    """Write segments with the documents in `files`. Files that cannot be read are named in the result.

    `base` is a generation of the same encoder, whose vectors may be used; with `resume`, so may be those that a build
    before has left. While texts are encoded, the next are read and cut.
    """
    prepared = Prepared()
    if not files:
        return prepared
    with (
        EncodingThread(tools.encoder, tools.disk, tools.bars, base=base, resume=resume) as encoding,
        contextlib.closing(_documents(files, tools, prepared)) as documents,
    ):
        portions = _portions(_cut(documents, tools.encoder), encoding)
        for batch in _batches(_entries(portions, prepared)):
            prepared.segments.append(write_segment(tools.disk, staging, batch))
    return prepared


def read_only(files: Sequence[SourceFile], tools: Tools) -> Prepared:
    """Read the documents in `files` to find out which of them can be read; write nothing."""
    prepared = Prepared()
    for _ in _documents(files, tools, prepared):
        pass
    return prepared


def draft_quotations(path: Path, limits: Limits) -> tuple[Quotation, ...]:
    """Return what a file quotes that is no document of the corpus, without keeping it. Raises UsageFault."""
    if (source := alone(path)) is None:
        raise UsageFault(f"{path} is no file that briefbot reads.")
    with ReaderProcess(limits) as readers:
        try:
            read = read_document(source, readers=readers, limits=limits)
        except UnreadableFile as reason:
            raise UsageFault(f"{path}: {reason}.") from reason
    return quotations(read.document, undivided(language_of).cut(read.document, read.blocks))


def _documents(files: Sequence[SourceFile], tools: Tools, prepared: Prepared) -> Generator[ReadDocument, None, None]:
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


def _cut(documents: Iterator[ReadDocument], encoder: Encoder) -> Iterator[_Cut]:
    for some in _grouped(documents, lambda read: (len(read.blocks), len(read.document.text)), _BLOCKS):
        cutter = Cutter(encoder.window, encoder.count, language_of)
        passages_of_each = cutter.cut_all((read.document, read.blocks) for read in some)
        yield from map(_analysed, some, passages_of_each)


def _analysed(read: ReadDocument, passages: tuple[Passage, ...]) -> _Cut:
    texts = tuple(search_text(read.document.title, p.heading, p.header, p.text) for p in passages)
    found = (terms(text, passage.language) for text, passage in zip(texts, passages, strict=True))
    quoted = quotations(read.document, passages)
    return _Cut(read, passages, tuple(map(passage_key, texts)), texts, tuple(found), quoted)


def _portions(cut: Iterator[_Cut], encoding: EncodingThread) -> Iterator[_Portion]:
    """Yield portions in order, each when the next is ready to be encoded after it: so no more than two are waiting."""
    before: _Portion | None = None
    for some in _grouped(cut, lambda one: (len(one.passages), len(one.read.document.text)), PORTION):
        keys = [key for one in some for key in one.keys]
        portion = _Portion(some, encoding.start(keys, [text for one in some for text in one.texts]))
        if before:
            yield before
        before = portion
    if before:
        yield before


def _entries(portions: Iterator[_Portion], prepared: Prepared) -> Iterator[Entry]:
    for portion in portions:
        encoded = portion.encoded.result()
        prepared.encoded += encoded.fresh
        start = 0
        for one in portion.documents:
            end = start + len(one.keys)
            vectors, codes = encoded.vectors[start:end], encoded.codes[start:end]
            start = end
            yield Entry(
                document=one.read.document,
                origin=one.read.origin,
                passages=one.passages,
                keys=one.keys,
                terms=one.terms,
                vectors=vectors,
                codes=codes,
                quotations=one.quotations,
            )


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    return _grouped(entries, lambda entry: (len(entry.passages), len(entry.document.text)), SEGMENT_PASSAGES)


def _grouped(items: Iterator[T], size: Callable[[T], tuple[int, int]], most: int) -> Iterator[list[T]]:
    """Yield neighbours together, until there are `most` pieces or as much text as memory should hold."""
    group: list[T] = []
    pieces = characters = 0
    for item in items:
        group.append(item)
        more, longer = size(item)
        pieces, characters = pieces + more, characters + longer
        if pieces >= most or characters >= _CHARACTERS:
            yield group
            group, pieces, characters = [], 0, 0
    if group:
        yield group
