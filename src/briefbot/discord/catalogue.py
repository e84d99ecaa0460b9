"""Every text that the bot says, in each language: one file a language, all with the same keys.

A text may hold named places ({count}). This module finds texts; it refuses to know where they are shown.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "de", "es", "ru", "tr", "zh")
SOURCE = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its places filled in. Raises KeyError for a text that there is not."""
        return self.texts[key].format(**values)


def words_for(locale: str | None) -> Words:
    """Return the texts for one of Discord's locales ("de", "es-419", "zh-CN"); English where there are none."""
    language = (locale or SOURCE).partition("-")[0].lower()
    return catalogue(language if language in LANGUAGES else SOURCE)


@cache
def catalogue(language: str) -> Words:
    """Return the texts of a language."""
    file = resources.files("briefbot.discord").joinpath("languages", f"{language}.toml")
    return Words(language, dict(_flat(tomllib.loads(file.read_text("utf-8")))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
