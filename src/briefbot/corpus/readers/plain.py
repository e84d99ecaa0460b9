"""Reads plain text: paragraphs, lists and evident headings are told from lines, blank lines and indents alone.

The text is the decoded file, untouched. In each run of lines without a blank one, long lines are a paragraph each, and
a line that is indented where others are not begins one. Other lines are hard-wrapped and belong together; but in a text
that has no blank lines, a line that ends a sentence early ends its paragraph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from briefbot.corpus.decoding import decoded
from briefbot.model import Block, Reading, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.settings import Limits

_WIDEST_WRAP = 120  # columns; whoever wraps lines by hand wraps them earlier
_NARROWEST_WRAP = 40
_FULL = 0.85  # of the widest line; a line that is shorter even with the next word was ended on purpose
_INDENT = 2
_LONGEST_HEADING = 80
_SHORTEST_CAPITALS = 4
_LONGEST_ITEM = 200  # what is longer and stands apart is a numbered paragraph
_WIDE_FROM = "\u2e80"  # characters from here on take two columns
_ITEM = re.compile(r"(?:[-*•‣◦▪·+]|\(?\d{1,3}[.)]|\(?[a-z]\))[ \t]+(?=\S)")
_RULE = re.compile(r"([-=_*~#])(?:[ \t]*\1){2,}")
_UNDERLINES = {"=": 1, "-": 2, "~": 3}
_SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]{0,3}$")
_SENTENCE_END_LENGTH = 4
_NAMED_HEADING = re.compile(
    r"(?:Chapter|Part|Section|Appendix|Annex|Kapitel|Teil|Abschnitt|Anhang|Chapitre|Partie|Глава|Часть)"
    r"[ \t]+(?:\d{1,3}|[IVXLC]{1,6}|[A-Z])(?:[.:]?|[.:]?[ \t].*)"
)
_NUMBERED_HEADING = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,5})\.?[ \t]+(?=[^\W\d_])|\d{1,2}\.[ \t]+(?=[^\W\d_])")


class _Line(NamedTuple):
    """A line that holds something: where its words start and end, how far they are indented, their columns."""

    start: int
    end: int
    indent: int
    width: int


class _Run(NamedTuple):
    """Lines without a blank one between them, and the level of heading that an underline gives them, or 0."""

    lines: list[_Line]
    level: int


class _Habit(NamedTuple):
    """How the lines of a run were written."""

    widest: int  # columns
    indent: int | None  # from which on a line begins a paragraph
    unparted: bool  # the text has no blank lines that would part paragraphs


def read(data: bytes, limits: Limits) -> Reading:
    """Return the layout of a plain text. Raises UnreadableFile where the data is not text."""
    del limits  # nothing here grows beyond the text
    text = decoded(data)
    return Reading(text, tuple(blocks_of(text)), pages=_pages(text))


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of `text` in order."""
    runs = list(_runs(text))
    unparted = sum(len(run.lines) > 1 for run in runs) == 1
    blocks: list[Block] = []
    for number, run in enumerate(runs):
        level = run.level or _heading_level(text, runs, number)
        if level:
            blocks.append(Block("heading", Span(run.lines[0].start, run.lines[0].end), level))
            continue
        for first, span in enumerate(_paragraphs(text, run.lines, unparted=unparted)):
            _append(text, blocks, span, apart=not first)
    return blocks


def _pages(text: str) -> tuple[int, ...]:
    words_end = len(text.rstrip())
    starts = [match.end() for match in re.finditer("\f", text) if match.end() < words_end]
    return (0, *starts) if starts else ()


def _runs(text: str) -> Iterator[_Run]:
    lines: list[_Line] = []
    for line in _lines(text):
        rule = line and _RULE.fullmatch(text, line.start, line.end)
        if line and not rule:
            lines.append(line)
        elif lines:
            yield _Run(lines, _underline_level(lines, line, rule[1]) if line and rule else 0)
            lines = []
    if lines:
        yield _Run(lines, 0)


def _underline_level(lines: list[_Line], rule: _Line, mark: str) -> int:
    fits = len(lines) == 1 and 2 * rule.width >= lines[0].width <= _LONGEST_HEADING
    return _UNDERLINES.get(mark, 0) if fits else 0


def _lines(text: str) -> Iterator[_Line | None]:
    """Yield each line, or None for one that is blank."""
    start = 0
    for raw in text.splitlines(keepends=True):
        words = raw.strip()
        lead = raw[: len(raw) - len(raw.lstrip())]
        first = start + len(lead)
        yield _Line(first, first + len(words), len(lead.expandtabs(4)), _columns(words)) if words else None
        start += len(raw)


def _columns(words: str) -> int:
    return len(words) if words.isascii() else len(words) + sum(mark >= _WIDE_FROM for mark in words)


def _heading_level(text: str, runs: Sequence[_Run], number: int) -> int:
    """Return the level of a run that is evidently a heading by itself, or 0."""
    line = runs[number].lines[0]
    if len(runs[number].lines) > 1 or line.width > _LONGEST_HEADING or _ends_sentence(text, line):
        return 0
    words = text[line.start : line.end]
    if _is_capitals(words) or _NAMED_HEADING.fullmatch(words):
        return 1
    numbered = _NUMBERED_HEADING.match(words)
    if numbered is None or not words[numbered.end()].isupper():
        return 0
    if numbered[1]:
        return numbered[1].count(".") + 1
    neighbours = [*runs[max(0, number - 1) : number], *runs[number + 1 : number + 2]]
    return 0 if any(_is_item(text, run.lines[0].start) for run in neighbours) else 1


def _is_capitals(words: str) -> bool:
    return len(words) >= _SHORTEST_CAPITALS and words.isupper() and not _ITEM.match(words)


def _is_item(text: str, start: int) -> bool:
    return _ITEM.match(text, start) is not None


def _ends_sentence(text: str, line: _Line) -> bool:
    return _SENTENCE_END.search(text, max(line.start, line.end - _SENTENCE_END_LENGTH), line.end) is not None


def _paragraphs(text: str, lines: list[_Line], *, unparted: bool) -> Iterator[Span]:
    """Yield the paragraphs and list items of a run."""
    habit = _habit(lines, unparted=unparted)
    first = previous = lines[0]
    for line in lines[1:]:
        if _begins(text, habit, first, previous, line):
            yield Span(first.start, previous.end)
            first = line
        previous = line
    yield Span(first.start, previous.end)


def _habit(lines: list[_Line], *, unparted: bool) -> _Habit:
    margin = min(line.indent for line in lines)
    indents = [line.indent for line in lines if line.indent >= margin + _INDENT]
    begins = 0 < 2 * len(indents) <= len(lines) and len(set(indents)) == 1
    widest = max(_NARROWEST_WRAP, *(line.width for line in lines))
    return _Habit(widest, indents[0] if begins else None, unparted)


def _begins(text: str, habit: _Habit, first: _Line, previous: _Line, line: _Line) -> bool:
    """Tell whether `line` begins a paragraph, where `previous` belongs to the one that `first` began."""
    if habit.widest > _WIDEST_WRAP or _is_item(text, line.start):
        return True
    word = text[line.start : line.start + habit.widest].split(maxsplit=1)[0]
    full = previous.width + 1 + len(word) > _FULL * habit.widest
    if _is_item(text, first.start):
        return line.indent <= first.indent and not full
    if habit.indent is not None:
        return line.indent >= habit.indent and _ends_sentence(text, previous)
    return habit.unparted and not full and _ends_sentence(text, previous)


def _append(text: str, blocks: list[Block], span: Span, *, apart: bool) -> None:
    """Append a paragraph, or join it to the list before it; `apart` means that a blank line stands before it."""
    last = blocks[-1] if blocks else None
    if last and last.kind != "heading" and _is_item(text, last.span.start) and _is_item(text, span.start):
        longest = max(len(span), 0 if last.kind == "list" else len(last.span))
        if not apart or longest <= _LONGEST_ITEM:
            blocks[-1] = Block("list", Span(last.span.start, span.end))
            return
    blocks.append(Block("paragraph", span))
