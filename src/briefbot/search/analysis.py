"""From text to the terms that lexical search compares; the only door to PyStemmer.

Words are folded (case, diacritics, typographic forms) and stemmed in their language; codes and numbers stay whole and
yield their pieces too; scripts without spaces yield overlapping pairs of characters.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import Stemmer

from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ANALYSIS = 1  # raised when the same text begins to yield other terms

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
_UNSPACED = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_WORD = re.compile(rf"[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|(?<=\w)['’](?=\w))+(?:[-._/:](?=\w)[^\W_{_UNSPACED}]+)*")
_ASCII_WORD = re.compile(r"(?:[a-z0-9]+|(?<=\w)'(?=\w))+(?:[-._/:](?=\w)[a-z0-9]+)*")  # the same, and faster
_PIECE = re.compile(r"[^\W_]+")
_RUN = re.compile(r"\S+")
_FIRST_UNSPACED = re.compile(rf"[{_UNSPACED}]")


def terms(text: str, language: str | None) -> list[str]:
    """Return the terms of `text` in order, each as often as it occurs."""
    plain = folded(text)
    words = (_ASCII_WORD if plain.isascii() else _WORD).findall(plain)
    return list(chain.from_iterable(map(_words_in(language or "en"), words)))


def terms_at(text: str, language: str | None) -> list[tuple[int, list[str]]]:
    """Return where each run of characters between spaces starts in `text`, and its terms."""
    return [(run.start(), terms(run[0], language)) for run in _RUN.finditer(text)]


def stems(words: list[str], language: str | None) -> list[str]:
    """Return the stem of each folded word; nothing of them is remembered, since most are no words at all."""
    stemmer = _forgetful(language or "en")
    return stemmer.stemWords(words) if stemmer else words


@cache
def _forgetful(language: str) -> Any:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name, 0) if name else None


@cache
def _words_in(language: str) -> Callable[[str], tuple[str, ...]]:
    """Return the function that gives the terms of a folded word, and remembers those of many words."""
    name = _STEMMERS.get(language)
    stem = Stemmer.Stemmer(name).stemWord if name else str
    return lru_cache(maxsize=1 << 16)(lambda word: tuple(_terms_of(word, stem)))


def _terms_of(word: str, stem: Any) -> Iterator[str]:
    if _FIRST_UNSPACED.match(word):
        yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        return
    pieces = _PIECE.findall(word.replace("'", "") if "'" in word[-3:] else word)
    yield from (stem(piece) for piece in pieces)
    if len(pieces) > 1 and any(piece[-1].isdigit() for piece in pieces):
        yield word  # a code or version such as v2.4.1 is a term of its own
