"""What is searched, derived from what is shown.

The text that is quoted is never changed. These pure rules derive from it the text that is embedded and matched:
hyphenation joined, ligatures and wide forms folded, title and headings in front. `RECIPE` is raised whenever the same
passage begins to yield another search text, so that nothing encoded under the old recipe is used again.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RECIPE = 1

_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*(?:\r\n|\r|\n)[ \t]*(?=[^\W\d_])")
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF])
_PLAIN_QUOTES = str.maketrans("‘’‚‛“”„‟", "''''\"\"\"\"")
_PREFIX_LENGTH = 120


def search_text(title: str, heading: Sequence[str], header: str | None, text: str) -> str:
    """Return the text to embed and to match for a passage: where it stands, then what it says."""
    return f"{prefix(title, heading, header)}{normalised(text)}"


def prefix(title: str, heading: Sequence[str], header: str | None) -> str:
    """Return what stands in front of a passage's own words in its search text: title, headings, column names.

    A heading that only repeats the title is left out. Each line has at most 120 characters, so that room remains in
    the model's window for the passage itself.
    """
    places = dict.fromkeys(normalised(words) for words in (title, *heading))
    lines = (" › ".join(filter(None, places)), normalised(header or ""))
    return "".join(f"{_at_most(line, _PREFIX_LENGTH)}\n" for line in lines if line)


def normalised(text: str) -> str:
    """Return `text` as one line of plain characters, with words that were hyphenated at a line end joined."""
    joined = _LINE_END_HYPHEN.sub("", text).translate(_INVISIBLE)
    plain = unicodedata.normalize("NFKC", joined).translate(_PLAIN_QUOTES)
    return " ".join(plain.split())


def folded(text: str) -> str:
    """Return `text` without the differences that a searcher does not mean: case, diacritics, typographic forms."""
    decomposed = unicodedata.normalize("NFKD", normalised(text).casefold())
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return unicodedata.normalize("NFKC", bare)


def _at_most(line: str, length: int) -> str:
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0]
