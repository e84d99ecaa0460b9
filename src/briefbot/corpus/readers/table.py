"""Reads tables of separated values: the text is the decoded file, untouched, and each record is a row.

The first record names the columns. What separates the cells is told by which mark gives the records the same number of
cells, not by the file's name. Quoting is RFC 4180's, so a cell may hold line ends.
"""

from __future__ import annotations

import csv
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from briefbot.corpus.decoding import decoded
from briefbot.corpus.lines import line_starts
from briefbot.errors import UnreadableFile
from briefbot.model import Block, Reading, Span
from briefbot.settings import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from briefbot.settings import Limits

_DELIMITERS = "\t;|,"  # the likeliest first where two would do: commas stand in numbers and sentences, too
_SAMPLE_RECORDS = 100
_SAMPLE = 65_536


class _Record(NamedTuple):
    span: Span
    cells: int
    unclosed: bool  # the text ended within quotation marks


def read(data: bytes, limits: Limits) -> Reading:
    """Return the rows of a table. Raises UnreadableFile where the data is not text, or no table can be made of it."""
    csv.field_size_limit(limits.text_mb * MEGABYTE)
    text = decoded(data)
    delimiter = _delimiter(text)
    try:
        records, remarks = _records(text, delimiter)
    except csv.Error as error:
        raise UnreadableFile(f"it is not a table of separated values: {error}") from error
    return Reading(text, tuple(_rows(records)), remarks=(*remarks, *_ragged(records)))


def _rows(records: list[_Record]) -> Iterator[Block]:
    if len(records) == 1:
        yield Block("row", records[0].span)
    for record in records[1:]:
        yield Block("row", record.span, header=records[0].span)


def _ragged(records: list[_Record]) -> tuple[str, ...]:
    count = sum(record.cells != records[0].cells for record in records)
    return (f"{count} of {len(records) - 1} rows have more or fewer cells than the first line",) if count else ()


def _records(text: str, delimiter: str) -> tuple[list[_Record], tuple[str, ...]]:
    """Return the records; a quotation mark that is never closed is taken for a character like any other."""
    records = list(_split(text, delimiter))
    if not records or not records[-1].unclosed:
        return records, ()
    remark = "a quotation mark is not closed; all of them were read as ordinary characters"
    return list(_split(text, delimiter, quoted=False)), (remark,)


def _split(text: str, delimiter: str, *, quoted: bool = True) -> Iterator[_Record]:
    """Yield the records of `text` that hold anything."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    lines = _Lines(text)
    start = 0
    for cells in csv.reader(lines, delimiter=delimiter, quoting=quoting):
        span = Span(start, lines.position).trimmed(text)
        if len(span) and any(map(str.strip, cells)):
            yield _Record(span, len(cells), lines.exhausted)
        start = lines.position


class _Lines:
    """The lines of a text for a reader that takes them one by one; tells how far it has come."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = iter(line_starts(text)[1:])
        self.position = 0
        self.exhausted = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        end = next(self._starts, None)
        if end is None:
            self.exhausted = True
            raise StopIteration
        start, self.position = self.position, end
        return self._text[start:end]


def _delimiter(text: str) -> str:
    """Return the mark under which most of the first records have the same number of cells, which is not one."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best = max(_DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))
    return best if _agreement(sample, best) else ","


def _agreement(sample: str, delimiter: str) -> float:
    try:
        records = list(islice(_split(sample, delimiter), _SAMPLE_RECORDS))
    except csv.Error:
        return 0.0
    cells, count = Counter(record.cells for record in records).most_common(1)[0] if records else (1, 0)
    return count / len(records) if cells > 1 else 0.0
