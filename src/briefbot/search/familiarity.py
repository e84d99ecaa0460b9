"""Which languages of the documents the model does not know: what it learnt as words it does not cut into pieces.

Of English prose, a model for English has nine of ten words whole, also in tables seven of ten; of German four, of
French five, of Turkish one. Where it knows no word, vectors say little, and a question is answered by its own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.index.generation import Generation
    from briefbot.index.vectors import Mask, Rows

_WHOLE = 0.65  # share of the words: below, the language is not known
_SHARE, _MANY = 0.05, 20  # of the passages, and passages: from either on, a language is worth a word
_SAMPLED, _ENOUGH = 24, 40  # passages that are looked at, and words that tell
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Unfamiliar:
    """A language that the model does not know, as its code, and how many of the passages are in it."""

    language: str
    passages: int
    of: int


def in_words(found: Sequence[Unfamiliar], model: str) -> str:
    """Return what that means, in one sentence; empty where there is nothing to tell."""
    if not found:
        return ""
    some = ", ".join(f"{one.passages:,} in {one.language}" for one in found)
    return (
        f"of all {found[0].of:,}, {some}: the model {model} does not know the language, so that they are found by "
        "their words alone"
    )


def unfamiliar(
    generation: Generation, visible: Mask, count: Callable[[Sequence[str]], list[int]]
) -> tuple[Unfamiliar, ...]:
    """Return the languages of the visible passages that a model does not know, the most frequent first.

    `count` tells how many pieces the model cuts each of some words into.
    """
    total, found = int(np.count_nonzero(visible)), []
    for language, rows in generation.rows_by_language(visible).items():
        worth_a_word = language and (len(rows) >= _MANY or len(rows) >= _SHARE * total)
        if worth_a_word and _is_strange(_words(generation, rows), count):
            found.append(Unfamiliar(language, len(rows), total))
    return tuple(sorted(found, key=lambda one: (-one.passages, one.language)))


def _words(generation: Generation, rows: Rows) -> list[str]:
    sampled = rows[:: max(1, len(rows) // _SAMPLED)][:_SAMPLED]
    return [word for row in sampled.tolist() for word in _WORD.findall(generation.passage(row).text)]


def _is_strange(words: list[str], count: Callable[[Sequence[str]], list[int]]) -> bool:
    if len(words) < _ENOUGH and sum(map(len, words)) < 5 * _ENOUGH:  # where words are not separated, letters tell
        return False
    return sum(pieces == 1 for pieces in count(words)) < _WHOLE * len(words)
