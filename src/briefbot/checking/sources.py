"""The documents that quotations are checked in, as somebody may see them.

This module knows how a place of a concordance becomes words of a document. It refuses to know where documents are kept:
two functions of a source give them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from briefbot.checking.comparing import Place
from briefbot.checking.concordance import Concordance
from briefbot.checking.finding import View
from briefbot.checking.folding import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from briefbot.model import Document, Quotation, Scope, Span


@dataclass(frozen=True, slots=True)
class Source:
    """Documents to check in; rows are the numbers of the quotations that the concordance was built of.

    `live` tells for each document of the concordance whether it is still one.
    """

    concordance: Concordance
    live: npt.NDArray[np.bool_]
    document: Callable[[str], Document]
    quotation: Callable[[int], Quotation]

    @classmethod
    def of(cls, documents: Sequence[Document], quotations: Sequence[Quotation]) -> Source:
        """Make a source of documents and quotations that are in memory."""
        by_name = {it.name: it for it in documents}
        concordance = Concordance.of([(it.name, it.text) for it in documents], quotations)
        return cls(concordance, np.ones(len(documents), np.bool_), by_name.__getitem__, quotations.__getitem__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A source during one check: what may be seen of it, and the documents that were read, each once."""

    source: Source
    view: View
    _opened: dict[int, tuple[Document, tuple[Quotation, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source, scope: Scope) -> Shelf:
        """Look at a source with the eyes of somebody."""
        return cls(source, View(source.concordance, source.concordance.visible(scope) & source.live))

    def opened(self, number: int) -> tuple[Document, tuple[Quotation, ...]]:
        """Return a document and its quotations."""
        if number not in self._opened:
            concordance = self.view.concordance
            quotations = tuple(self.source.quotation(row) for row in concordance.quoted(number))
            self._opened[number] = self.source.document(concordance.name(number)), quotations
        return self._opened[number]

    def place(self, number: int, start: int, end: int) -> Place:
        """Return the words of a document from one place of the concordance to before another."""
        document, quotations = self.opened(number)
        starts = self.view.concordance.starts
        found = words(document.text, int(starts[start]), int(starts[end]))
        return Place(document.text, found, _edges([it.span for it in quotations if it.kind == "direct"]))


def _edges(spans: Sequence[Span]) -> list[int]:
    """Return where quotations begin and end, in order; those within others do neither."""
    edges: list[int] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not edges or span.end > edges[-1]:
            edges += [span.start, span.end]
    return sorted(edges)
