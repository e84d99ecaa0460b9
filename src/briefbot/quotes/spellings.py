"""Tells when two spellings mean one speaker: case, diacritics, hyphens, initials and titles do not part them.

A bare surname is no spelling of a whole name; which whole name it stands for is decided document by document in
`naming`. An operator's list of aliases comes before every rule.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from briefbot.quotes.words import words_for
from briefbot.wording import folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_POSSESSIVE = re.compile(r"['’]s?(?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\.?")
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ`](?=\w)")
_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
_ARTICLES = frozenset(("the", "a", "an"))


def speaker_key(name: str, aliases: Mapping[str, str] | None = None) -> str:
    """Return what all spellings of a speaker have in common but for initials; empty where nothing is left.

    `aliases` leads from spellings to the name that they stand for; their own spelling matters as little.
    """
    key = _key(name)
    if not aliases:
        return key
    return next((_key(meant) for alias, meant in aliases.items() if _key(alias) == key), key)


def same_speaker(one: str, other: str, aliases: Mapping[str, str] | None = None) -> bool:
    """Tell whether two names are spellings of one: "Dr. J. Müller" and "Jana Muller", "Kim Jong-un" and "KIM JONG UN".

    Initials agree with the names that they begin. A surname alone agrees with nothing but itself.
    """
    mine, theirs = speaker_key(one, aliases).split(), speaker_key(other, aliases).split()
    if not mine or not theirs:
        return False
    return mine == theirs or (
        mine[-1] == theirs[-1] and min(len(mine), len(theirs)) > 1 and _agree(mine[:-1], theirs[:-1])
    )


def may_name(short: str, whole: str, aliases: Mapping[str, str] | None = None) -> bool:
    """Tell whether `short` may stand for `whole`: a spelling of it, or words of it in order, such as the surname."""
    if same_speaker(short, whole, aliases):
        return True
    mine, theirs = speaker_key(short, aliases).split(), iter(speaker_key(whole, aliases).split())
    return bool(mine) and all(word in theirs for word in mine)


def is_pronoun(name: str) -> bool:
    """Tell whether what a speaker is called is no name: "I", "they", "others"."""
    return name.lower() in _pronouns()


def _agree(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Tell whether given names agree: the first ones do, and of the others those that both have, initials counted."""
    if not _alike(mine[0], theirs[0]):
        return False
    shorter, longer = sorted((list(mine[1:]), list(theirs[1:])), key=len)
    left = iter(longer)
    return all(any(_alike(word, candidate) for candidate in left) for word in shorter)


def _alike(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _key(name: str) -> str:
    plain = _APOSTROPHES.sub("", _POSSESSIVE.sub("", _BRACKETS.sub(" ", name)))
    words = [word for found in _WORD.findall(folded(plain)) for word in _initials(found)]
    while len(words) > 1 and words[0] in _titles():
        words = words[1:]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words = words[:-1]
    return " ".join(words)


def _initials(word: str) -> list[str]:
    """Return the letters of "J.R." apart, and any other word without its full stop."""
    parts = word.strip(".").split(".")
    return parts if all(len(part) == 1 for part in parts) else ["".join(parts)]


@cache
def _pronouns() -> frozenset[str]:
    words = words_for(None)
    return words.subjects | words.masculine | words.feminine | words.plural | words.first | words.neuter


@cache
def _titles() -> frozenset[str]:
    """Return the titles of all languages as keys have them, and what may stand before them."""
    words = words_for(None)
    return frozenset(folded(title).strip(".-") for title in words.all_titles) | _ARTICLES
