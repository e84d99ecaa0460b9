"""Documents that were written together: their texts, passages, vectors and terms, in parts.

`write_segment` and `Segment` are the two sides of one form and change together; `manifest.FORMAT` is raised when the
form changes. Rows are positions in columns; a passage, sentence or document is made a value only when asked for.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from briefbot.errors import DamagedIndex
from briefbot.index.columns import Array, Columns, blob, column_chunks, ends_of, name_columns
from briefbot.index.concordances import KIND as CONCORDANCE
from briefbot.index.concordances import Pieces, write_concordance
from briefbot.index.manifest import EncoderEntry, SegmentEntry
from briefbot.index.parts import MappedPart, write_part
from briefbot.index.postings import Postings, posting_columns
from briefbot.index.quotations import Quotations, quotation_columns
from briefbot.index.vectors import DenseVectors, Vectors, exact_chunks
from briefbot.model import BLOCK_KINDS, Document, Metadata, Origin, Passage, Sentence, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from briefbot.codes import Codes
    from briefbot.index.disk import Disk
    from briefbot.model import Quotation

_PLACES = 1_024  # remembered at once
PASSAGE_FIELDS = (
    *("document", "number", "start", "end", "first_byte", "last_byte"),
    *("first_page", "last_page", "first_line", "last_line", "kind", "language", "place"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with all that the index keeps of it.

    `vectors` is one row a passage, `terms` one list a passage; `codes` are those of each passage's word pieces.
    """

    document: Document
    origin: Origin
    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]
    terms: tuple[Sequence[str], ...]
    vectors: Vectors
    codes: tuple[Codes, ...]
    quotations: tuple[Quotation, ...]


def passage_key(search_text: str) -> bytes:
    """Return the 16 bytes by which a text that was encoded is known again."""
    return hashlib.blake2b(search_text.encode("utf-8"), digest_size=16).digest()


def write_segment(disk: Disk, staging: str, entries: Sequence[Entry]) -> SegmentEntry:
    """Write the parts of a segment and return its entry; nothing refers to it before a manifest does."""
    passages = [passage for entry in entries for passage in entry.passages]
    vectors = np.concatenate([entry.vectors for entry in entries]).astype(np.float16)
    parts = {
        "documents": column_chunks(_document_columns(entries)),
        "passages": column_chunks(_passage_columns(entries)),
        "sentences": column_chunks(_sentence_columns(passages)),
        "dense": exact_chunks([vectors], *vectors.shape),
        "lexical": column_chunks(posting_columns([terms for entry in entries for terms in entry.terms])),
        "codes": column_chunks(_code_columns([codes for entry in entries for codes in entry.codes])),
        "quotations": column_chunks(quotation_columns([(entry.passages, entry.quotations) for entry in entries])),
    }
    written = [write_part(disk, staging, kind, chunks) for kind, chunks in parts.items()]
    written.append(write_concordance(disk, staging, [(entry.document, entry.quotations) for entry in entries]))
    return SegmentEntry(len(entries), len(passages), len(passages), tuple(written))


def _document_columns(entries: Sequence[Entry]) -> dict[str, Array]:
    texts, text_ends = blob([entry.document.text for entry in entries])
    records, record_ends = blob([_record(entry) for entry in entries])
    contents = b"".join(bytes.fromhex(entry.origin.content) for entry in entries)
    return name_columns([entry.document.name.encode("utf-8") for entry in entries]) | {
        "texts": texts,
        "text_ends": text_ends,
        "records": records,
        "record_ends": record_ends,
        "contents": np.frombuffer(contents, np.uint8).reshape(-1, 32),
        "days": np.array([_day(entry.document.metadata.date) for entry in entries], np.int32),
        "passage_starts": ends_of(np.array([len(entry.passages) for entry in entries], np.uint32), np.uint32),
    }


def _record(entry: Entry) -> str:
    document, origin = entry.document, entry.origin
    stated = document.metadata
    return json.dumps(
        {
            "title": document.title,
            "stated_title": stated.title,
            "author": stated.author,
            "date": stated.date.isoformat() if stated.date else None,
            "url": stated.url,
            "stated_language": stated.language,
            "language": document.language,
            "pages": document.pages,
            "sha256": origin.sha256,
            "modified": origin.modified,
            "remarks": origin.remarks,
        },
        ensure_ascii=False,
    )


def _day(stated: date | None) -> int:
    return stated.toordinal() if stated else 0


def _passage_columns(entries: Sequence[Entry]) -> dict[str, Array]:
    places: dict[str, int] = {}
    languages: dict[str, int] = {}
    rows = np.array(
        [row for i, entry in enumerate(entries) for row in _passage_rows(i, entry, places, languages)], np.uint32
    ).reshape(-1, len(PASSAGE_FIELDS))
    place_blob, place_ends = blob(list(places))
    language_blob, language_ends = blob(list(languages))
    return {
        "fields": rows,
        "places": place_blob,
        "place_ends": place_ends,
        "languages": language_blob,
        "language_ends": language_ends,
        "keys": np.frombuffer(b"".join(key for entry in entries for key in entry.keys), np.uint8).reshape(-1, 16),
    }


def _passage_rows(
    document: int, entry: Entry, places: dict[str, int], languages: dict[str, int]
) -> Iterator[tuple[int, ...]]:
    """Yield one value for each of `PASSAGE_FIELDS`, for each passage of a document."""
    text, reached, offset = entry.document.text, 0, 0
    for passage in entry.passages:
        first = offset + len(text[reached : passage.span.start].encode("utf-8"))
        reached, offset = passage.span.end, first + len(passage.text.encode("utf-8"))
        place = json.dumps([passage.heading, passage.header], ensure_ascii=False)
        yield (
            document,
            passage.number,
            passage.span.start,
            passage.span.end,
            first,
            offset,
            *(passage.pages or (0, 0)),
            *passage.lines,
            BLOCK_KINDS.index(passage.kind),
            languages.setdefault(passage.language or "", len(languages)),
            places.setdefault(place, len(places)),
        )


def _sentence_columns(passages: Sequence[Passage]) -> dict[str, Array]:
    spans = [(sentence.span.start, sentence.span.end) for passage in passages for sentence in passage.sentences]
    counts = np.array([len(passage.sentences) for passage in passages], np.uint64)
    return {"passage_starts": ends_of(counts), "bounds": np.array(spans, np.uint32).reshape(-1, 2)}


def _code_columns(codes: Sequence[Codes]) -> dict[str, Array]:
    return {"codes": np.concatenate(codes), "code_ends": ends_of(np.array([len(one) for one in codes], np.uint64))}


class Segment:
    """One segment of a generation, mapped. Every method raises DamagedIndex where bytes are not what was written."""

    def __init__(self, root: Path, entry: SegmentEntry, encoder: EncoderEntry) -> None:
        parts = {part.kind: MappedPart(root, part) for part in entry.parts if part.kind != CONCORDANCE}
        self.entry = entry
        self.concordance = Pieces(root, entry.parts)
        self.columns = {kind: Columns(part) for kind, part in parts.items() if kind != "dense"}
        self._documents, self._passages = self.columns["documents"], self.columns["passages"]
        self.postings = Postings(self.columns["lexical"])
        self.quotations = Quotations(self.columns["quotations"])
        self.vectors = DenseVectors(parts["dense"], count=entry.passages, dimensions=encoder.dimensions)

    @property
    def names(self) -> list[str]:
        """The names of the documents, dead ones too, by their row; made anew each time."""
        return [name.decode("utf-8") for name in self._documents.texts("names", "name_ends")]

    def name(self, document: int) -> str:
        """Return a document's name."""
        start, end = self._documents.slice("name_ends", int(document), int(document) + 2).tolist()
        return self._documents.text("names", start, end)

    def row_of(self, name: str) -> int | None:
        """Return the row of the document of that name, dead or not, or None."""
        order = self._documents.whole("name_order")
        place = bisect_left(order, name, key=self.name)
        if place == len(order) or self.name(order[place]) != name:
            return None
        return int(order[place])

    @cached_property
    def passage_starts(self) -> Array:
        """The row of each document's first passage, and the number of passages at the end."""
        return self._documents.whole("passage_starts")

    @cached_property
    def days(self) -> Array:
        """The date of each document as a proleptic Gregorian ordinal, 0 where it has none."""
        return self._documents.whole("days")

    @cached_property
    def contents(self) -> list[str]:
        """The `Origin.content` of each document, by its row; only builds ask for it."""
        data = self._documents.whole("contents").tobytes().hex()
        return [data[i : i + 64] for i in range(0, len(data), 64)]

    def key(self, row: int) -> bytes:
        """Return the key of a passage's search text."""
        return self._passages.slice("keys", row, row + 1).tobytes()

    @property
    def key_bytes(self) -> Array:
        """The keys once more, as rows of 16 bytes."""
        return self._passages.whole("keys")

    @cached_property
    def dead(self) -> Array:
        """For each document, whether it is no longer part of the index."""
        dead = np.zeros(self.entry.documents, np.bool_)
        dead[list(self.entry.dead)] = True
        return dead

    @cached_property
    def live(self) -> Array:
        """For each passage, whether its document is still part of the index."""
        return self.spread(~self.dead)

    def spread(self, per_document: Array) -> Array:
        """Return for each passage the value of its document."""
        return np.repeat(per_document, np.diff(self.passage_starts.astype(int)).astype(int))

    def rows_of(self, document: int) -> range:
        """Return the rows of a document's passages."""
        return range(int(self.passage_starts[document]), int(self.passage_starts[document + 1]))

    def heading(self, row: int) -> tuple[str, str | None]:
        """Return the title and the headings that a passage stands under, a line each, and the passage's language."""
        fields = self._passages.slice("fields", row, row + 1)[0]
        document, place, language = (int(fields[PASSAGE_FIELDS.index(it)]) for it in ("document", "place", "language"))
        headings, _ = self._place(place)
        return "\n".join((self._title(document), *headings)), self._languages[language] or None

    def place(self, row: int) -> tuple[str, int]:
        """Return the name of the document that a passage belongs to, and the passage's number."""
        document, number = self._passages.slice("fields", row, row + 1)[0, :2].tolist()
        return self.name(document), number

    def document(self, document: int) -> Document:
        """Return a document with its whole text."""
        record = self._record(document)
        start, end = self._text_bytes(document)
        return Document(
            name=self.name(document),
            title=record["title"],
            text=self._documents.text("texts", start, end),
            metadata=_metadata(record),
            language=record["language"],
            pages=tuple(record["pages"]),
        )

    def title(self, document: int) -> str:
        """Return a document's title."""
        return self._title(int(document))

    def metadata(self, document: int) -> Metadata:
        """Return what a document says about itself."""
        return _metadata(self._record(document))

    def origin(self, document: int) -> Origin:
        """Return where a document came from."""
        record = self._record(document)
        content = self._documents.slice("contents", document, document + 1).tobytes().hex()
        return Origin(record["sha256"], content, record["modified"], tuple(record["remarks"]))

    def passage(self, row: int) -> Passage:
        """Return a passage. Raises DamagedIndex where its text is not the slice that its span names."""
        fields = self._passages.slice("fields", row, row + 1)[0].tolist()
        values: dict[str, int] = dict(zip(PASSAGE_FIELDS, fields, strict=True))
        heading, header = self._place(values["place"])
        start, _ = self._text_bytes(values["document"])
        text = self._documents.text("texts", start + values["first_byte"], start + values["last_byte"])
        span = Span(values["start"], values["end"])
        if len(text) != len(span):
            raise DamagedIndex("A passage is not the slice that its span names; run: briefbot build --full")
        return Passage(
            document=self.name(values["document"]),
            number=values["number"],
            kind=BLOCK_KINDS[values["kind"]],
            span=span,
            text=text,
            heading=heading,
            pages=(values["first_page"], values["last_page"]) if values["first_page"] else None,
            lines=(values["first_line"], values["last_line"]),
            language=self._languages[values["language"]] or None,
            header=header,
            sentences=tuple(self._sentences_of(row, text, span.start)),
        )

    def languages_of(self, rows: Array) -> Iterator[tuple[str, Array]]:
        """Yield the languages of some passages, "" for none, each with the rows of those that are in it."""
        places = self._passages.whole("fields")[rows, PASSAGE_FIELDS.index("language")]
        for place in np.flatnonzero(np.bincount(places, minlength=1)).tolist():
            yield self._languages[place], rows[places == place]

    def codes(self, row: int) -> Codes:
        """Return the codes of a passage's word pieces (pieces × bytes)."""
        start, end = self.columns["codes"].slice("code_ends", row, row + 2).tolist()
        return self.columns["codes"].slice("codes", start, end)

    def entries(self, documents: Sequence[int]) -> list[Entry]:
        """Return documents with all that is kept of them, to write them into another segment."""
        rows = [row for document in documents for row in self.rows_of(document)]
        terms = dict(zip(rows, self.postings.terms_of(rows), strict=True))
        return [self._entry(document, terms) for document in documents]

    def _entry(self, document: int, terms: dict[int, list[str]]) -> Entry:
        rows, text = self.rows_of(document), self.document(document)
        return Entry(
            document=text,
            origin=self.origin(document),
            passages=tuple(self.passage(row) for row in rows),
            keys=tuple(self.key(row) for row in rows),
            terms=tuple(terms[row] for row in rows),
            vectors=self.vectors.rows(np.array(rows, np.int64)),
            codes=tuple(self.codes(row) for row in rows),
            quotations=tuple(self.quotations.of(text, self.quotations.rows_of(document))),
        )

    def _sentences_of(self, row: int, text: str, offset: int) -> Iterator[Sentence]:
        first, last = self.columns["sentences"].slice("passage_starts", row, row + 2).tolist()
        for start, end in self.columns["sentences"].slice("bounds", first, last).tolist():
            yield Sentence(Span(start, end), text[start - offset : end - offset])

    def _record(self, document: int) -> dict[str, Any]:
        return _record_in(self._documents, document)

    @cached_property
    def _place(self) -> Callable[[int], tuple[tuple[str, ...], str | None]]:
        """What tells a place's headings and column names, and remembers them: the passages of a chapter share one."""
        return lru_cache(maxsize=_PLACES)(partial(_place_in, self._passages))  # of the columns: no cycle through self

    @cached_property
    def _title(self) -> Callable[[int], str]:
        """What tells a document's title, and remembers it."""
        return lru_cache(maxsize=_PLACES)(partial(_title_in, self._documents))  # of the columns: no cycle through self

    def _text_bytes(self, document: int) -> tuple[int, int]:
        start, end = (int(place) for place in self._documents.slice("text_ends", document, document + 2))
        return start, end

    @cached_property
    def _languages(self) -> list[str]:
        return [text.decode("utf-8") for text in self._passages.texts("languages", "language_ends")]


def _record_in(documents: Columns, document: int) -> dict[str, Any]:
    start, end = documents.slice("record_ends", document, document + 2).tolist()
    record: dict[str, Any] = json.loads(documents.text("records", start, end))
    return record


def _title_in(documents: Columns, document: int) -> str:
    title: str = _record_in(documents, document)["title"]
    return title


def _place_in(passages: Columns, place: int) -> tuple[tuple[str, ...], str | None]:
    start, end = passages.slice("place_ends", place, place + 2).tolist()
    heading, header = json.loads(passages.text("places", start, end))
    return tuple(heading), header


def _metadata(record: dict[str, Any]) -> Metadata:
    return Metadata(
        title=record["stated_title"],
        author=record["author"],
        date=date.fromisoformat(record["date"]) if record["date"] else None,
        url=record["url"],
        language=record["stated_language"],
    )
