"""Words and the signs between them in the one form that all their typographic variants have, with exact places.

Two texts are the same words where their words have the same forms and the gaps between these have the same signs.
Folded away is what printing, extraction and typing change: kinds of quotation marks, dashes, spaces and dots,
ligatures, wide letters, soft hyphens, invisible signs, hyphens at a line's end. Kept is all that may say something
else: case, diacritics, digits, superscripts, fractions, punctuation. No text is rewritten, so every word knows its
exact span. This module refuses to know quotations and documents. All of it takes time in proportion to the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from briefbot.wording import bare

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_END = "\n"  # in a form: a hyphen at a line's end, which may belong to the word or only to the line
OMISSION = "…"

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
# Scripts that put no spaces between words: each sign is a word, so that line ends and spaces do not matter.
_UNSPACED = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
_APOSTROPHES = "'’‘‛´`ʼ′＇"
_QUOTES = '"“”„‟«»‹›「」『』〝〞〟＂″' + _APOSTROPHES
_DASHES = "-‐‑‒–—―−﹘﹣－⸺⸻"
_HYPHENS = "-‐‑"
_LIGATURES = frozenset("ﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗĳĲµ")
_VARIANTS = frozenset(("<wide>", "<narrow>", "<initial>", "<medial>", "<final>", "<isolated>"))
_SIGNS = str.maketrans(
    dict.fromkeys(_QUOTES, '"') | dict.fromkeys(_DASHES, "-") | {"。": ".", "｡": ".", "‥": "..", "⋯": OMISSION}
)
_QUOTED_LINE = re.compile(r"(?:\r\n|\r|\n)(?:[ \t]*+>)++")
_EMPHASIS = re.compile(r"[*_]++|~~")
_REOPENED = re.compile(rf"[\r\n]\s*+[{_QUOTES}]++")
_UNSEEN = re.compile(rf"[\s{_INVISIBLE}]++")
_DOTS = re.compile(r"\.*+…[.…]*+|\.{3,}")
_REPEATED = re.compile(r'"{2,}|-{2,}')
_POINT_OUTSIDE = re.compile(r'"([,.])')
_BRACKETED_DOTS = re.compile(r"\(…\)|\[…\]")


class Word(NamedTuple):
    """A word where it stands in its text, and its form."""

    start: int
    end: int
    form: str

    def of(self, text: str) -> str:
        """Return the word as it is written."""
        return text[self.start : self.end]


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Return the words of a text, or of the part of it between two places that cut no word."""
    return [Word(first, last, form(text[first:last])) for first, last in places(text, start, end)]


def places(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield where the words of a text begin and end, in order."""
    return map(re.Match.span, _word_pattern().finditer(text, start, len(text) if end is None else end))


@lru_cache(1 << 16)
def form(word: str) -> str:
    """Return a word without its typographic variants; a hyphen at a line's end is left as `LINE_END`."""
    if word.isascii() and word.isalnum():
        return word
    joined = _line_end_pattern().sub(LINE_END, word)
    plain = "".join(_plain(character) for character in joined if character == LINE_END or not _UNSEEN.match(character))
    return unicodedata.normalize("NFC", plain)


def key(word_form: str) -> str:
    """Return what a word is looked up by: its form without case, diacritics and hyphens, never empty."""
    plain = word_form.replace(LINE_END, "")
    found = plain.lower() if plain.isascii() else bare(unicodedata.normalize("NFKC", plain).casefold())
    return found or word_form


def sign(gap: str) -> str:
    """Return what stands between two words in one form; spaces, line ends and emphasis are nothing.

    All quotation marks are one, all dashes are one, and so are three dots, an ellipsis and either in brackets.
    """
    return "" if gap.isspace() else _sign(gap)


def same_sign(one: str, other: str) -> bool:
    """Tell whether two gaps say the same. A quotation mark that reopens a line may be there or not."""
    if sign(one) == sign(other):
        return True
    return sign(_REOPENED.sub("\n", one)) == sign(_REOPENED.sub("\n", other))


def spelt(text: str) -> str:
    """Return a piece of text in one form: the forms of its words, and the signs or spaces between them."""
    parts, last = [], None
    for word in words(text):
        if last is not None:
            parts.append(sign(text[last : word.start]) or " ")
        parts.append(word.form)
        last = word.end
    return "".join(parts)


def spelt_alike(one: str, other: str) -> bool:
    """Tell whether two results of `spelt` are the same; a hyphen at a line's end counts as a hyphen or as nothing."""
    if LINE_END not in one and LINE_END not in other:
        return one == other
    i = j = 0
    while i < len(one) and j < len(other):
        here, there = one[i], other[j]
        if here != there and LINE_END not in {here, there}:
            return False
        both = here == there or {here, there} == {LINE_END, "-"}
        i += both or here == LINE_END
        j += both or there == LINE_END
    return not (one[i:] + other[j:]).strip(LINE_END)


def is_unspaced(word_form: str) -> bool:
    """Tell whether a word is a sign of a script that puts no spaces between words."""
    return bool(_unspaced_pattern().match(word_form))


def _sign(gap: str) -> str:
    seen = _UNSEEN.sub("", _EMPHASIS.sub("", _QUOTED_LINE.sub("\n", gap)))
    if not seen:
        return ""
    plain = "".join(map(_plain, seen)) if not seen.isascii() else seen
    dotted = _BRACKETED_DOTS.sub(OMISSION, _DOTS.sub(OMISSION, plain.translate(_SIGNS)))
    return _POINT_OUTSIDE.sub(r'\1"', _REPEATED.sub(lambda run: run[0][0], dotted))


@lru_cache(1 << 12)
def _plain(character: str) -> str:
    """Return a character, or what it is a printer's variant of; superscripts and fractions are not variants."""
    if character in _APOSTROPHES:
        return "'"
    if character in _LIGATURES or unicodedata.decomposition(character).split(" ")[0] in _VARIANTS:
        return unicodedata.normalize("NFKC", character)
    return character


@cache
def _marks() -> str:
    """Return the combining marks as the inside of a character class; `\\w` leaves them out."""
    found = [code for code in (*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0)) if _is_mark(chr(code))]
    return "".join(f"\\U{code:08x}" for code in found)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@cache
def _word_pattern() -> re.Pattern[str]:
    marks, hidden = _marks(), f"[{_INVISIBLE}]*+"
    letters = f"(?:[A-Za-z0-9]++|(?![_{_UNSPACED}])[\\w{marks}])++"  # the first is but the second, faster
    sign_of_script = f"[{_UNSPACED}](?<=\\w)[{marks}]*+"
    number = r"(?<=\d)[.,:/٫٬·*^](?=\d)"
    line_end = f"(?<=[^\\W\\d_])[{_HYPHENS}\u00ad][ \t]*+(?:\r\n|\r|\n)[ \t]*+(?=[^\\W\\d_{_UNSPACED}])"
    joint = f"(?:{hidden}|{hidden}[{_APOSTROPHES}]{hidden}|{number}|{line_end})"
    return re.compile(f"{letters}(?:{joint}{letters})*+|{sign_of_script}")


@cache
def _line_end_pattern() -> re.Pattern[str]:
    return re.compile(f"[{_HYPHENS}\u00ad][ \t]*+(?:\r\n|\r|\n)[ \t]*+")


@cache
def _unspaced_pattern() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")
