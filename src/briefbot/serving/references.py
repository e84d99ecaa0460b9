"""How a passage is known again later: by hashes of what it says, never by a row or a generation.

A reference survives restarts, rebuilds and rollbacks, and fails only when the words are gone. This module knows how one
is written; it refuses to know how passages are found.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from briefbot.model import Excerpt

_HASH = 8  # bytes, 11 characters
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_REFERENCE = re.compile(r"([\w-]{11})([\w-]{11})\.([0-9a-z]{1,6})\.([0-9a-z]{1,6})\.([0-9a-z]{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """A passage by what it says: hashes of its document's name and its words; where it stood, and what answered.

    `number` is a hint. `start` and `end` are the answering sentence within the words, in code points.
    """

    document: str
    words: str
    number: int
    start: int
    end: int

    @classmethod
    def of(cls, excerpt: Excerpt) -> Reference:
        """Return the reference of an excerpt."""
        cited, highlight = excerpt.citation, excerpt.highlight
        return cls(hash_of(cited.document), hash_of(excerpt.text), cited.paragraph, highlight.start, highlight.end)

    @classmethod
    def read(cls, text: str) -> Reference | None:
        """Return the reference that `text` is, or None."""
        found = _REFERENCE.fullmatch(text)
        if found is None:
            return None
        document, words, *numbers = found.groups()
        return cls(document, words, *(int(number, 36) for number in numbers))

    def __str__(self) -> str:
        """Return the reference as it is written in a ticket."""
        places = ".".join(map(base36, (self.number, self.start, self.end)))
        return f"{self.document}{self.words}.{places}"


def hash_of(text: str) -> str:
    """Return the 11 characters by which a reference knows a text."""
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_HASH).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def base36(number: int) -> str:
    """Return a number of 0 or more in digits and small letters."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
