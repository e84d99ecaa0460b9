"""The words of a paragraph with its quotations as single tokens: what stands around quotations, without what they say.

Which of these words name a speaker or introduce a quotation is not known here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from briefbot.model import Span
    from briefbot.quotes.marks import Segment
    from briefbot.quotes.words import Words

LONGEST = 20_000  # characters outside of quotations that are looked at in one paragraph, at either end

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"
    r"|(?:Mrs?|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Adm|Rev|St|Jr|Sr|Hr|Fr|Sra?)\.(?=\s)"
    r"|[^\W\d_]\.(?=\s?[A-ZА-ЯÄÖÜ])"
    r"|@\w+"
    r"|[\u2e80-\u2fff\u3005-\u3007\u3040-\ua4cf\uac00-\ud7af\uf900-\ufaff]+"
    r"|[^\W_]+(?:(?:[-‐‑&]|[.,](?=\d)|['’](?!s\b))[^\W_]+)*"
    r"|['’]s\b|['’]"
    r"|\S"
)
PARTY = re.compile(r"[A-Z]-[A-Z]")  # of a politician, with the state: R-Ky.
_UNSPACED_FROM = "\u2e80"
_TERMINAL = frozenset(".!?。！？")
_POSSESSIVE = frozenset(("'s", "’s", "'", "’"))


class Token(NamedTuple):
    """A word, a sign, or a whole quotation (`quote` is its place among the segments, and `text` how it ends; else -1).

    `sentence` counts the sentences of the paragraph, as far as signs tell them.
    """

    start: int
    end: int
    text: str
    lower: str
    quote: int
    sentence: int

    @property
    def is_word(self) -> bool:
        """Tell whether it is a word or number, and neither sign nor quotation."""
        return self.quote < 0 and self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        """Tell whether it begins with a capital letter, or is in letters that have none."""
        return self.quote < 0 and (self.text[0].isupper() or self.text[0] >= _UNSPACED_FROM)

    @property
    def is_possessive(self) -> bool:
        """Tell whether it makes the word before it a possessor."""
        return self.text in _POSSESSIVE


def tokens_of(text: str, whole: Span, quotes: Sequence[tuple[int, Segment]], words: Words) -> list[Token]:
    """Return the tokens of a paragraph; `quotes` are its outermost segments with their places, in order."""
    made: list[Token] = []
    sentence, start = 0, whole.start
    for place, segment in quotes:
        sentence = _add(made, text, (start, segment.outer.start), words, sentence)
        ending = text[segment.span.start : segment.span.end].rstrip()[-1:] or segment.mark
        made.append(Token(segment.outer.start, segment.outer.end, ending, ending, place, sentence))
        sentence += ending in ".。"
        start = segment.outer.end
    _add(made, text, (start, whole.end), words, sentence)
    return made


def _add(made: list[Token], text: str, between: tuple[int, int], words: Words, sentence: int) -> int:
    """Add the tokens of a stretch without quotations and return the number of the sentence that it ends in."""
    for start, end in _near(*between):
        for match in _TOKEN.finditer(text, start, end):
            for first, last in _parts(match, words):
                word = text[first:last]
                made.append(Token(first, last, word, word.lower(), -1, sentence))
            sentence += match.group() in _TERMINAL
    return sentence


def _near(start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= 2 * LONGEST:
        return [(start, end)]
    return [(start, start + LONGEST), (end - LONGEST, end)]


def _parts(match: re.Match[str], words: Words) -> Iterator[tuple[int, int]]:
    """Yield where the words of a token stand: in Chinese, the listed ones and what is between them."""
    start, end = match.span()
    if match.group()[0] < _UNSPACED_FROM or end - start < 2:
        yield start, end
        return
    reached = start
    for listed in words.unspaced.finditer(match.string, start, end):
        if listed.start() > reached:
            yield reached, listed.start()
        yield listed.span()
        reached = listed.end()
    if reached < end:
        yield reached, end
