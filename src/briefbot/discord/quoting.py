"""A passage as Discord shows it: prose as a block quote, code and tables in a code block, the rest as a file.

Every function is given the room it has and keeps within it. What is left out is marked with …, sentences stay whole
where they can, and whoever calls is told, so that the whole can go into a file. This module refuses to know what stands
around a passage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from briefbot.discord.escaping import code_block, escaped, quoted
from briefbot.discord.limits import length
from briefbot.harmless import one_line, printable
from briefbot.model import PROSE, BlockKind, Excerpt, Span
from briefbot.wording import flowed

if TYPE_CHECKING:
    from collections.abc import Sequence

LAID_OUT: tuple[BlockKind, ...] = ("table", "row", "code")  # whose line ends and spaces mean something
_ELLIPSIS = "…"
_NOTHING = Span(0, 0)
_WORD_AT_MOST = 40
_NARROW = 40  # columns of a phone: lines that were wrapped to be longer are wrapped anew by the screen
_LEAST = 40  # characters below which a window is not worth its place


@dataclass(frozen=True, slots=True)
class Shown:
    """Content that shows a passage, and whether that is all of it."""

    content: str
    whole: bool


def sentence(excerpt: Excerpt, room: int) -> Shown:
    """Return the answering sentence alone, in at most `room` characters."""
    text = excerpt.highlight.of(excerpt.text)
    if excerpt.kind in LAID_OUT:
        block = _block(excerpt.header, text)
        fits = block is not None and length(block) <= room
        return Shown(block if block and fits else _flat(text, room).content, whole=fits)
    return _flat(text, room)


def passage(excerpt: Excerpt, room: int, *, answers: bool = True) -> Shown:
    """Return the passage with the sentence that `answers` in bold, or as much around the sentence as fits."""
    if excerpt.kind in LAID_OUT:
        return _laid_out(excerpt, room)
    text = flowed(excerpt.text, _NARROW, len) if excerpt.kind in PROSE else excerpt.text
    bold = excerpt.highlight if answers else _NOTHING
    whole = _quoted(text, Span(0, len(text)), bold)
    if length(whole) <= room:
        return Shown(whole, whole=True)
    content = _sentences_around(text, excerpt.sentences, excerpt.highlight, room, bold)
    return Shown(content, whole=False) if content else _window(text, excerpt.highlight, room, bold)


def full_text(excerpt: Excerpt) -> str:
    """Return the exact words, with the column names above them where there are any."""
    return f"{excerpt.header}\n{excerpt.text}" if excerpt.header else excerpt.text


def _flat(text: str, room: int) -> Shown:
    line = one_line(text)
    content = escaped(line)
    if length(content) <= room:
        return Shown(content, whole=True)
    kept = len(line)
    while kept > 1 and length(content) > room:
        kept = int(kept * min(0.95, room / length(content)))
        content = f"{escaped(line[: _word_end(line, kept)])}{_ELLIPSIS}"
    return Shown(content, whole=False)


def _laid_out(excerpt: Excerpt, room: int) -> Shown:
    block = _block(excerpt.header, excerpt.text)
    if block is None:
        return Shown(quoted(_flat(excerpt.highlight.of(excerpt.text), room - 2).content), whole=False)
    if length(block) <= room:
        return Shown(block, whole=True)
    return _first_lines(excerpt, room)


def _first_lines(excerpt: Excerpt, room: int) -> Shown:
    """Return as many lines as fit from the answering one on, … where lines before and after are left out."""
    before, rest = excerpt.text[: excerpt.highlight.start], excerpt.text[excerpt.highlight.start :]
    skipped = [_ELLIPSIS] if before.strip() else []
    lines = rest.split("\n")
    for count in range(len(lines), 0, -1):
        left_out = [_ELLIPSIS] if count < len(lines) else []
        block = _block(excerpt.header, "\n".join([*skipped, *lines[:count], *left_out]))
        if block and length(block) <= room:
            return Shown(block, whole=False)
    mark = f"{_ELLIPSIS} " if skipped else ""
    return Shown(quoted(f"{mark}{_flat(lines[0], room - 2 - len(mark)).content}"), whole=False)


def _block(header: str | None, text: str) -> str | None:
    return code_block(f"{header}\n{text}" if header else text)


def _sentences_around(text: str, sentences: Sequence[Span], centre: Span, room: int, bold: Span) -> str:
    """Return the sentence in the centre with as many whole ones on both sides as fit; empty where it does not fit."""
    here = [i for i, each in enumerate(sentences) if each.start < max(centre.end, 1) and each.end > centre.start]
    budget = room if here else 0
    while budget > _LEAST:
        first, last = _widened(sentences, here[0], here[-1], budget)
        start = sentences[first].start if first > 0 else 0
        end = sentences[last].end if last + 1 < len(sentences) else len(text)
        content = _quoted(text, Span(start, end), bold)
        if length(content) <= room:
            return content
        budget = int(budget * 0.95) if last > first else 0
    return ""


def _widened(sentences: Sequence[Span], first: int, last: int, budget: int) -> tuple[int, int]:
    """Return the first and last sentence of as many around these as stand within `budget` characters."""
    sides = [(0, 1), (-1, 0)]
    while sides:
        before, after = side = sides.pop(0)
        start, end = first + before, last + after
        if start >= 0 and end < len(sentences) and sentences[end].end - sentences[start].start <= budget:
            first, last = start, end
            sides.append(side)
    return first, last


def _window(text: str, centre: Span, room: int, bold: Span) -> Shown:
    """Return the sentence in the centre with about as much text on both sides as there is room for."""
    budget = room
    while budget > _LEAST:
        margin = max(0, budget - len(centre)) // 2
        start = _word_start(text, max(0, centre.start - margin))
        end = _word_end(text, min(len(text), centre.end + margin, start + budget))
        content = _quoted(text, Span(start, max(start, end)), bold)
        if length(content) <= room:
            return Shown(content, whole=False)
        budget = int(budget * 0.85)
    return Shown(quoted(_flat(centre.of(text), room - 2).content), whole=False)


def _quoted(text: str, shown: Span, marked: Span) -> str:
    """Return a slice of `text` as a block quote, the marked part of it in bold, … where it does not begin or end."""
    start, end = (min(max(place, shown.start), shown.end) for place in (marked.start, marked.end))
    before, bold, after = text[shown.start : start], text[start:end], text[end : shown.end]
    first = f"{_ELLIPSIS} " if shown.start > 0 else ""
    last = f" {_ELLIPSIS}" if shown.end < len(text) else ""
    return quoted(f"{first}{escaped(before)}{_bold(bold)}{escaped(after)}{last}")


def _bold(text: str) -> str:
    core = text.strip()
    if not printable(core).strip():
        return escaped(text)
    lead = text[: len(text) - len(text.lstrip())]
    return f"{escaped(lead)}**{escaped(core)}**{escaped(text[len(lead) + len(core) :])}"


def _word_start(text: str, place: int) -> int:
    """Return the beginning of the first word at or after `place`, if it is near."""
    if place == 0 or text[place - 1].isspace():
        return place
    near = [i for i in range(place, min(len(text), place + _WORD_AT_MOST)) if text[i].isspace()]
    return near[0] + 1 if near else place


def _word_end(text: str, place: int) -> int:
    """Return the end of the last word at or before `place`, if it is near."""
    if place >= len(text) or text[place].isspace():
        return min(place, len(text))
    near = [i for i in range(place, max(0, place - _WORD_AT_MOST), -1) if text[i - 1].isspace()]
    return near[0] - 1 if near else place
