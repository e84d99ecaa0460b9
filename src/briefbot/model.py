"""The values that travel through briefbot, from a file to a cited answer.

This module knows what a document, a passage and an answer *are*. It refuses to know where they are kept, how they
are found and how they are shown. Every value is complete when it is made and never changes afterwards.

One law makes citations exact: ``passage.text == passage.span.of(document.text)``. It holds for passages, sentences,
excerpts and quotations alike. Spans count Unicode code points of ``document.text``, which is the decoded text for
text files (without byte order mark, line ends untouched) and the extracted text for every other format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

BlockKind = Literal["heading", "paragraph", "list", "table", "row", "code", "blockquote"]  # added to at its end only
QuotationKind = Literal["direct", "indirect"]
QUOTATION_KINDS: tuple[QuotationKind, ...] = get_args(QuotationKind)
BLOCK_KINDS: tuple[BlockKind, ...] = get_args(BlockKind)
PROSE: tuple[BlockKind, ...] = ("paragraph", "blockquote")  # whose line ends mean nothing


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, ``start <= end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the slice of `text` that this span names."""
        return text[self.start : self.end]

    def trimmed(self, text: str) -> Span:
        """Return the same range of `text` without the white space at its ends; empty where there is nothing else."""
        words = self.of(text)
        start = self.start + len(words) - len(words.lstrip())
        return Span(start, start + len(words.strip()))

    def shifted(self, offset: int) -> Span:
        """Return the same range counted from a point `offset` code points earlier."""
        return Span(self.start + offset, self.end + offset)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source says about itself; None where it says nothing."""

    title: str | None = None
    author: str | None = None
    date: date | None = None
    url: str | None = None
    language: str | None = None

    def over(self, other: Metadata) -> Metadata:
        """Return these values, with those of `other` where these are silent."""
        return Metadata(
            title=self.title or other.title,
            author=self.author or other.author,
            date=self.date or other.date,
            url=self.url or other.url,
            language=self.language or other.language,
        )


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document's layout, as its reader saw it.

    `level` is 1 to 6 for headings and 0 otherwise. `header` is where the column names of a table or row stand.
    """

    kind: BlockKind
    span: Span
    level: int = 0
    header: Span | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one file.

    `blocks` are in reading order and do not overlap. `pages` holds the offset at which each page's text starts, and is
    empty where the format has no pages. `remarks` are sentences for the operator ("2 of 9 pages have no text").
    """

    text: str
    blocks: tuple[Block, ...]
    metadata: Metadata = Metadata()
    pages: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as briefbot quotes it. `name` is its path below the corpus, with forward slashes."""

    name: str
    title: str
    text: str
    metadata: Metadata
    language: str | None
    pages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from: the sha256 of its file, of all that it was read from, and the file's time.

    `content` also covers the sidecar, the reader's version and the limits. `modified` is in nanoseconds since 1970.
    `remarks` are what its reader had to say about it.
    """

    sha256: str
    content: str
    modified: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage; `span` counts in the document's text."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph (or list, table, code block, table row): what is searched, and shown as it stands.

    `number` counts the passages of the document from 1. `pages` and `lines` are first and last, counted from 1.
    `header` is the text of the column names above a row or a part of a table.
    """

    document: str
    number: int
    kind: BlockKind
    span: Span
    text: str
    heading: tuple[str, ...]
    pages: tuple[int, int] | None
    lines: tuple[int, int]
    language: str | None
    header: str | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is said to have said something; all spans count in the document's text.

    `speaker` is the name or noun phrase as written, `full` the whole name that it stands for in that document, `cue`
    what introduces the words ("said", "according to"), and `confidence` the probability that the speaker is right.
    """

    speaker: str
    span: Span
    full: str | None
    cue: str | None
    confidence: float

    @property
    def name(self) -> str:
        """The whole name, or the speaker as written where none is known."""
        return self.speaker if self.full is None else self.full


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody said, word for word (`direct`), or what a document says that somebody said (`indirect`).

    `span` holds the words between the marks, and `context` the sentences that they stand in, with what introduces or
    completes them. Parts of one utterance that its introduction interrupts share the number `utterance`, which counts
    the utterances of a document from 1. `attribution` is None where it is unknown who spoke.
    """

    document: str
    utterance: int
    kind: QuotationKind
    span: Span
    text: str
    context: Span
    attribution: Attribution | None


def in_place(name: str, place: str | None) -> bool:
    """Tell whether a document is, or is in, the document or folder called `place`; None means anywhere."""
    return place is None or name == place or name.startswith(f"{place.rstrip('/')}/")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents a question is about. `document` is a document's name or a folder; dates are inclusive."""

    document: str | None = None
    author: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that an asker may see; `names` of None means every document."""

    names: frozenset[str] | None

    @classmethod
    def everything(cls) -> Scope:
        """Return the scope of somebody who may see every document."""
        return cls(None)

    def allows(self, name: str) -> bool:
        """Tell whether the document of that name may be seen."""
        return self.names is None or name in self.names


@dataclass(frozen=True, slots=True)
class Question:
    """A question, who asks (`scope`), and how many excerpts are wanted (`k`).

    `history` holds earlier questions and answers of the conversation in turn, oldest first.
    """

    text: str
    scope: Scope
    filters: Filters = Filters()
    k: int = 3
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage's row in a generation, its fused score, and the features that the score was made of."""

    row: int
    score: float
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an excerpt stands, precisely enough for a person to find it without briefbot."""

    document: str
    title: str
    author: str | None
    paragraph: int
    pages: tuple[int, int] | None
    heading: tuple[str, ...]
    lines: tuple[int, int]
    span: Span
    url: str | None
    date: date | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Staleness:
    """The source changed after it was indexed: the date of the version quoted, and of the version there now."""

    indexed: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage in an answer. `highlight` is the sentence that answers; it and `sentences` count within `text`.

    `also` is where else the documents say the same: passages that are not shown for themselves.
    """

    kind: BlockKind
    text: str
    score: float
    highlight: Span
    header: str | None
    citation: Citation
    stale: Staleness | None
    sentences: tuple[Span, ...]
    also: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say. No excerpts means that they do not answer; `related` are then the closest passages.

    `confidence` is the probability that the first passage answers, and None where none was learnt with the model.
    """

    question: str
    understood_as: str
    excerpts: tuple[Excerpt, ...]
    related: tuple[Excerpt, ...]
    confidence: float | None
    generation: int

    @property
    def answered(self) -> bool:
        """Tell whether the documents answer the question."""
        return bool(self.excerpts)
