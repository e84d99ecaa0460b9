"""From one file of the corpus to a document, with its metadata, language and origin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from briefbot.corpus.formats import FORMATS
from briefbot.corpus.language import language_of
from briefbot.corpus.metadata import read_sidecar
from briefbot.errors import UnreadableFile
from briefbot.model import Block, Document, Metadata, Origin, Reading
from briefbot.settings import MEGABYTE, Limits
from briefbot.wording import normalised

if TYPE_CHECKING:
    from briefbot.corpus.sandbox import ReaderProcess
    from briefbot.corpus.scan import SourceFile


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document, its layout, and where it came from."""

    document: Document
    blocks: tuple[Block, ...]
    origin: Origin


def content_of(source: SourceFile, limits: Limits) -> str:
    """Return the hash of everything a document is read from: file, sidecar, reader, limits. Raises UnreadableFile."""
    return _origin(source, *_bytes_of(source, limits), limits).content


def read_document(source: SourceFile, *, readers: ReaderProcess, limits: Limits) -> ReadDocument:
    """Read a file and its sidecar. Raises UnreadableFile with the reason."""
    data, sidecar = _bytes_of(source, limits)
    reading = readers.read(data, source.suffix)
    metadata = _sidecar(sidecar).over(reading.metadata)
    document = Document(
        name=source.name,
        title=metadata.title or _first_heading(reading) or PurePosixPath(source.name).stem,
        text=reading.text,
        metadata=metadata,
        language=metadata.language or language_of(reading.text),
        pages=reading.pages,
    )
    return ReadDocument(document, reading.blocks, _origin(source, data, sidecar, limits, reading.remarks))


def _bytes_of(source: SourceFile, limits: Limits) -> tuple[bytes, bytes]:
    if source.size > limits.file_mb * MEGABYTE:
        raise UnreadableFile(f"it is larger than {limits.file_mb} MB; raise limits.file_mb or split the file")
    try:
        return source.path.read_bytes(), source.sidecar.read_bytes() if source.sidecar else b""
    except OSError as error:
        raise UnreadableFile(f"it cannot be opened: {error.strerror}") from error


def _origin(source: SourceFile, data: bytes, sidecar: bytes, limits: Limits, remarks: tuple[str, ...] = ()) -> Origin:
    own = hashlib.sha256(data).hexdigest()
    beside = hashlib.sha256(sidecar).hexdigest()
    whole = f"{source.suffix} {own} {beside} {FORMATS[source.suffix]} {limits}"
    return Origin(own, hashlib.sha256(whole.encode()).hexdigest(), source.modified, remarks)


def _sidecar(data: bytes) -> Metadata:
    if not data:
        return Metadata()
    try:
        return read_sidecar(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableFile("its sidecar is not UTF-8; save it as UTF-8") from None


def _first_heading(reading: Reading) -> str | None:
    headings = (block for block in reading.blocks if block.kind == "heading")
    first = next(headings, None)
    return normalised(first.span.of(reading.text)) if first else None
