"""What is searched, derived from what is shown.

The text that is quoted is never changed. These pure rules derive from it the text that is embedded and matched:
hyphenation joined, ligatures and wide forms folded, title and headings in front. `RECIPE` is raised whenever the same
passage begins to yield another search text, so that nothing encoded under the old recipe is used again.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RECIPE = 1

_LINE_END_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*(?:\r\n|\r|\n)[ \t]*(?=[^\W\d_])")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]+")
_SINGLE_QUOTES = re.compile("[‘’‚‛]")
_DOUBLE_QUOTES = re.compile("[“”„‟]")
_DOTTED = frozenset(("az", "tr"))  # languages in which the capital of i is İ, and that of ı is I
_BASE = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
_VOWELS_AND_TONES = range(84, 133)  # combining classes of marks below and above Telugu, Thai, Lao and Tibetan letters
_VOICING, _VIRAMA = 8, 9  # a mark that makes か to が, and one that takes a letter's vowel away
_PREFIX_LENGTH = 120
_LIST_ITEM = re.compile(r"(?:»\u00a0)?(?:[-*+•‣◦–—]|\(?\w{1,3}[.)])\s")
_FULL = 0.85  # of the widest line: what a line with its neighbour's first word reaches where it was wrapped


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
    joined = _LINE_END_HYPHEN.sub("", text) if "\n" in text or "\r" in text else text
    return " ".join((joined if joined.isascii() else _plain(joined)).split())


def _plain(text: str) -> str:
    """Return `text` in the characters that stand for one another's variants; ASCII is in them already."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", plain))


def folded(text: str) -> str:
    """Return `text` without the differences that a searcher does not mean: case, diacritics, typographic forms."""
    plain = normalised(text)
    return plain.lower() if plain.isascii() else bare(plain.casefold())


def lowered(text: str, language: str | None) -> str:
    """Return `text` in the small letters that a word of that language is written in, with its diacritics."""
    plain = normalised(text)
    if language in _DOTTED:
        plain = plain.replace("I", "ı").replace("İ", "i")
    return plain.lower() if plain.isascii() else unicodedata.normalize("NFKC", plain.casefold())


def bare(text: str) -> str:
    """Return a text in small letters without diacritics, as somebody types it who does not have them at hand.

    What is a letter of its own stays: й, vowels and tones above and below letters, voicing, and what joins two letters.
    Dotted and dotless i become one, because neither who writes ISPARTA nor who writes isparta means another word.
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text).replace("и\u0306", "й")
    for mark in set(parts):
        if mark in _BASE or _is_diacritic(mark):
            parts = parts.replace(mark, _BASE.get(mark, ""))
    return unicodedata.normalize("NFKC", parts)


def _is_diacritic(character: str) -> bool:
    kind = unicodedata.combining(character)
    return kind > 0 and kind not in (_VOICING, _VIRAMA) and kind not in _VOWELS_AND_TONES


def letters(text: str) -> str:
    """Return only the letters and digits of `text`, without case: what two spellings of one text have in common."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def flowed(text: str, width: float, measure: Callable[[str], int]) -> str:
    """Return `text` with the line ends that only wrapped its prose as spaces, unless its lines fit as they are.

    Nothing else changes, so that spans of the text stay true. `measure` tells how wide a line is.
    """
    lines = text.split("\n")
    widest = max(map(measure, lines))
    if widest <= width:
        return text
    ends = (" " if _runs_on(line, after, widest, measure) else "\n" for line, after in pairwise(lines))
    return "".join(f"{line}{end}" for line, end in zip(lines, [*ends, ""], strict=True))


def _runs_on(line: str, after: str, widest: int, measure: Callable[[str], int]) -> bool:
    """Tell whether `line` ends because the next word did not fit, which prose does and lists and verses do not."""
    if not after.strip() or after[0].isspace() or _LIST_ITEM.match(after):
        return False
    return measure(f"{line} {after.split(maxsplit=1)[0]}") >= _FULL * widest


def _at_most(line: str, length: int) -> str:
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0]
