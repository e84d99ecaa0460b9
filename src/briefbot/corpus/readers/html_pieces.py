"""From a tree of HTML elements to the pieces of text that a browser would show, in order, without recursion.

This module puts blocks, lists and tables together, and notes where on the page each piece stands. It refuses to judge
whether a piece belongs to the page's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from briefbot.corpus.readers.html_elements import (
    BLOCKS,
    CELLS,
    HEADINGS,
    LISTS,
    UNSEEN,
    Attributes,
    is_furniture,
    is_hidden,
    is_main,
)
from briefbot.model import PROSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from briefbot.model import BlockKind

_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_LONGEST_CELL = 400  # characters on average; what is longer is a page laid out as a table


@dataclass(frozen=True, slots=True)
class Piece:
    """A block in the making; `linked` is how many of its characters are links.

    `main` and `furniture` say that it stands within an element for the page's text, or for what is around it.
    """

    kind: BlockKind
    text: str
    level: int
    header_length: int
    linked: int
    main: bool
    furniture: bool


def pieces_of(root: LexborNode) -> list[Piece]:
    """Return the pieces of text below `root` in reading order."""
    gatherer = _Gatherer()
    path: list[LexborNode] = []
    node = root.first_child
    while node is not None or path:
        if node is None:
            node = path.pop()
            gatherer.leave()
        elif node.is_text_node:
            gatherer.add(node.text_content or "")
        elif node.is_element_node and gatherer.enter(node.tag or "", node.attributes):
            path.append(node)
            node = node.first_child
            continue
        node = node.next
    gatherer.flush()
    return gatherer.pieces


class _Place(NamedTuple):
    """An open element: how many pieces stood before it, and which zones hold it."""

    tag: str
    start: int
    main: bool
    furniture: bool
    link: bool
    quoted: bool


class _Cell(NamedTuple):
    start: int
    end: int
    head: bool


class _Gatherer:
    """Collects pieces while elements are entered and left."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._places = [_Place("", 0, main=False, furniture=False, link=False, quoted=False)]
        self._tables: list[list[list[_Cell]]] = []
        self._lists = 0
        self._level = 0
        self._code = 0
        self._words: list[str] = []
        self._linked = 0

    def enter(self, tag: str, attributes: Attributes) -> bool:
        """Open an element; return False where nothing of it is shown."""
        if tag == "br":
            self._words.append("\n")
        if tag in UNSEEN or tag == "br" or is_hidden(attributes):
            return False
        if tag in BLOCKS:
            self.flush()
        self._places.append(self._place(tag, attributes))
        self._count(tag, 1)
        if tag == "table":
            self._tables.append([])
        elif tag == "tr" and self._tables:
            self._tables[-1].append([])
        return True

    def leave(self) -> None:
        """Close the element that was opened last."""
        tag = self._places[-1].tag
        if tag in BLOCKS:
            self.flush()
        place = self._places.pop()
        self._count(tag, -1)
        if tag in CELLS and self._tables and self._tables[-1]:
            self._tables[-1][-1].append(_Cell(place.start, len(self.pieces), tag == "th"))
        elif tag == "table":
            self._close_table(self._tables.pop())
        elif tag in LISTS and not self._lists:
            self._close_list(place.start)

    def add(self, text: str) -> None:
        """Add the text of a node."""
        shown = text if self._code else _SPACE.sub(" ", text)
        self._words.append(shown)
        if self._places[-1].link:
            self._linked += len(shown.strip())

    def flush(self) -> None:
        """Make pieces of the text since the last block began or ended."""
        text, linked = "".join(self._words), self._linked
        self._words, self._linked = [], 0
        if not text.strip():
            return
        if self._code:
            self._append("code", text.strip(), linked)
            return
        kind: BlockKind = "blockquote" if self._places[-1].quoted else "paragraph"
        for paragraph in _paragraphs(text):
            self._append("heading" if self._level else kind, paragraph, linked * len(paragraph) // len(text))

    def _append(self, kind: BlockKind, text: str, linked: int, header_length: int = 0) -> None:
        place = self._places[-1]
        level = self._level if kind == "heading" else 0
        self.pieces.append(Piece(kind, text, level, header_length, linked, place.main, place.furniture))

    def _place(self, tag: str, attributes: Attributes) -> _Place:
        around = self._places[-1]
        main = around.main or is_main(tag, attributes)
        quoted = around.quoted or tag == "blockquote"
        furniture = around.furniture or is_furniture(tag, attributes, within_main=main or quoted)
        link = around.link or (tag == "a" and "href" in attributes)
        return _Place(tag, len(self.pieces), main, furniture, link, quoted)

    def _count(self, tag: str, change: int) -> None:
        """Keep count of what is open that decides about the kind of a piece."""
        if tag in LISTS:
            self._lists += change
        elif tag == "pre":
            self._code += change
        elif tag in HEADINGS:
            self._level = int(tag[1]) if change > 0 else 0

    def _close_list(self, start: int) -> None:
        """Make one piece of a list, unless it holds more than lines."""
        items = self.pieces[start:]
        if items and all(item.kind in PROSE for item in items):
            del self.pieces[start:]
            self._append("list", "\n".join(item.text for item in items), sum(item.linked for item in items))

    def _close_table(self, rows: list[list[_Cell]]) -> None:
        """Make one piece of a table, unless it only lays out the page."""
        cells = [cell for row in rows for cell in row]
        if not _is_grid(self.pieces, rows, cells):
            return
        lines = [(_line(self.pieces, row), all(cell.head for cell in row)) for row in rows]
        lines = [(line, head) for line, head in lines if line.strip("| ")]
        linked = sum(piece.linked for piece in self.pieces[cells[0].start :])
        del self.pieces[cells[0].start :]
        if lines:
            header = len(lines[0][0]) if lines[0][1] and len(lines) > 1 else 0
            self._append("table", "\n".join(line for line, _ in lines), linked, header)


def _paragraphs(text: str) -> Iterator[str]:
    """Yield what stands between two line breaks, with single ones kept and spaces collapsed."""
    lines = "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\n"))
    yield from filter(None, (part.strip() for part in re.split(r"\n{2,}", lines)))


def _line(pieces: list[Piece], row: list[_Cell]) -> str:
    cells = (" ".join(piece.text for piece in pieces[cell.start : cell.end]) for cell in row)
    return " | ".join(cell.replace("\n", " ") for cell in cells).strip()


def _is_grid(pieces: list[Piece], rows: list[list[_Cell]], cells: list[_Cell]) -> bool:
    if not cells or max(map(len, rows)) == 1:
        return False
    inside = pieces[cells[0].start :]
    if any(piece.kind in ("heading", "table", "code") for piece in inside):
        return False
    return sum(len(piece.text) for piece in inside) <= _LONGEST_CELL * len(cells)
