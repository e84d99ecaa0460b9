"""Where sentences begin and end, as exact spans; the only door to syntok.

This module knows sentence ends in running text. It refuses to know passages and documents.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from briefbot.model import Span

# Scripts that put no space after a full stop are not syntok's concern, so its sentences are cut further at these.
_FULL_STOPS = re.compile(r"(?<=[。！？｡])(?=[^\s」』”’）】。！？｡])")


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


def _starts(text: str) -> list[int]:
    starts = [match.start() for match in _FULL_STOPS.finditer(text)]
    return starts + [tokens[0].offset for tokens in _sentences(text) if tokens]


def _sentences(text: str) -> Any:
    from syntok.segmenter import segment  # where it is used: only a build cuts sentences

    return segment(_tokenizer().tokenize(text))


@cache
def _tokenizer() -> Any:
    from syntok.tokenizer import Tokenizer

    return Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
