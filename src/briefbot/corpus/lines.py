"""Lines of a text as spans, for readers whose spans count in the decoded file."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n|\r|\n")


def line_starts(text: str, start: int = 0) -> list[int]:
    """Return where each line begins, from `start` on, and then where the text ends; lines end as files' lines do."""
    starts = [start, *(match.end() for match in _LINE_END.finditer(text, start))]
    return starts if starts[-1] == len(text) else [*starts, len(text)]
