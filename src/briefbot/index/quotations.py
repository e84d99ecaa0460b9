"""The quotations of a segment's documents: rows of numbers, and the names and cues that they share.

Words are never kept twice: a quotation's text and its speaker as written are slices of the document.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from briefbot.index.columns import Array, Columns, blob, ends_of
from briefbot.model import QUOTATION_KINDS, Attribution, Quotation, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from briefbot.model import Document, Passage

FIELDS = (
    *("passage", "utterance", "kind", "start", "end", "context_start", "context_end"),
    *("speaker_start", "speaker_end", "name", "is_full", "cue"),  # all 0 where it is unknown who spoke
)
PASSAGE, KIND, NAME = (FIELDS.index(name) for name in ("passage", "kind", "name"))
_CUE = FIELDS.index("cue")


def quotation_columns(documents: Sequence[tuple[Sequence[Passage], Sequence[Quotation]]]) -> dict[str, Array]:
    """Return the columns for the quotations of some documents, each with its passages, in order."""
    names, cues = _Numbered(), _Numbered()
    rows, confidences, first = list[tuple[int, ...]](), list[float](), 0
    for passages, quotations in documents:
        starts = [passage.span.start for passage in passages]
        for one in quotations:
            passage = max(0, bisect_right(starts, one.span.start) - 1)
            rows.append((first + passage, *_row(one, names, cues)))
            confidences.append(one.attribution.confidence if one.attribution else 0.0)
        first += len(passages)
    counts = np.array([len(quotations) for _, quotations in documents], np.uint32)
    fields = np.array(rows, np.uint32).reshape(-1, len(FIELDS))
    return _columns(ends_of(counts, np.uint32), fields, np.array(confidences, np.float64), (names, cues))


def _row(one: Quotation, names: _Numbered, cues: _Numbered) -> tuple[int, ...]:
    spans = (one.span.start, one.span.end, one.context.start, one.context.end)
    known = (one.utterance, QUOTATION_KINDS.index(one.kind), *spans)
    who = one.attribution
    if who is None:
        return (*known, 0, 0, 0, 0, 0)
    name = names.number(who.name)
    return (*known, who.span.start, who.span.end, name, who.full is not None, cues.number(who.cue))


def merged_quotations(parts: Sequence[tuple[Columns, Array, Array]]) -> Mapping[str, Array]:
    """Return the columns of several segments' quotations as one segment's.

    Of each there are its columns, which of its documents are taken over, and which of its passages.
    """
    names, cues = _Numbered(), _Numbered()
    counts, fields, confidences, first = [np.empty(0, np.int64)], [_NO_ROWS], [np.empty(0)], 0
    for columns, documents, passages in parts:
        its = Quotations(columns)
        starts: Array = its.starts.astype(np.int64)
        every: Array = starts[1:] - starts[:-1]
        kept = np.repeat(documents, every)
        rows = its.fields[kept].copy()
        rows[:, PASSAGE] = first + (np.cumsum(passages) - 1)[rows[:, PASSAGE]]
        rows[:, NAME] = names.renumbered(rows[:, NAME], its.names)
        rows[:, _CUE] = cues.renumbered(rows[:, _CUE], its.cues)
        counts.append(every[documents])
        fields.append(rows)
        confidences.append(columns.whole("confidences")[kept])
        first += int(np.count_nonzero(passages))
    starts = ends_of(np.concatenate(counts), np.uint32)
    return _columns(starts, np.concatenate(fields), np.concatenate(confidences), (names, cues))


_NO_ROWS = np.empty((0, len(FIELDS)), np.uint32)


def _columns(starts: Array, fields: Array, confidences: Array, texts: tuple[_Numbered, _Numbered]) -> dict[str, Array]:
    (names, name_ends), (cues, cue_ends) = (blob(it.texts) for it in texts)
    return {
        "starts": starts,
        "fields": fields,
        "confidences": confidences,
        "names": names,
        "name_ends": name_ends,
        "cues": cues,
        "cue_ends": cue_ends,
    }


class Quotations:
    """The quotations of a segment, mapped; each is made a value only when it is asked for."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    @property
    def starts(self) -> Array:
        """The row of each document's first quotation, and the number of quotations at the end."""
        return self._columns.whole("starts")

    @property
    def fields(self) -> Array:
        """One row of `FIELDS` a quotation."""
        return self._columns.whole("fields")

    @cached_property
    def names(self) -> list[str]:
        """What speakers are called, in full where that is known, as `name` numbers it from 1."""
        return [text.decode("utf-8") for text in self._columns.texts("names", "name_ends")]

    @cached_property
    def cues(self) -> list[str]:
        """What introduces quotations, as `cue` numbers it from 1."""
        return [text.decode("utf-8") for text in self._columns.texts("cues", "cue_ends")]

    def rows_of(self, document: int) -> range:
        """Return the rows of a document's quotations."""
        first, last = self._columns.slice("starts", document, document + 2).tolist()
        return range(first, last)

    def of(self, document: Document, rows: Sequence[int]) -> Iterator[Quotation]:
        """Yield the quotations in some rows, which are of that document."""
        for row in rows:
            its = dict(zip(FIELDS, self._columns.slice("fields", row, row + 1)[0].tolist(), strict=True))
            span = Span(its["start"], its["end"])
            yield Quotation(
                document=document.name,
                utterance=its["utterance"],
                kind=QUOTATION_KINDS[its["kind"]],
                span=span,
                text=span.of(document.text),
                context=Span(its["context_start"], its["context_end"]),
                attribution=self._attribution(row, its, document),
            )

    def _attribution(self, row: int, its: Mapping[str, int], document: Document) -> Attribution | None:
        span = Span(its["speaker_start"], its["speaker_end"])
        if not len(span):
            return None
        return Attribution(
            speaker=span.of(document.text),
            span=span,
            full=self.names[its["name"] - 1] if its["is_full"] else None,
            cue=self.cues[its["cue"] - 1] if its["cue"] else None,
            confidence=float(self._columns.slice("confidences", row, row + 1)[0]),
        )


class _Numbered:
    """Texts by the numbers from 1 that stand for them; 0 stands for none."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def texts(self) -> list[str]:
        """The texts in the order of their numbers."""
        return list(self._numbers)

    def number(self, text: str | None) -> int:
        """Return the number of a text."""
        return 0 if text is None else self._numbers.setdefault(text, len(self._numbers) + 1)

    def renumbered(self, numbers: Array, texts: Sequence[str]) -> Array:
        """Return what stands here for the texts that `numbers` stand for among `texts`; others are not taken up."""
        new = np.zeros(len(texts) + 1, np.uint32)
        for number in np.unique(numbers[numbers > 0]).tolist():
            new[number] = self.number(texts[number - 1])
        return new[numbers]
