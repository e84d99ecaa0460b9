"""What is known of a document before anybody is credited: its paragraphs, their segments, and the words around these.

Everything is made in one pass over the document; the tokens of a paragraph are made when they are asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from briefbot.model import Span
from briefbot.quotes.marks import segments
from briefbot.quotes.paragraphs import paragraphs
from briefbot.quotes.tokens import tokens_of
from briefbot.quotes.unmarked import with_unmarked
from briefbot.quotes.words import words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.model import Document, Passage
    from briefbot.quotes.marks import Segment
    from briefbot.quotes.paragraphs import Paragraph
    from briefbot.quotes.tokens import Token
    from briefbot.quotes.words import Words


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's paragraphs and the segments between marks, each named by its place in `segments`."""

    text: str
    words: Words
    paragraphs: tuple[Paragraph, ...]
    segments: tuple[Segment, ...]
    outermost: tuple[tuple[int, ...], ...]
    _tokens: dict[int, list[Token]] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)

    def tokens(self, paragraph: int) -> list[Token]:
        """Return the tokens of a paragraph, with its outermost segments as one token each."""
        if paragraph not in self._tokens:
            quotes = [(place, self.segments[place]) for place in self.outermost[paragraph]]
            tokens = tokens_of(self.text, self.paragraphs[paragraph].span, quotes, self.words)
            self._tokens[paragraph] = tokens
            self._places.update((token.quote, at) for at, token in enumerate(tokens) if token.quote >= 0)
        return self._tokens[paragraph]

    def place(self, segment: int) -> int:
        """Return which token of its paragraph an outermost segment is."""
        self.tokens(self.segments[segment].paragraph)
        return self._places[segment]

    def context(self, paragraph: int, outer: Span) -> Span:
        """Return the sentences of a paragraph that a span of it stands in, with what introduces or completes them."""
        sentences = self.paragraphs[paragraph].sentences
        first = bisect_right(sentences, outer.start, key=lambda one: one.end)
        last = bisect_left(sentences, outer.end, key=lambda one: one.start)
        while last < len(sentences) and self.text[sentences[last].start].islower():
            last += 1  # "Will he?" she asked.
        if first >= last:
            return outer
        return Span(min(sentences[first].start, outer.start), max(sentences[last - 1].end, outer.end))


def outline_of(document: Document, passages: Sequence[Passage]) -> Outline:
    """Return the outline of a document."""
    found = paragraphs(document.text, passages)
    words = words_for(document.language)
    marked = segments(document.text, [one.span for one in found])
    between = with_unmarked(document.text, found, marked, words)
    outermost: list[list[int]] = [[] for _ in found]
    for place, segment in enumerate(between):
        if segment.depth == 0:
            outermost[segment.paragraph].append(place)
    return Outline(document.text, words, found, between, tuple(map(tuple, outermost)))
