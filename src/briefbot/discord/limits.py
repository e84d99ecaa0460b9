"""What Discord accepts, as numbers; this module refuses to know what is sent.

Characters are counted as UTF-16 units, which is never less than however Discord counts them. The ceiling in bytes is
not documented; it was observed at about 10,170.
"""

from __future__ import annotations

CONTENT = 2_000
SCREEN = 600  # what a phone shows without scrolling: the answering sentence and its citation
LIST_TEXT = 4_000
LIST_BYTES = 9_500
LIST_COMPONENTS = 40
ROWS = 5
ROW_BUTTONS = 5
LABEL = 80
CUSTOM_ID = 100
CHOICES = 25
CHOICE = 100
MODAL_TITLE = 45
INPUT_LABEL = 45
REASON = 500
QUESTION = 6_000
COMMAND_NAME = 32
DESCRIPTION = 100
COMMAND = 8_000
TOKEN_LIFE = 15 * 60  # seconds in which an interaction can be answered


def length(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def clipped(text: str, most: int) -> str:
    """Return the beginning of `text` that has at most `most` UTF-16 units, with … in place of what is left out."""
    if length(text) <= most:
        return text
    kept = text[: max(0, most - 1)]
    while length(kept) > most - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
