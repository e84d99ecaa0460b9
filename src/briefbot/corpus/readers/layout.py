"""From pieces of text on pages to blocks in reading order: rows, columns, paragraphs. Pure geometry.

Lengths are PDF points, x grows to the right and y upwards. This module refuses to know where the pieces come from.

    a page's runs, less what repeats on every page ─> columns ─> lines ─> stretches, one a block ─> joined over pages
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from briefbot.model import BlockKind

_EDGE = 0.12  # of the page's height, above and below: where page headers, footers and numbers stand
_REPEATED = 0.4  # of the pages: less than a half, since left and right pages often differ
_SAME_PLACE = 4.0  # points
_COLUMN_LINES = 4
_COLUMN_CHARACTERS = 15  # in the median line: less is a table's column
_CROSSING = 0.3  # of the lines may run over both columns: titles, wide figures
_LARGER = 1.12  # times the body's size
_NOTE = 0.92  # times the body's size, or less: a footnote
_INDENT = 0.7  # of the type size
_HEADING_LENGTH = 200

_BULLET = re.compile(r"[•‣◦▪●○■–—·]\s|[-*]\s")
_NUMBER = re.compile(r"(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|\[\d{1,3}\])\s")
_SENTENCE_END = re.compile(r"[.!?:…。！？]['\"”’»)\]]*(?:\[?\d{1,3}\]?)?$")
_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line, set in one go, from its `base` line to its `top`; `size` is that of the type."""

    text: str
    left: float
    right: float
    base: float
    top: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The runs of one page, in any order."""

    bottom: float
    top: float
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column; `page` counts from 0, `margin` and `edge` are the column's left and right."""

    text: str
    left: float
    right: float
    base: float
    top: float
    size: float
    bold: bool
    page: int
    margin: float
    edge: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines of one block. `level` is 1 to 6 for headings and 0 otherwise."""

    kind: BlockKind
    lines: tuple[Line, ...]
    level: int = 0


@dataclass(frozen=True, slots=True)
class _Type:
    """What most of the document is set in: its size, its weight, and from one base line to the next."""

    size: float
    bold: bool
    pitch: float


def stretches(pages: Sequence[Page]) -> list[Stretch]:
    """Return what `pages` hold, in reading order."""
    columns = [column for number, page in enumerate(_without_repeated(pages)) for column in _columns(page.runs, number)]
    body = _body_type(columns)
    parts: list[Stretch] = []
    for column in columns:
        _append(parts, list(_stretches_of(column, body)), body)
    return _levelled(parts)


def _without_repeated(pages: Sequence[Page]) -> Iterator[Page]:
    """Leave out page headers, footers and numbers.

    They stand at a height where most pages have something that stands there on another page too, its digits aside. So
    a running title that changes with the chapter is one.
    """
    seen = Counter(place for page in pages for place in {_place(run) for run in _at_edge(page)})
    heights: Counter[int] = Counter()
    for (_, height), count in seen.items():
        heights[height] += count if count > 1 else 0
    usual = {height for height, count in heights.items() if count >= max(2, _REPEATED * len(pages))}
    for page in pages:
        repeated = {id(run) for run in _at_edge(page) if seen[_place(run)] > 1 and _place(run)[1] in usual}
        yield replace(page, runs=tuple(run for run in page.runs if id(run) not in repeated))


def _at_edge(page: Page) -> list[Run]:
    depth = _EDGE * (page.top - page.bottom)
    return [run for run in page.runs if run.base > page.top - depth or run.top < page.bottom + depth]


def _place(run: Run) -> tuple[str, int]:
    pattern = re.sub(r"\d+", "#", run.text)
    return ("#" if _ROMAN.fullmatch(pattern) else pattern), round(run.base / _SAME_PLACE)


def _columns(runs: Sequence[Run], page: int) -> list[list[Line]]:
    """Return the lines of each column; what runs over both columns divides the page into bands, read one by one."""
    gutter = _gutter(runs)
    if gutter is None:
        return [_lines(runs, page)] if runs else []
    columns: list[list[Line]] = []
    for above, band in _bands(runs, gutter):
        columns += [_lines(above, page)] if above else []
        columns += _columns([run for run in band if run.left < gutter - 1], page)
        columns += _columns([run for run in band if run.left >= gutter - 1], page)
    return columns


def _bands(runs: Sequence[Run], gutter: float) -> Iterator[tuple[list[Run], list[Run]]]:
    """Yield what runs over both columns together with what stands in the columns below it, downwards."""
    ordered = sorted(runs, key=lambda run: -run.base)
    rest = [run for run in ordered if not _crosses(run, gutter)]
    above: list[Run] = []
    for run in (run for run in ordered if _crosses(run, gutter)):
        higher = [other for other in rest if other.base > run.top - 1]
        if higher:
            yield above, higher
            above, rest = [], rest[len(higher) :]
        above.append(run)
    yield above, rest


def _crosses(run: Run, gutter: float) -> bool:
    return run.left < gutter - 1 and run.right > gutter


def _gutter(runs: Sequence[Run]) -> float | None:
    """Return where the right one of two columns of text begins, or None where the text stands in one column."""
    lefts = Counter(round(run.left) for run in runs)
    candidates = [left for left, count in lefts.items() if count >= _COLUMN_LINES]
    return min((left for left in candidates if _divides(runs, left)), default=None)


def _divides(runs: Sequence[Run], gutter: float) -> bool:
    before = [run for run in runs if run.right <= gutter]
    after = [run for run in runs if run.left >= gutter - 1]
    if len(runs) - len(before) - len(after) > _CROSSING * len(runs):
        return False
    return _is_column(before) and _is_column(after)


def _is_column(runs: Sequence[Run]) -> bool:
    return len(runs) >= _COLUMN_LINES and median(len(run.text) for run in runs) >= _COLUMN_CHARACTERS


def _lines(runs: Iterable[Run], page: int) -> list[Line]:
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -(run.base + run.top)):
        if rows and _on_one_line(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    margin = min(run.left for row in rows for run in row)
    edge = max(run.right for row in rows for run in row)
    return [_line(row, page, margin, edge) for row in rows]


def _on_one_line(first: Run, run: Run) -> bool:
    shared = min(first.top, run.top) - max(first.base, run.base)
    return shared > 0.5 * min(first.top - first.base, run.top - run.base)


def _line(row: list[Run], page: int, margin: float, edge: float) -> Line:
    row = sorted(row, key=lambda run: run.left)
    main = max(row, key=lambda run: len(run.text))
    return Line(
        text=" ".join(run.text for run in row),
        left=row[0].left,
        right=max(run.right for run in row),
        base=main.base,
        top=main.top,
        size=main.size,
        bold=all(run.bold for run in row),
        page=page,
        margin=margin,
        edge=edge,
    )


def _body_type(columns: Sequence[Sequence[Line]]) -> _Type:
    looks: Counter[tuple[float, bool]] = Counter()
    for line in (line for column in columns for line in column):
        looks[line.size, line.bold] += len(line.text)
    if not looks:
        return _Type(1.0, bold=False, pitch=1.0)
    size, bold = looks.most_common(1)[0][0]
    pitches = Counter(
        round(upper.base - lower.base, 1)
        for column in columns
        for upper, lower in pairwise(column)
        if upper.size == lower.size == size and upper.base - lower.base > size / 2
    )
    return _Type(size, bold, pitch=pitches.most_common(1)[0][0] if pitches else 1.2 * size)


def _stretches_of(column: Sequence[Line], body: _Type) -> Iterator[Stretch]:
    lines: list[Line] = []
    kind: BlockKind = "paragraph"
    for line in column:
        own = _kind(line, lines, kind, body)
        if lines and own == kind and not _breaks(lines, line, kind, body):
            lines.append(line)
            continue
        if lines:
            yield Stretch(kind, tuple(lines))
        lines, kind = [line], own
    if lines:
        yield Stretch(kind, tuple(lines))


def _kind(line: Line, before: Sequence[Line], kind: BlockKind, body: _Type) -> BlockKind:
    if _is_heading(line, body):
        return "heading"
    if _BULLET.match(line.text) or (_NUMBER.match(line.text) and _may_be_item(line, before, kind, body)):
        return "list"
    if kind == "list" and before and line.left > before[0].left + 1 and not _gap(before[-1], line, body):
        return "list"
    return "paragraph"


def _is_heading(line: Line, body: _Type) -> bool:
    if len(line.text) > _HEADING_LENGTH or not any(character.isalnum() for character in line.text):
        return False
    if line.size > _LARGER * body.size:
        return True
    return line.bold and not body.bold and line.size > 0.95 * body.size and not line.text.endswith((".", ","))


def _may_be_item(line: Line, before: Sequence[Line], kind: BlockKind, body: _Type) -> bool:
    """Tell a numbered item from a line of prose that happens to begin with a number."""
    if not before or kind != "paragraph":
        return True
    return _gap(before[-1], line, body) or bool(_SENTENCE_END.search(before[-1].text)) or _indented(line)


def _breaks(lines: Sequence[Line], line: Line, kind: BlockKind, body: _Type) -> bool:
    last = lines[-1]
    if kind == "list":
        return last.base - line.base > 2.5 * body.pitch
    if not _alike(last, line) or _gap(last, line, body):
        return True
    if kind == "heading":
        return last.bold != line.bold
    if _indented(line) and line.left > last.left + _INDENT * line.size / 2:
        return True
    return bool(_SENTENCE_END.search(last.text)) and _had_room(last, line)


def _alike(last: Line, line: Line) -> bool:
    """Tell whether two lines are of one size, or nearly so, as a line full of code in a paragraph is."""
    return abs(last.size - line.size) < (_LARGER - 1) * line.size


def _gap(last: Line, line: Line, body: _Type) -> bool:
    usual = body.pitch * max(1.0, line.size / body.size)
    return last.base - line.base > 1.3 * usual


def _indented(line: Line) -> bool:
    return line.left - line.margin > _INDENT * line.size


def _had_room(last: Line, line: Line) -> bool:
    """Tell whether the first word of `line` would have fitted after `last`, so that something ended there."""
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) / max(1, len(line.text))
    return last.right + (len(word) + 1) * width < last.edge - width


def _append(parts: list[Stretch], found: list[Stretch], body: _Type) -> None:
    """Append `found` to `parts`, with a paragraph that goes on from one column or page to the next made one.

    Footnotes below an unfinished paragraph come before it, so that each stays with its page.
    """
    unfinished = len(parts) - _notes(parts, body) - 1
    if unfinished >= 0 and found and _goes_on(parts[unfinished], found[0]):
        begun = parts.pop(unfinished)
        parts.append(Stretch("paragraph", begun.lines + found.pop(0).lines))
    parts += found


def _notes(parts: Sequence[Stretch], body: _Type) -> int:
    count = 0
    while count < len(parts) and parts[-1 - count].lines[0].size < _NOTE * body.size:
        if parts[-1 - count].lines[0].page != parts[-1].lines[-1].page:
            break
        count += 1
    return count


def _goes_on(part: Stretch, found: Stretch) -> bool:
    if part.kind != "paragraph" or found.kind != "paragraph":
        return False
    last, first = part.lines[-1], found.lines[0]
    if not _alike(last, first) or _SENTENCE_END.search(last.text):
        return False
    return first.text[0].islower() or last.text.endswith("-") or not _had_room(last, first)


def _levelled(parts: Sequence[Stretch]) -> list[Stretch]:
    looks = {_look(part) for part in parts if part.kind == "heading"}
    levels = {look: min(rank, 6) for rank, look in enumerate(sorted(looks, reverse=True), 1)}
    return [replace(part, level=levels[_look(part)]) if part.kind == "heading" else part for part in parts]


def _look(part: Stretch) -> tuple[float, bool]:
    return part.lines[0].size, part.lines[0].bold
