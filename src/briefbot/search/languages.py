"""In which languages a question's words are looked for: those of the documents, of which its own may be one.

Three words are too few to tell a language by, and what matters is how the passages' words were stemmed. So the
languages that are common among the visible passages count, and what the question seems to be in only where a passage is
in it.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from briefbot.corpus.language import language_of
from briefbot.search.analysis import asked_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from briefbot.index.generation import Generation, Visible

_COMMON = 0.1  # share of the visible passages
_UNKNOWN = "en"  # what passages are analysed as whose language is not known


def asked_languages(text: str, generation: Generation, visible: Visible) -> tuple[str, ...]:
    """Return the languages by which a question is analysed: its own, where it is one of the documents', comes first."""
    counts: dict[str, int] = {}
    for language, count in generation.common_languages(visible).items():
        counts[language or _UNKNOWN] = counts.get(language or _UNKNOWN, 0) + count
    own = language_of(text) or _UNKNOWN
    common = [language for language, count in counts.items() if count >= _COMMON * sum(counts.values())]
    return tuple(dict.fromkeys([own, *common] if own in counts or not common else common))


def terms_in(text: str, languages: Sequence[str], is_held: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the distinct terms of a question in normalised form, in order.

    Of a word that has other terms in other languages, those are taken that a passage holds, else those of the first.
    """
    first, *others = languages
    if not others:
        return tuple(dict.fromkeys(asked_terms(text, first)))
    ways = (dict.fromkeys(tuple(asked_terms(word, it)) for it in languages) for word in text.split())
    return tuple(dict.fromkeys(chain.from_iterable(_chosen(list(of_word), is_held) for of_word in ways)))


def _chosen(ways: Sequence[tuple[str, ...]], is_held: Callable[[str], bool]) -> tuple[str, ...]:
    if len(ways) == 1:
        return ways[0]
    held = tuple(term for way in ways for term in way if is_held(term))
    return held or ways[0]
