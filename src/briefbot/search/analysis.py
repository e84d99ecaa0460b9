"""From text to the terms that lexical search compares; the only door to PyStemmer.

Words are stemmed in their language and folded (case, diacritics, typographic forms): in English folded first, in other
languages after it, because their stemmers need the diacritics to know an ending. Codes and numbers stay whole and yield
their pieces too; scripts without spaces yield overlapping pairs of characters.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import Stemmer

from briefbot.wording import bare, folded, lowered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ANALYSIS = 2  # raised when the same text begins to yield other terms

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_ELSE = "en"  # what a text is taken for whose language is not known
_APART = frozenset(("az", "ca", "fr", "ga", "it", "tr"))  # an apostrophe stands between words, or name and ending
_UNSPACED = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARKS = (  # what belongs to a word and is no letter to `re`: vowel signs and other marks
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0df3"
    r"\u0f71-\u0f84"
)
_LETTERS = rf"[^\W_{_UNSPACED}]+[{_MARKS}]*"
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:{_LETTERS}|(?<=\w)['’](?=\w))+(?:[-._/:](?=\w)(?:{_LETTERS})+)*")
_ASCII_WORD = re.compile(r"(?:[a-z0-9]+|(?<=\w)'(?=\w))+(?:[-._/:](?=\w)[a-z0-9]+)*")  # the same, and faster
_PIECE = re.compile(rf"(?:[^\W_]+[{_MARKS}]*)+")
_RUN = re.compile(r"\S+")
_FIRST_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_JOINER = "\u200d"  # of no width: it only says how two letters are drawn


def terms(text: str, language: str | None) -> list[str]:
    """Return the terms of a passage's text in order, each as often as it occurs.

    A word that has another stem when it is typed without its diacritics yields that one too.
    """
    return _terms(text, _words_in(language or _ELSE, _stems_of), language)


def asked_terms(text: str, language: str | None) -> list[str]:
    """Return the terms of a question's text in order: of each word the stem as it was typed, and no other."""
    return _terms(text, _words_in(language or _ELSE, _stem_of), language)


def _terms(text: str, terms_of: Callable[[str], tuple[str, ...]], language: str | None) -> list[str]:
    plain = folded(text) if (language or _ELSE) == _ELSE else lowered(text, language).replace(_JOINER, "")
    words = (_ASCII_WORD if plain.isascii() else _WORD).findall(plain)
    return list(chain.from_iterable(map(terms_of, words)))


def asked_terms_at(text: str, languages: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Return where each run of characters between spaces starts in a question, and its terms in all the languages."""
    return [
        (run.start(), list(dict.fromkeys(chain.from_iterable(asked_terms(run[0], it) for it in languages))))
        for run in _RUN.finditer(text)
    ]


def is_unspaced(word: str) -> bool:
    """Tell whether a word begins in a script that puts no spaces between words, or joins letters to syllables."""
    return _FIRST_UNSPACED.match(word) is not None


def stems(words: list[str], language: str | None) -> list[str]:
    """Return the stem of each folded word; nothing of them is remembered, since most are no words at all."""
    stemmer = _forgetful(language or _ELSE)
    return list(map(bare, stemmer.stemWords(words))) if stemmer else words


@cache
def _forgetful(language: str) -> Any:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name, 0) if name else None


@cache
def _words_in(language: str, stems_of: Callable[[Any, str], Iterable[str]]) -> Callable[[str], tuple[str, ...]]:
    """Return the function that gives the terms of a word in small letters, and remembers those of many words."""
    name = _STEMMERS.get(language)
    stemmed = partial(stems_of, Stemmer.Stemmer(name).stemWord if name else str)
    joint = " " if language in _APART else ""
    return lru_cache(maxsize=1 << 16)(lambda word: tuple(_terms_of(word, joint, stemmed)))


def _stem_of(stem: Any, word: str) -> Iterable[str]:
    return (bare(stem(word)),)


def _stems_of(stem: Any, word: str) -> Iterable[str]:
    right, typed = bare(stem(word)), bare(word)
    if typed == word or not typed.isascii():
        return (right,)
    return dict.fromkeys((right, bare(stem(typed))))


def _terms_of(word: str, joint: str, stems_of: Callable[[str], Iterable[str]]) -> Iterator[str]:
    if _FIRST_UNSPACED.match(word):
        word = bare(word)
        yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        return
    pieces = _PIECE.findall(word.replace("'", joint) if "'" in word[-3:] else word)
    for piece in pieces:
        yield from stems_of(piece)
    if len(pieces) > 1 and any(piece[-1].isdigit() for piece in pieces):
        yield bare(word)  # a code or version such as v2.4.1 is a term of its own
