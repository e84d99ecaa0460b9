"""The words by which quotations are told and introduced, in each language: one small file a language.

A document is read with the words of its own language and with the English ones, unless its language is none of those
that there are; then with all. This module finds lists; what they are good for is decided elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

LANGUAGES = ("en", "de", "es", "ru", "tr", "zh")
_LISTS = (
    "cues", "sayings", "between", "that", "articles", "linking", "masculine", "feminine", "plural", "first", "neuter",
    "subjects", "titles_masculine", "titles_feminine", "titles", "people", "names_things", "doubted", "elided",
    "not_names", "reporting", "bodies", "closing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of one or several languages, in small letters; each is described in `languages/en.toml`.

    `introducing` are the cues and what introduces speech as they do ("according"), `all_titles` the titles of men, of
    women, and of either.
    """

    cues: frozenset[str]
    sayings: frozenset[str]
    between: frozenset[str]
    that: frozenset[str]
    articles: frozenset[str]
    linking: frozenset[str]
    masculine: frozenset[str]
    feminine: frozenset[str]
    plural: frozenset[str]
    first: frozenset[str]
    neuter: frozenset[str]
    subjects: frozenset[str]
    titles_masculine: frozenset[str]
    titles_feminine: frozenset[str]
    titles: frozenset[str]
    people: frozenset[str]
    names_things: frozenset[str]
    doubted: frozenset[str]
    elided: frozenset[str]
    not_names: frozenset[str]
    reporting: frozenset[str]
    bodies: frozenset[str]
    closing: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    unspaced: re.Pattern[str]
    introducing: frozenset[str]
    all_titles: frozenset[str]


def words_for(language: str | None) -> Words:
    """Return the words by which a text in that language is read."""
    if language is None or language not in LANGUAGES:
        return _words(LANGUAGES)
    return _words(tuple(dict.fromkeys((language, "en"))))


@cache
def _words(languages: tuple[str, ...]) -> Words:
    tables = [_table(language) for language in languages]
    lists = {name: frozenset(word for table in tables for word in table[name]) for name in _LISTS}
    lists["cues"] |= lists["reporting"]
    phrases = {tuple(phrase.split()) for table in tables for phrase in table["phrases"]}
    single = {phrase[0] for phrase in phrases if len(phrase) == 1 or phrase[1] == "to"}
    return Words(
        phrases=tuple(sorted(phrases)),
        unspaced=_unspaced(),
        introducing=lists["cues"] | single,
        all_titles=lists["titles"] | lists["titles_masculine"] | lists["titles_feminine"],
        **lists,
    )


@cache
def _table(language: str) -> dict[str, list[str]]:
    file = resources.files("briefbot.quotes").joinpath("languages", f"{language}.toml")
    table = tomllib.loads(file.read_text("utf-8"))
    return {name: value.split() if isinstance(value, str) else list(value) for name, value in table.items()}


@cache
def _unspaced() -> re.Pattern[str]:
    """Return what divides Chinese, which has no spaces: its listed words, the longest first."""
    table = _table("zh")
    kinds = ("cues", "between", "masculine", "feminine", "plural", "first", "phrases", "doubted")
    listed = {word for kind in kinds for word in table[kind]}
    longest_first = sorted(listed, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)))
