"""Reads HTML: the text of the page without its furniture, and what the page says about itself.

The text is extracted: blocks in order, white space collapsed as a browser does it. The page's main element is taken
where it holds most of the text; navigation, site headers and footers, banners and lists of links are left out. This
module is the only door to selectolax.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from briefbot.corpus.composition import Composition
from briefbot.corpus.decoding import decoded
from briefbot.corpus.metadata import clean, metadata_of
from briefbot.corpus.readers.html_elements import NOT_NESTING
from briefbot.corpus.readers.html_pieces import Piece, pieces_of
from briefbot.corpus.readers.plain import blocks_of
from briefbot.errors import UnreadableFile
from briefbot.model import PROSE, Metadata, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborHTMLParser

    from briefbot.settings import Limits

_HEAD = 4_096  # bytes in which a charset is declared
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE
)
_DEEPEST = 3_000  # the parser's time grows with the square of the depth; pages that people write stay below 100
_TAG = re.compile(r"<(\\?/)?([a-z][a-z0-9]*)", re.IGNORECASE)  # scripts write <\/div>
_FEW = 0.25  # of the text: so little cannot be all that the page has to say
_MOST = 0.5
_LINKS = 0.75  # of a block: more is a menu
_LONG = 60  # unlinked characters that make a block more than a menu all the same
_MOST_SCRIPTS = 20

_META_KEYS = {
    "title": ("og:title", "dc.title", "dcterms.title", "citation_title"),
    "author": ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author"),
    "date": (
        "article:published_time",
        "date",
        "dc.date",
        "dcterms.date",
        "dcterms.created",
        "citation_publication_date",
        "pubdate",
    ),
    "url": ("canonical", "og:url"),
    "language": ("lang", "content-language", "dc.language", "og:locale"),
}
_LINKED_DATA_KEYS = {
    "title": ("headline",),
    "author": ("author",),
    "date": ("datePublished", "dateCreated"),
    "url": ("url",),
    "language": ("inLanguage",),
}


def read(data: bytes, limits: Limits) -> Reading:
    """Return the main text of a page. Raises UnreadableFile where it is not text, or nested beyond all measure."""
    del limits  # the text is shorter than the file
    tree = parsed(data)
    composition = Composition()
    add_text(composition, tree)
    return Reading(composition.text, composition.blocks, _metadata(tree))


def parsed(data: bytes, declared: str | None = None) -> LexborHTMLParser:
    """Return the tree of a page, whose charset may be `declared` outside of it.

    Raises UnreadableFile where it is not text, or nested too deeply.
    """
    from selectolax.lexbor import LexborHTMLParser

    within = _CHARSET.search(data[:_HEAD])
    markup = decoded(data, declared or (within[1].decode("ascii") if within else None))
    if _depth(markup) > _DEEPEST:
        raise UnreadableFile(f"its elements are nested more than {_DEEPEST:,} deep; save it again with another program")
    return LexborHTMLParser(markup)


def add_text(composition: Composition, tree: LexborHTMLParser) -> None:
    """Add the blocks of a page's main text."""
    if tree.body is not None and tree.css_first("body *") is None:  # text without any markup keeps its lines
        text = "".join(node.text_content or "" for node in tree.body.iter(include_text=True))
        for block in blocks_of(text):
            composition.add(block.kind, block.span.of(text), level=block.level)
    elif tree.root is not None:
        for piece in _without_menus(_main(pieces_of(tree.root))):
            composition.add(piece.kind, piece.text, level=piece.level, header_length=piece.header_length)


def _depth(markup: str) -> int:
    """Return how deep elements are nested at most, if every element that is not closed stays open."""
    depth = deepest = 0
    for tag in _TAG.finditer(markup):
        if tag[2].lower() not in NOT_NESTING:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _main(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces of the page's own text: it must not be lost, so a doubtful choice is not made."""
    kept = [piece for piece in pieces if not piece.furniture]
    if _weight(kept) < _FEW * _weight(pieces):
        kept = pieces
    main = [piece for piece in kept if piece.main]
    return main if main and _weight(main) >= _MOST * _weight(kept) else kept


def _weight(pieces: Iterable[Piece]) -> int:
    return sum(max(0, len(piece.text) - piece.linked) for piece in pieces)


def _without_menus(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces without those that consist of links, and the headings above such lists."""
    kept = [
        piece
        for piece, following in pairwise([*pieces, None])
        if piece
        and not _is_menu(piece)
        and not (piece.kind == "heading" and following and following.kind == "list" and _is_menu(following))
    ]
    return kept or pieces


def _is_menu(piece: Piece) -> bool:
    if not any(map(str.isalnum, piece.text)):
        return piece.kind != "code"
    unlinked = len(piece.text) - piece.linked
    return piece.kind in (*PROSE, "list") and piece.linked > _LINKS * len(piece.text) and unlinked < _LONG


def _metadata(tree: LexborHTMLParser) -> Metadata:
    title, time = tree.css_first("head title"), tree.css_first("article time[datetime], main time[datetime]")
    fallback = {
        "title": title.text() if title else None,
        "date": time.attributes.get("datetime") if time else None,
    }
    said = metadata_of(_said(tree), _META_KEYS)
    return said.over(metadata_of(_linked_data(tree), _LINKED_DATA_KEYS)).over(metadata_of(fallback))


def _said(tree: LexborHTMLParser) -> dict[str, object]:
    """Return what meta elements, the canonical link and the language attribute say; the first of a name counts."""
    table: dict[str, object] = {}
    for meta in tree.css("meta[content]"):
        named = meta.attributes
        name = named.get("property") or named.get("name") or named.get("http-equiv") or named.get("itemprop")
        if name and clean(named.get("content")):
            table.setdefault(name.lower(), named.get("content"))
    link = tree.css_first("link[rel=canonical]")
    if link:
        table["canonical"] = link.attributes.get("href")
    if tree.root is not None and tree.root.attributes.get("lang"):
        table["lang"] = tree.root.attributes.get("lang")
    return table


def _linked_data(tree: LexborHTMLParser) -> dict[str, Any]:
    """Return the first JSON-LD object that describes a text."""
    for script in tree.css('script[type="application/ld+json"]')[:_MOST_SCRIPTS]:
        for thing in _things(script.text()):
            if isinstance(thing, dict) and ("headline" in thing or "datePublished" in thing):
                return thing
    return {}


def _things(text: str) -> Iterator[Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    things = data if isinstance(data, list) else [data]
    yield from things
    for thing in things:
        graph = thing.get("@graph") if isinstance(thing, dict) else None
        yield from graph if isinstance(graph, list) else ()
