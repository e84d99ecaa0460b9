"""Builds the text of a document and its blocks together, for formats whose bytes are not themselves the text.

Because a span is taken at the moment its text is written, spans are exact by construction.
"""

from __future__ import annotations

import re

from briefbot.model import Block, BlockKind, Span

_BETWEEN = "\n\n"
_SIGNATURE = re.compile(r"(?:[—–―]|--?)\s*[^\W\d_][^\n]{0,80}")


class Composition:
    """A text in the making: blocks in reading order, with one blank line between them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    @property
    def text(self) -> str:
        """The text so far."""
        return _BETWEEN.join(self._pieces)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks so far."""
        return tuple(self._blocks)

    @property
    def next_start(self) -> int:
        """The offset at which the next block will start."""
        return self._length + len(_BETWEEN) if self._pieces else 0

    def add(self, kind: BlockKind, text: str, *, level: int = 0, header_length: int = 0) -> None:
        """Append a block of `text` without its surrounding white space; text of nothing else is left out.

        The name below a block quotation, after a dash, becomes the last line of it.
        `header_length` is how many characters the column names take at the beginning of a table.
        """
        text = text.strip()
        if not text:
            return
        if kind == "blockquote" and self._blocks and self._blocks[-1].kind == kind and _SIGNATURE.fullmatch(text):
            text = f"{self._pieces.pop()}\n{text}"
            self._length = self._blocks.pop().span.start - len(_BETWEEN) * bool(self._pieces)
        start = self.next_start
        header = Span(start, start + header_length) if header_length else None
        self._pieces.append(text)
        self._length = start + len(text)
        self._blocks.append(Block(kind, Span(start, self._length), level, header))
