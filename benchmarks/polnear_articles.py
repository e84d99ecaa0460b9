"""PolNeAR as documents, with what people marked in them: segments between marks, and contents of attributions.

A collection of news articles (Newell, Margolin and Ruths, LREC 2018). `quoted_segments.jsonl` lists segments between
paired marks that stand within an attribution, with speaker and cue; segments whose two marks differ, that no mark
closes, or that stand between two single signs for one double are not among them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from briefbot.corpus.readers.plain import blocks_of
from briefbot.model import Document, Metadata, Span
from briefbot.passages import Cutter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from briefbot.model import Passage

_WINDOW = 256
_PIECES_PER_WORD = 1.3


@dataclass(frozen=True, slots=True)
class Gold:
    """A segment that people marked: its words, and the speaker as they marked it; no spans where there is none."""

    span: Span
    speaker: str
    speaker_spans: tuple[Span, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as briefbot reads it, its gold, and all attributions in it: where speakers and what they say stand."""

    document: Document
    passages: tuple[Passage, ...]
    gold: tuple[Gold, ...]
    attributions: tuple[tuple[tuple[Span, ...], tuple[Span, ...]], ...]

    @property
    def contents(self) -> tuple[Span, ...]:
        """Return where what anybody says stands."""
        return tuple(span for _, spans in self.attributions for span in spans)


def articles(folder: Path) -> Iterator[Article]:
    """Yield the articles of `polnear/train` or `polnear/dev`, cut as the model that comes with briefbot cuts them."""
    gold, attributions = _gold(folder), _attributions(folder)
    cutter = Cutter(_WINDOW, lambda texts: [int(len(it.split()) * _PIECES_PER_WORD) for it in texts], lambda _: "en")
    for file in sorted((folder / "text").glob("*.txt")):
        text = file.read_bytes().decode("utf-8")
        document = Document(file.stem, file.stem, text, Metadata(), "en", ())
        marked = tuple(_trimmed(row, text) for row in gold.get(file.stem, ()))
        yield Article(document, cutter.cut(document, blocks_of(text)), marked, tuple(attributions.get(file.stem, ())))


def _trimmed(row: dict[str, Any], text: str) -> Gold:
    spans = tuple(Span(start, end) for start, end in row["speaker_spans"])
    return Gold(Span(row["start"], row["end"]).trimmed(text), row["speaker"], spans, row["speaker_kind"])


def _gold(folder: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for line in (folder / "quoted_segments.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["article"], []).append(row)
    return found


def _attributions(folder: Path) -> dict[str, list[tuple[tuple[Span, ...], tuple[Span, ...]]]]:
    found: dict[str, list[tuple[tuple[Span, ...], tuple[Span, ...]]]] = {}
    for line in (folder / "attributions.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["article"], []).extend(
            (_spans(one["source"]), _spans(one["content"])) for one in row["attributions"]
        )
    return found


def _spans(pieces: Sequence[Sequence[Any]]) -> tuple[Span, ...]:
    return tuple(Span(piece[0], piece[1]) for piece in pieces)


_HEAD_END = re.compile(r",| \(| who | which | of | for | from | at | in | with |\n")
_WORD = re.compile(r"[\w@'’.-]+")


def head_word(speaker: str) -> str:
    """Return the decisive word of a name or noun phrase: the last before "of", a comma and the like."""
    bare = re.sub(r"['’]s$", "", _HEAD_END.split(speaker.strip())[0].strip())
    found = _WORD.findall(bare)
    return found[-1].strip(".'’-").lower() if found else ""
