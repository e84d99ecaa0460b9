"""Where every word of a segment's documents stands, in pieces of some thousand passages: each a part of its own.

A segment that is merged into another hands its pieces on as they are, unless a document in them is dead: then the piece
is written again without it, so that no word of what was removed remains. So however large a segment is, memory holds
one piece at a time.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from briefbot.checking.concordance import Concordance
from briefbot.index.columns import Columns, column_chunks
from briefbot.index.parts import MappedPart, write_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from briefbot.index.disk import Disk
    from briefbot.index.parts import PartEntry
    from briefbot.model import Document, Quotation

KIND = "concordance"


def write_concordance(disk: Disk, staging: str, documents: Sequence[tuple[Document, Sequence[Quotation]]]) -> PartEntry:
    """Write the piece for some documents with their quotations, and return its entry."""
    texts = [(document.name, document.text) for document, _ in documents]
    made = Concordance.of(texts, [one for _, quotations in documents for one in quotations])
    return write_part(disk, staging, KIND, column_chunks(made.columns))


class Pieces:
    """The concordance of a segment, mapped. Raises DamagedIndex where its bytes are not what was written."""

    def __init__(self, root: Path, parts: Iterable[PartEntry]) -> None:
        self._root = root
        self.entries = tuple(part for part in parts if part.kind == KIND)

    def __iter__(self) -> Iterator[tuple[PartEntry, Concordance]]:
        """Yield the pieces with their entries, in the order of the documents, each mapped anew."""
        return ((entry, self._read(entry)) for entry in self.entries)

    @cached_property
    def numbered(self) -> tuple[tuple[Concordance, int], ...]:
        """The pieces, each with the row of its first quotation in the segment."""
        pieces = [piece for _, piece in self]
        firsts = accumulate((len(piece.rows) for piece in pieces), initial=0)
        return tuple(zip(pieces, firsts, strict=False))

    def _read(self, entry: PartEntry) -> Concordance:
        columns = Columns(MappedPart(self._root, entry))
        return Concordance(**{field.name: columns.whole(field.name) for field in fields(Concordance)})
