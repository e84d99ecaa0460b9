"""Documents as the plain reader and the cutter make them of a text, and their quotations."""

from __future__ import annotations

from briefbot.corpus.formats import read_bytes
from briefbot.corpus.readers.plain import blocks_of
from briefbot.model import Document, Metadata, Passage, Quotation
from briefbot.passages import Cutter
from briefbot.quotes import quotations
from briefbot.settings import Limits

WINDOW = 200  # words


def document_of(text: str, language: str | None = "en") -> Document:
    return Document("notes.txt", "notes", text, Metadata(), language, ())


def passages_of(document: Document) -> tuple[Passage, ...]:
    cutter = Cutter(WINDOW, lambda texts: [len(it.split()) for it in texts], lambda _: document.language)
    return cutter.cut(document, blocks_of(document.text))


def found(text: str, language: str | None = "en") -> tuple[Quotation, ...]:
    document = document_of(text, language)
    return quotations(document, passages_of(document))


def read_as(data: bytes, suffix: str) -> tuple[Quotation, ...]:
    """Return the quotations of a file of another format, as its reader and the cutter make it a document."""
    reading = read_bytes(data, suffix, Limits())
    document = Document(f"notes{suffix}", "notes", reading.text, reading.metadata, "en", ())
    cutter = Cutter(WINDOW, lambda texts: [len(it.split()) for it in texts], lambda _: document.language)
    return quotations(document, cutter.cut(document, reading.blocks))
