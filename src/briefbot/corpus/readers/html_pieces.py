"""From a tree of HTML elements to the pieces of text that a browser would show, in order, without recursion.

This module knows which elements are blocks, lists, tables and links, and notes where on the page each piece stands. It
refuses to judge whether a piece belongs to the page's text or to its furniture. With `html`, it is the door to selectolax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

    from briefbot.model import BlockKind

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS = ("ul", "ol", "dl", "menu", "dir")
_CELLS = ("td", "th")
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dt fieldset figcaption figure footer form"
    " header hgroup hr legend li main nav optgroup p pre search section summary table tbody tfoot thead tr".split()
).union(_HEADINGS, _LISTS, _CELLS)
_UNSEEN = frozenset(
    "head script style noscript template iframe svg object embed canvas audio video map select datalist textarea button"
    " input dialog math-field".split()
)
_MAIN_ROLES = ("main", "article")
_MAIN_NAMES = frozenset(
    "content main main-content mw-content-text post-content entry-content article-body article-content markdown-body".split()
)
_FURNITURE = frozenset(("nav", "form"))
_FURNITURE_OUTSIDE_MAIN = frozenset(("header", "footer", "aside"))
_FURNITURE_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog complementary menu menubar".split())
_FURNITURE_NAMES = frozenset(
    "nav navbar navigation menu breadcrumb breadcrumbs sidebar site-header site-footer footer toc share sharing"
    " social-links pagination skip-link".split()
)
_BANNER = re.compile(r"cookie|consent|gdpr", re.IGNORECASE)
_INVISIBLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
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


class _Cell(NamedTuple):
    start: int
    end: int
    head: bool


class _Gatherer:
    """Collects pieces while elements are entered and left."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._places = [_Place("", 0, main=False, furniture=False, link=False)]
        self._tables: list[list[list[_Cell]]] = []
        self._lists = 0
        self._level = 0
        self._code = 0
        self._words: list[str] = []
        self._linked = 0
