"""Files with one JSON object a line, or with columns: each row with the place that a sentence about it names.

This module knows how rows stand in files; it refuses to know what they mean.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from briefbot.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DELIMITERS = ",;\t"
_LONGEST_FIELD = 1 << 24  # characters; csv's own limit is below what a paragraph may have


def json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object with its place; blank lines are passed over. Raises UsageFault."""
    for number, line in enumerate(text_of(path).split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageFault(f"{place}: this is not JSON ({error}); write one object a line.") from error
        if not isinstance(row, dict):
            raise UsageFault(f'{place}: this is not an object; write one a line, as in {{"question": "…"}}.')
        yield place, row


def column_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each row of a CSV file by its column names, empty cells left out. Raises UsageFault.

    Columns are parted by commas, semicolons or tabs, whichever the first line has most of.
    """
    text = text_of(path)
    head = text.partition("\n")[0]
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=head.count))
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    try:
        for row in reader:
            if None in row:
                raise UsageFault(
                    f"{path}, line {reader.line_num}: there are more cells than columns; quote the commas."
                )
            yield f"{path}, line {reader.line_num}", {name: cell.strip() for name, cell in row.items() if cell}
    except csv.Error as error:
        raise UsageFault(f"{path}, line {reader.line_num}: this is not CSV ({error}).") from error


def text_of(path: Path) -> str:
    """Return the text of a file, without a byte order mark. Raises UsageFault."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageFault(f"{path} is not UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise UsageFault(f"{path} cannot be read: {error.strerror}.") from error


def sound(text: str) -> str:
    """Return `text` with halves of characters, which are in no file, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def history_of(row: dict[str, Any], place: str) -> tuple[str, ...]:
    """Return the earlier questions and answers that a row names. Raises UsageFault."""
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise UsageFault(f'{place}: the history must be a list of texts, as in "history": ["Who is he?", "A guard."].')
    return tuple(map(sound, history))
