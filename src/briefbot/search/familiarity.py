"""Which languages of the documents the model does not know, as far as its word pieces tell.

A model cuts words of a language that it learnt into few pieces, and those of others into many, down to letters. That
needs no list of models. It parts English of every kind from other languages in sentences; it cannot tell how well a
language was learnt, and words that languages share (administration, communication) look known. Where a language is not
known, vectors say little, and a question is answered by its own words.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from briefbot.search.analysis import is_unspaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from briefbot.index.generation import Generation
    from briefbot.index.vectors import Mask, Rows

    Count = Callable[[Sequence[str]], list[int]]

_PIECES_A_LETTER, _PIECES_A_SIGN = 0.3, 0.85  # what a known language is cut into at most: letters, and signs as of 会议
_SHARE, _MANY = 0.05, 20  # of the passages, and passages: from either on, a language is worth a word
_SAMPLED = 32  # passages that are looked at
_ENOUGH = 25  # pieces, as of 15 different words, that a known language is cut into at most; less text tells nothing
_RUN = 12  # signs that are taken for a word where words are not separated
_OUT_OF_LINE = ("table", "row", "code")  # what stands there is no sentence of any language
_AROUND = string.punctuation + "“”„«»‹›‘’…·•–—。、，；：！？「」『』（）"
FIX = "set a model that knows these languages, or ask in the documents' own words"
_NAMES = dict(
    line.split(" ", 1)
    for line in """af Afrikaans\nar العربية\naz Azərbaycanca\nbe Беларуская\nbg Български\nbn বাংলা\nca Català
cs Čeština\nda Dansk\nde Deutsch\nel Ελληνικά\nen English\nes Español\net Eesti\neu Euskara\nfa فارسی\nfi Suomi
fr Français\nga Gaeilge\nhe עברית\nhi हिन्दी\nhr Hrvatski\nhu Magyar\nhy Հայերեն\nid Bahasa Indonesia\nit Italiano
ja 日本語\nka ქართული\nko 한국어\nlt Lietuvių\nlv Latviešu\nne नेपाली\nnl Nederlands\nno Norsk\npl Polski\npt Português
ro Română\nru Русский\nsk Slovenčina\nsl Slovenščina\nsr Српски\nsv Svenska\nta தமிழ்\nth ไทย\ntr Türkçe
uk Українська\nvi Tiếng Việt\nyi ייִדיש\nzh 中文""".splitlines()
)


@dataclass(frozen=True, slots=True)
class Unfamiliar:
    """A language that the model does not know, as its code, and how many of the passages are in it."""

    language: str
    passages: int
    of: int


def in_words(found: Sequence[Unfamiliar], model: str) -> str:
    """Return what that means, in one sentence without its end; empty where there is nothing to tell."""
    if not found:
        return ""
    some = ", ".join(f"{named(one.language)}: {one.passages:,}" for one in found)
    together = sum(one.passages for one in found)
    return (
        f"{together:,} of {found[0].of:,} passages are in languages that the model {model} does not know well "
        f"({some}); there, words count and meaning little"
    )


def named(language: str) -> str:
    """Return what those who speak a language call it, or its code."""
    return _NAMES.get(language, language)


def unfamiliar(generation: Generation, visible: Mask, count: Count) -> tuple[Unfamiliar, ...]:
    """Return the languages of the visible passages that a model does not know, the most frequent first.

    `count` tells how many pieces the model cuts each of some words into.
    """
    total, found = int(np.count_nonzero(visible)), []
    for language, rows in generation.rows_by_language(visible).items():
        worth_a_word = language and (len(rows) >= _MANY or len(rows) >= _SHARE * total)
        if worth_a_word and not knows(list(_words(generation, rows)), count):
            found.append(Unfamiliar(language, len(rows), total))
    return tuple(sorted(found, key=lambda one: (-one.passages, one.language)))


def knows(words: Sequence[str], count: Count) -> bool:
    """Tell whether a model knows the language of some words, which is assumed where they are few.

    What it has no pieces for, it reads as one unknown piece, however long; as many as letters are counted for that.
    """
    different = list(dict.fromkeys(words))
    most = sum(max(1.0, len(word) * _most(word)) for word in different)
    if most < _ENOUGH:
        return True
    thrice = count([word * 3 for word in different])
    pieces = sum(
        len(word) if once == of_three == 1 and not word.isascii() else once
        for word, once, of_three in zip(different, count(different), thrice, strict=True)
    )
    return pieces <= most


def words_of(text: str) -> Iterator[str]:
    """Yield the words of sentences, in small letters: no names, numbers, codes and signs, which are in no language."""
    for token in text.split():
        word = token.strip(_AROUND)
        if not word or word != word.lower() or any(it in string.punctuation or it.isdigit() for it in word):
            continue
        if is_unspaced(word):
            yield from (word[start : start + _RUN] for start in range(0, len(word), _RUN))
        else:
            yield word


def _most(word: str) -> float:
    return _PIECES_A_SIGN if is_unspaced(word) else _PIECES_A_LETTER


def _words(generation: Generation, rows: Rows) -> Iterator[str]:
    for row in rows[:: max(1, len(rows) // _SAMPLED)][:_SAMPLED].tolist():
        passage = generation.passage(row)
        if passage.kind not in _OUT_OF_LINE:
            yield from words_of(passage.text)
