"""Where lines end on a screen, counted in cells: a wide character takes two, a combining one none.

Words are never broken, so that a long link stays whole and may stand out; scripts without spaces break between
characters. Lines are spans of the text, so that whoever paints them knows which words they hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from briefbot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

GLUE = "\u00a0"  # keeps words on one line

_GLUES = "\u00a0\u2007\u202f"
_UNSPACED = "\u2e80-\u312f\u31a0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_OPENING = "「『（〈《【〔［｛"
_CLINGING = "」』）〉》】〕］｝、。，．！？：；ー々\u0300-\u036f\u3099\u309a\ufe00-\ufe0f"
_PIECE = f"(?:[{_OPENING}]*[{_UNSPACED}][{_CLINGING}]*|[^\\s{_UNSPACED}]+)"
_UNIT = re.compile(f"[{_GLUES}]*{_PIECE}(?:[{_GLUES}]+{_PIECE})*[{_GLUES}]*")
_LINE = re.compile(r"[^\n]*")


def cells(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    from rich.cells import cell_len

    return cell_len(text)


def wrapped(text: str, width: int | None) -> list[Span]:
    """Return the lines of `text`, each of at most `width` cells where its words allow; None keeps them as they are.

    Line ends of the text are kept, and so is the white space at the beginning of its lines.
    """
    return [span for line in _LINE.finditer(text) if _begins_line(text, line) for span in _folded(text, line, width)]


def _begins_line(text: str, line: re.Match[str]) -> bool:
    """Tell a line from the nothing that is found between a line and its end."""
    return line.start() == 0 or text[line.start() - 1] == "\n"


def _folded(text: str, line: re.Match[str], width: int | None) -> Iterator[Span]:
    start, end = line.start(), line.start()
    for unit in _UNIT.finditer(text, *line.span()):
        if width is not None and end > line.start() and cells(text[start : unit.end()]) > width:
            yield Span(start, end)
            start = unit.start()
        end = unit.end()
    yield Span(start, end)
