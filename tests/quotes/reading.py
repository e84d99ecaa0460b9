"""Documents as the plain reader and the cutter make them of a text, and their quotations."""

from __future__ import annotations

from briefbot.corpus.readers.plain import blocks_of
from briefbot.model import Document, Metadata, Passage, Quotation
from briefbot.passages import Cutter
from briefbot.quotes import quotations

WINDOW = 200  # words


def document_of(text: str, language: str | None = "en") -> Document:
    return Document("notes.txt", "notes", text, Metadata(), language, ())


def passages_of(document: Document) -> tuple[Passage, ...]:
    cutter = Cutter(WINDOW, lambda texts: [len(it.split()) for it in texts], lambda _: document.language)
    return cutter.cut(document, blocks_of(document.text))


def found(text: str, language: str | None = "en") -> tuple[Quotation, ...]:
    document = document_of(text, language)
    return quotations(document, passages_of(document))
