"""Words that turn what stands beside them into something else: negations, conditions and hedges, in six languages.

The words stand in `cautions.json` beside this module: lists that err on the side of warning. Negations of every
language count in any text, because the language of a document may be told wrongly and a negation that is overlooked
costs more than a needless warning. Conditions and hedges count in their own language, and all of them where a
document's language is not among the six. This module refuses to know where in a sentence they matter.
"""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from briefbot.checking.folding import key, words
from briefbot.checking.verdicts import Cause, Caveat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from briefbot.checking.folding import Word

AROUND = 4  # words that are shown before and after one

_CAUSES = {"negation": Cause.NEGATION, "condition": Cause.CONDITION, "hedge": Cause.HEDGE}


class _Lists(NamedTuple):
    """Phrases by their first key, and the endings and inner parts of words that negate."""

    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], Cause]]]
    endings: tuple[str, ...]
    parts: tuple[str, ...]


def cautions(text: str, language: str | None) -> tuple[Caveat, ...]:
    """Return the first of each cause in a piece of text, with the words around it."""
    found = words(text)
    keys = [key(word.form) for word in found]
    first: dict[Cause, Caveat] = {}
    for place, length, cause in _hits(keys, _lists(language)):
        first.setdefault(cause, Caveat(cause, _around(text, found, place, length)))
    return tuple(first.values())


def negates(text: str, language: str | None) -> bool:
    """Tell whether a piece of text has a negation."""
    return any(caution.cause is Cause.NEGATION for caution in cautions(text, language))


def _hits(keys: Sequence[str], lists: _Lists) -> Iterator[tuple[int, int, Cause]]:
    for place, word in enumerate(keys):
        for phrase, cause in lists.phrases.get(word, ()):
            if tuple(keys[place : place + len(phrase)]) == phrase:
                yield place, len(phrase), cause
        if word.endswith(lists.endings) or any(part in word[1:] for part in lists.parts):
            yield place, 1, Cause.NEGATION


def _around(text: str, found: Sequence[Word], place: int, length: int) -> str:
    shown = found[max(0, place - AROUND) : place + length + AROUND]
    return " ".join(text[shown[0].start : shown[-1].end].split())


@cache
def _lists(language: str | None) -> _Lists:
    data = json.loads(resources.files("briefbot.checking").joinpath("cautions.json").read_text("utf-8"))
    phrases: defaultdict[str, list[tuple[tuple[str, ...], Cause]]] = defaultdict(list)
    for name, lists in data.items():
        for kind, cause in _CAUSES.items():
            if kind == "negation" or language == name or language not in data:
                _add(phrases, lists[kind], cause)
    turkish = data["tr"] if language == "tr" or language not in data else {}
    endings = (*data["en"]["negation_endings"], *turkish.get("negation_endings", ()))
    return _Lists(phrases, endings, tuple(turkish.get("negation_parts", ())))


def _add(phrases: defaultdict[str, list[tuple[tuple[str, ...], Cause]]], listed: Sequence[str], cause: Cause) -> None:
    for phrase in listed:
        keys = tuple(key(word.form) for word in words(phrase))
        phrases[keys[0]].append((keys, cause))
