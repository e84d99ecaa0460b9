"""Where sentences begin and end, as exact spans; the only door to syntok.

This module knows sentence ends in running text. It refuses to know passages and documents.

syntok looks at every word with a machine of states, most of which are left unused: within a run of words without full
stops or brackets, only the first two and the last can change what it does. So it is shown those alone, and finds the
sentences that it finds in the whole text. `tests/test_sentences.py` compares the two.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from briefbot.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Scripts that put no space after a full stop are not syntok's concern, so its sentences are cut further at these.
_FULL_STOPS = re.compile(r"(?<=[。！？｡])(?=[^\s」』”’）】。！？｡])")

_OPENING = "([{\uff5f\uff5b\uff3b\uff08\ufe5d\ufe5b\ufe59\ufd3e\u301a\u3018\u2985\u2983\u2329"
_CLOSING = ")]}\uff60\uff5d\uff3d\uff09\ufe5e\ufe5c\ufe5a\ufd3f\u301b\u3019\u2986\u2984\u232a"
_TERMINAL = ".!?;\u203c\u203d\u2047\u2048\u2049\u3002\ufe52\ufe57\uff01\uff0e\uff1f\uff61"
_CHUNK = re.compile(r"[^ \n\r\t\xa0]+")
_OTHER_SPACE = re.compile(
    r"[^\S \n\r\t\xa0]|\u200b"
)  # what syntok, or Python, takes for space beside those of `_CHUNK`
_TELLING = re.compile(f"[{re.escape(_OPENING + _CLOSING + _TERMINAL)}]")
_BRACKETS = re.compile(f"[{re.escape(_OPENING + _CLOSING)}]")
_BRACKET_REACH = 52  # syntok looks at most this many tokens ahead for the end of a bracket


class _Token(NamedTuple):
    """What syntok's machine asks of a token; its own class computes each of these when asked."""

    spacing: str
    value: str
    offset: int


def sentence_spans(text: str) -> tuple[Span, ...]:
    """Return the sentences of `text` in order, without the white space around them.

    Every character that is not white space is in exactly one of them.
    """
    words_end = len(text.rstrip())
    starts = sorted({start for start in _starts(text) if start < words_end} | {0})
    ends = [*starts[1:], len(text)]
    return tuple(span for pair in zip(starts, ends, strict=True) if len(span := Span(*pair).trimmed(text)))


def line_spans(text: str) -> tuple[Span, ...]:
    """Return the lines of `text` that hold anything, without the white space around them."""
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        spans.append(Span(start, start + len(line)).trimmed(text))
        start += len(line)
    return tuple(span for span in spans if len(span))


def tokens_that_tell(text: str) -> Iterator[Any]:
    """Yield, of the tokens that syntok makes of `text`, at least those on which its sentences depend, in order."""
    return _tokenizer().tokenize(text) if _OTHER_SPACE.search(text) else _telling_tokens(text)


def _starts(text: str) -> list[int]:
    starts = [match.start() for match in _FULL_STOPS.finditer(text)]
    return starts + [tokens[0].offset for tokens in _segment()(tokens_that_tell(text)) if tokens]


@cache
def _segment() -> Any:
    from syntok.segmenter import segment  # not needed by what only answers

    return segment


@cache
def _tokenizer() -> Any:
    from syntok.tokenizer import Tokenizer

    return Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)


def _telling_tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens that decide where sentences begin, in order: those that syntok makes of the chunks kept."""
    chunks = list(_CHUNK.finditer(text))
    words = [match.group() for match in chunks]
    for i in _telling(words):
        start = chunks[i].start()
        yield from _tokens(words[i], start, " " if start else "")
    if text and (not chunks or chunks[-1].end() < len(text)):
        yield _Token(" ", "", len(text))


def _telling(words: Sequence[str]) -> Iterator[int]:
    """Yield the positions of the words that are to be kept.

    Those are each word with a full stop or a bracket, the one before, the two after, and all from a bracket that opens
    to the one that closes it, as far as syntok looks. What is kept beyond need does no harm.
    """
    kept, until = -1, 2
    opened: list[int] = []
    for i, word in enumerate(words):
        if opened and i - opened[0] > _BRACKET_REACH:
            del opened[0]
        if _TELLING.search(word):
            if kept < i - 1:
                yield i - 1
            _follow_brackets(word, i, opened)
            until = i + 3
        if i < until or opened:
            yield i
            kept = i


def _follow_brackets(word: str, place: int, opened: list[int]) -> None:
    """Note in `opened` where brackets open, and drop those that `word` closes."""
    single = len(word) == 1 or any(map(str.isalnum, word))  # else syntok takes the word for one token
    for bracket in _BRACKETS.findall(word):
        if bracket in _OPENING:
            opened.append(place)
        elif opened and single:
            opened.pop()


def _tokens(word: str, start: int, spacing: str) -> Iterator[_Token]:
    """Yield what syntok's tokenizer makes of one word; the words that it leaves whole are known without asking it."""
    if _is_whole(word):
        yield _Token(spacing, word, start)
        return
    body, last = word[:-1], word[-1]
    if _is_whole(body) and not last.isalnum():
        yield _Token(spacing, body, start)
        yield _Token("", last, start + len(body))
        return
    for i, token in enumerate(_tokenizer().tokenize(word)):
        yield _Token(token.spacing if i else spacing, token.value, start + token.offset)


def _is_whole(word: str) -> bool:
    """Tell whether syntok is sure to leave `word` whole: it divides at signs, and between small and capital letters."""
    return word.isalnum() and (word[1:].islower() or word.isupper() or word.isdecimal() or len(word) == 1)
