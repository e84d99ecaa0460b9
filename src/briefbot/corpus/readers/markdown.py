"""Reads Markdown: the text is the decoded file, untouched, and its blocks are found by a CommonMark parser.

Only the block structure is asked for: which lines are a heading, a paragraph, a list. Marks within a line stay as they
were written. Raw HTML, comments, link definitions and front matter belong to no block. This module is the only door to
markdown-it-py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from briefbot.corpus.decoding import decoded
from briefbot.corpus.front_matter import read_front_matter
from briefbot.corpus.lines import line_starts
from briefbot.model import Block, BlockKind, Reading, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from briefbot.settings import Limits

_WHOLE: dict[str, BlockKind] = {"bullet_list_open": "list", "ordered_list_open": "list", "table_open": "table"}
_QUOTE_MARKS = re.compile(r"[>\s]*")


def read(data: bytes, limits: Limits) -> Reading:
    """Return the layout and front matter of a Markdown text. Raises UnreadableFile where the data is not text."""
    del limits  # the parser bounds its own nesting
    text = decoded(data)
    matter = read_front_matter(text)
    blocks = _blocks(text, matter.end)
    return Reading(text, tuple(blocks), matter.metadata, remarks=matter.remarks)


def _blocks(text: str, start: int) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table").disable("inline")
    lines = _Lines(text, line_starts(text, start))
    for before, token in pairwise([None, *_outermost(parser.parse(text[start:]))]):
        block = token and _block(lines, token, before)
        if block:
            yield block


def _outermost(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens that are not within a list or table."""
    within: int | None = None
    for token in tokens:
        if within is None or token.level <= within:
            yield token
            within = token.level if token.type in _WHOLE else None


def _block(lines: _Lines, token: Token, before: Token | None) -> Block | None:
    if token.map is None:
        return None
    first, last = token.map[0], token.map[1] - 1
    if token.type == "inline" and before:
        return _worded(lines, token, before)
    if token.type in _WHOLE:
        span = lines.without_quote_marks(first, last)
        header = lines.without_quote_marks(first, first) if token.type == "table_open" else None
        return Block(_WHOLE[token.type], span, header=header) if span else None
    if token.type in ("fence", "code_block") and token.content.strip():
        fence = int(token.type == "fence")
        span = lines.words(first + fence, first + fence + token.content.rstrip("\n").count("\n"))
        return Block("code", span) if span else None
    return None


def _worded(lines: _Lines, token: Token, before: Token) -> Block | None:
    """Return a heading or paragraph, whose words the parser has freed of the marks around them."""
    words = token.content.strip().split("\n")
    first = lines.first_filled(*token.map or (0, 0))
    ends = lines.words(first, first + len(words) - 1)
    if not words[0] or ends is None:
        return None
    if before.type == "heading_open" and before.markup.startswith("#"):
        start = lines.text.index(before.markup, lines.starts[first]) + len(before.markup)
        start = lines.text.index(words[0], start)
        return Block("heading", Span(start, start + len(words[0])), len(before.markup))
    level = int(before.tag[1]) if before.type == "heading_open" else 0
    return Block("heading" if level else "paragraph", Span(lines.start_of(words[0].strip(), first), ends.end), level)


@dataclass(frozen=True, slots=True)
class _Lines:
    """A text, and where its lines start."""

    text: str
    starts: list[int]

    def words(self, first: int, last: int) -> Span | None:
        """Return the span of what the lines `first` to `last` hold, if they hold anything."""
        past = min(last + 1, len(self.starts) - 1)
        words = Span(self.starts[first], self.starts[max(first, past)]).trimmed(self.text)
        return words if len(words) else None

    def first_filled(self, first: int, past: int) -> int:
        """Return the first line before `past` that holds anything."""
        return next((line for line in range(first, past) if self.words(line, line)), first)

    def without_quote_marks(self, first: int, last: int) -> Span | None:
        span = self.words(first, last)
        marks = _QUOTE_MARKS.match(self.text, span.start, span.end) if span else None
        words = Span(marks.end(), span.end).trimmed(self.text) if span and marks else Span(0, 0)
        return words if len(words) else None

    def start_of(self, words: str, line: int) -> int:
        """Return where `words`, with which a line ends, start; or where the line does, if tabs have moved them."""
        span = self.words(line, line)
        if span is None:
            return self.starts[line]
        start = max(span.start, span.end - len(words))
        return start if self.text.startswith(words, start) else span.start
