"""Where quotations are looked for: the paragraphs of a document, in which marks pair and speakers stand.

A paragraph here is what its writer would call one: passages that were only divided to fit a model are put together, and
what layout keeps apart (items of a list, rows, turns of a conversation, lines quoted from a mail) is divided. Code
holds no quotations. This module knows neither marks nor speakers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.model import PROSE, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from briefbot.model import BlockKind, Passage

_BLANK = re.compile(r"\n[^\S\n]*\r?\n\s*")
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_QUOTED_LINE = re.compile(r"[^\S\n]*((?:>[^\S\n]?)+)")
LABEL = re.compile(r"[^\S\n]*(?:\*\*|__)?([^\W\d_][\w .'’()&-]{0,48}?)(?:\*\*|__)?(?:[:：](?:\*\*|__)?(?=\s)|：)")
_ENDED = re.compile(r"[.?!:…。？！：\"”’»)\]]\s*$")
_FENCED = re.compile(r"^[^\S\n]*```[^\n]*\n(?:[^\n]*\n)*?[^\S\n]*```[^\n]*", re.MULTILINE)
_BY_LINES = ("list", "table", "row")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text in which marks pair. `depth` counts the ">" before its lines, and 1 for a block quotation.

    `kind` is that of its passages. `sentences` are where its sentences start and end, as its passages have them; they
    lie within it.
    """

    span: Span
    depth: int
    passage: int
    kind: BlockKind
    sentences: tuple[Span, ...]


def paragraphs(text: str, passages: Sequence[Passage]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a document in order; code and rows are left out."""
    fences = [Span(*match.span()) for match in _FENCED.finditer(text)]
    found: list[Paragraph] = []
    for group in _joined(text, passages):
        whole = Span(group[0].span.start, group[-1].span.end)
        found.extend(_divided(text, _unfenced(fences, whole), group))
    return tuple(found)


def _joined(text: str, passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    """Yield the passages that are pieces of one paragraph together: nothing but spaces stands between them."""
    group: list[Passage] = []
    for passage in passages:
        if passage.kind in ("code", "row"):  # in rows, marks keep cells together
            continue
        if group and not _follows(text, group[-1], passage):
            yield group
            group = []
        group.append(passage)
    if group:
        yield group


def _follows(text: str, before: Passage, after: Passage) -> bool:
    gap = text[before.span.end : after.span.start]
    return before.kind == after.kind and before.kind in PROSE and len(gap) < 3 and gap.strip(" ") == ""


def _divided(text: str, parts: Iterable[Span], group: Sequence[Passage]) -> Iterator[Paragraph]:
    """Yield the paragraphs of `parts` of a group of passages, each with its sentences."""
    sentences = [sentence.span for passage in group for sentence in passage.sentences]
    by_lines = group[0].kind in _BY_LINES
    reached = 0
    for start, end, depth in (piece for part in parts for piece in _pieces(text, part, by_lines=by_lines)):
        span = Span(start, end).trimmed(text)
        inside = []
        while reached < len(sentences) and sentences[reached].start < span.end:
            if sentences[reached].end > span.start:
                inside.append(Span(max(span.start, sentences[reached].start), min(span.end, sentences[reached].end)))
            if sentences[reached].end > span.end:
                break
            reached += 1
        if len(span):
            quoted = depth + (group[0].kind == "blockquote")
            yield Paragraph(span, quoted, group[0].number, group[0].kind, tuple(inside))


def _unfenced(fences: Sequence[Span], whole: Span) -> Iterator[Span]:
    """Yield what is left of `whole` without fenced code, which only a reader of Markdown takes for such."""
    start = whole.start
    at = bisect_right(fences, start, key=lambda one: one.end)
    while at < len(fences) and fences[at].start < whole.end:
        yield Span(start, max(start, fences[at].start))
        start = min(whole.end, fences[at].end)
        at += 1
    yield Span(start, whole.end)


def _pieces(text: str, whole: Span, *, by_lines: bool) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and depth of the pieces that layout keeps apart within `whole`."""
    start, depth = whole.start, _depth(text, whole.start)
    for line in _LINE.finditer(text, whole.start, whole.end):
        if line.start() == line.end():
            break
        new = _depth(text, line.start())
        blank = not line.group().strip(" \t\r\n>")
        if line.start() > start and (by_lines or blank or new != depth or _is_turn(text, line)):
            yield start, line.start(), depth
            start = line.start()
        depth = new
    yield start, whole.end, depth


def _is_turn(text: str, line: re.Match[str]) -> bool:
    """Tell whether a line begins as what somebody says in an interview does: "NAME: ", after a sentence has ended."""
    label = LABEL.match(text, line.start(), line.end())
    if label is None or text[label.start(1)].islower():
        return False
    return bool(_ENDED.search(text, max(0, line.start() - 5), line.start()))


def _depth(text: str, place: int) -> int:
    """Return how many ">" stand before the line of `place`."""
    line = text.rfind("\n", max(0, place - 200), place) + 1
    quoted = _QUOTED_LINE.match(text, line, line + 200) if line or place < 200 else None
    return quoted.group(1).count(">") if quoted else 0
