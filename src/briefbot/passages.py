"""From a document's layout to its passages: what is searched, and shown as it stands.

A passage is a paragraph, list, table, row or code block, and an exact slice of the document's text. Headings and
one-line scraps are not passages on their own: headings become the heading path of what follows, scraps its first line.
What is longer than the model's window is divided at lines, sentences or words. This module knows neither files nor
models: how many word pieces a text has and which language it is in are asked of the functions it is given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from briefbot.model import PROSE, Block, BlockKind, Document, Passage, Sentence, Span
from briefbot.sentences import line_spans, sentence_spans
from briefbot.wording import normalised, prefix, search_text

CUTTING = 1  # raised when the same layout begins to yield other passages

_UNDIVIDED = 1 << 30  # word pieces
_SCRAP_LENGTH = 40
_SCRAPS_LENGTH = 200
_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\S+")
_FEW_CHARACTERS = re.compile(r"\S.{0,7}", re.DOTALL)

_Divide = Callable[[str], Sequence[Span]]


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts documents into passages for one model.

    `window` is how many word pieces the model reads of a text, `count` gives the number of them in each of many
    texts, and `language_of` the language of a text, or None where it cannot be known.
    """

    window: int
    count: Callable[[Sequence[str]], Sequence[int]]
    language_of: Callable[[str], str | None]

    def cut(self, document: Document, blocks: Iterable[Block]) -> tuple[Passage, ...]:
        """Return the passages of `document` in order, numbered from 1."""
        return next(self.cut_all([(document, blocks)]))

    def cut_all(self, documents: Iterable[tuple[Document, Iterable[Block]]]) -> Iterator[tuple[Passage, ...]]:
        """Yield the passages of each document; the word pieces of all are counted at once, which takes less time."""
        drafted = [(document, list(_drafts(document.text, blocks))) for document, blocks in documents]
        sizes = iter(self.count([draft.search_text(document) for document, drafts in drafted for draft in drafts]))
        for document, drafts in drafted:
            yield self._cut(document, drafts, list(islice(sizes, len(drafts))))

    def _cut(self, document: Document, drafts: Sequence[_Draft], sizes: Sequence[int]) -> tuple[Passage, ...]:
        pieces = [
            piece
            for draft, size in zip(drafts, sizes, strict=True)
            for piece in ([draft] if size <= self.window else self._divided(document, draft))
        ]
        places = _Places(document)
        return tuple(self._passage(document, places, piece, n) for n, piece in enumerate(pieces, start=1))

    def _divided(self, document: Document, draft: _Draft) -> Iterator[_Draft]:
        before = prefix(document.title, draft.heading, draft.header(document.text, always=True))
        room = max(1, self.window - self.count([before])[0])
        units = list(self._units(document.text, draft.span, _levels(draft.kind), room))
        return (replace(draft, span=span) for span in _packed(units, room))

    def _units(self, text: str, whole: Span, levels: tuple[_Divide, ...], room: int) -> Iterator[_Unit]:
        """Divide `whole` at the coarsest level; what is still beyond `room` is divided at the next one."""
        spans = [span.shifted(whole.start) for span in levels[0](whole.of(text))]
        sizes = self.count([normalised(span.of(text)) for span in spans])
        for span, size in zip(spans, sizes, strict=True):
            if size <= room or len(levels) == 1:
                yield _Unit(span, size)
            else:
                yield from self._units(text, span, levels[1:], room)

    def _passage(self, document: Document, places: _Places, draft: _Draft, number: int) -> Passage:
        text = draft.span.of(document.text)
        return Passage(
            document=document.name,
            number=number,
            kind=draft.kind,
            span=draft.span,
            text=text,
            heading=draft.heading,
            pages=places.pages(draft.span),
            lines=places.lines(draft.span),
            language=self.language_of(text) or document.language,
            header=draft.header(document.text),
            sentences=tuple(
                Sentence(span.shifted(draft.span.start), span.of(text)) for span in _levels(draft.kind)[0](text)
            ),
        )


def undivided(language_of: Callable[[str], str | None]) -> Cutter:
    """Return what cuts a text that is not encoded: no passage of it need be divided."""
    return Cutter(_UNDIVIDED, lambda texts: [len(text.split()) for text in texts], language_of)


class _Unit(NamedTuple):
    span: Span
    size: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A passage in the making: where it stands, and under which headings and column names."""

    kind: BlockKind
    span: Span
    heading: tuple[str, ...]
    columns: Span | None

    def header(self, text: str, *, always: bool = False) -> str | None:
        """Return the column names, unless the passage itself begins with them."""
        if self.columns is None or (self.columns.start >= self.span.start and not always):
            return None
        return self.columns.of(text)

    def search_text(self, document: Document) -> str:
        return search_text(document.title, self.heading, self.header(document.text), self.span.of(document.text))


@dataclass(slots=True)
class _Outline:
    """The headings above the place that has been reached, and what waits for the passage it belongs to."""

    open: list[tuple[int, str]] = field(default_factory=list)
    waiting: Span | None = None
    bare: Span | None = None  # the last heading, while nothing has followed it

    def enter(self, block: Block, words: str) -> None:
        if self.bare and self.open and block.level <= self.open[-1][0]:
            self.keep(self.bare)  # a section without a body: its heading must not get lost
        self.open = [(level, text) for level, text in self.open if level < block.level] + [(block.level, words)]
        self.bare = block.span

    def keep(self, span: Span) -> None:
        self.waiting = Span(self.waiting.start if self.waiting else span.start, span.end)

    def draft(self, kind: BlockKind, span: Span, columns: Span | None = None) -> _Draft:
        start = self.waiting.start if self.waiting else span.start
        self.waiting = self.bare = None
        return _Draft(kind, Span(start, span.end), tuple(words for _, words in self.open), columns)

    def rest(self) -> Span | None:
        if self.bare:
            self.keep(self.bare)
        return self.waiting


def _drafts(text: str, blocks: Iterable[Block]) -> Iterator[_Draft]:
    """Yield a draft for each block that is a passage, and with it the scraps that wait for it."""
    outline, last = _Outline(), None
    for block in blocks:
        if block.kind == "heading":
            outline.enter(block, normalised(block.span.of(text)))
            continue
        if _is_scrap(block, text):
            outline.keep(block.span)
            outline.bare = None
            if outline.waiting and len(outline.waiting) <= _SCRAPS_LENGTH:
                continue
        if last:
            yield last
        last = outline.draft(block.kind, block.span, block.header)
    rest = outline.rest()  # nothing follows it, so it belongs to what it follows
    if last:
        yield replace(last, span=Span(last.span.start, rest.end)) if rest else last
    elif rest:
        yield outline.draft("paragraph", rest)


def _is_scrap(block: Block, text: str) -> bool:
    words = block.span.of(text)
    return (
        block.kind == "paragraph"
        and len(words) <= _SCRAP_LENGTH
        and not _LINE_END.search(words)
        and not _SENTENCE_END.search(words)
    )


def _levels(kind: BlockKind) -> tuple[_Divide, ...]:
    """Return how a passage of that kind may be divided, the best way first."""
    finer: tuple[_Divide, ...] = (sentence_spans, _matches(_WORD), _matches(_FEW_CHARACTERS))
    return finer if kind in (*PROSE, "heading") else (line_spans, *finer)


def _matches(pattern: re.Pattern[str]) -> _Divide:
    return lambda text: [Span(*match.span()).trimmed(text) for match in pattern.finditer(text)]


def _packed(units: Sequence[_Unit], room: int) -> Iterator[Span]:
    """Put neighbouring units together into spans of about equal size that fit `room`."""
    total = sum(unit.size for unit in units)
    share = total / max(1, -(-total // room))
    start, end, size, reached, parts = units[0].span.start, units[0].span.end, 0, 0, 1
    for unit in units:
        if size and (size + unit.size > room or reached + unit.size / 2 > share * parts):
            yield Span(start, end)
            start, size, parts = unit.span.start, 0, parts + 1
        end, size, reached = unit.span.end, size + unit.size, reached + unit.size
    yield Span(start, end)


class _Places:
    """Finds the pages and lines of spans in one document."""

    def __init__(self, document: Document) -> None:
        self._page_starts = document.pages
        self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(document.text))]

    def pages(self, span: Span) -> tuple[int, int] | None:
        return _numbers(self._page_starts, span) if self._page_starts else None

    def lines(self, span: Span) -> tuple[int, int]:
        return _numbers(self._line_starts, span)


def _numbers(starts: Sequence[int], span: Span) -> tuple[int, int]:
    """Return the first and last of the numbered ranges, from 1, that `span` touches."""
    return max(1, bisect_right(starts, span.start)), max(1, bisect_right(starts, max(span.start, span.end - 1)))
