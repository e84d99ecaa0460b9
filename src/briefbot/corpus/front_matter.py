"""The front matter of Markdown: YAML between lines of ``---``, or TOML between lines of ``+++``.

This module knows where front matter ends and what it says. It refuses to know Markdown.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

from briefbot.corpus.metadata import metadata_of
from briefbot.model import Metadata

_LONGEST = 65_536  # YAML is read slowly, and nobody says that much about a document
_OPENING = re.compile(r"(---|\+\+\+)[ \t]*(?:\r\n|\r|\n)")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\r\n|\r|\n|\Z)", re.MULTILINE),
}
_KEYS = {
    "title": ("title",),
    "author": ("author", "authors", "by"),
    "date": ("date", "published", "created", "updated", "lastmod"),
    "url": ("url", "canonical", "canonical_url", "link", "permalink"),
    "language": ("lang", "language", "locale"),
}
_BROKEN = "its front matter cannot be read and was left out"


class FrontMatter(NamedTuple):
    """What it says, the offset at which the text goes on, and remarks for the operator."""

    metadata: Metadata
    end: int
    remarks: tuple[str, ...]


NO_FRONT_MATTER = FrontMatter(Metadata(), 0, ())


def read_front_matter(text: str) -> FrontMatter:
    """Return the front matter that `text` begins with; a broken one is passed over with a remark."""
    opening = _OPENING.match(text)
    closing = _CLOSING[opening[1]].search(text, opening.end(), opening.end() + _LONGEST) if opening else None
    if opening is None or closing is None:
        return NO_FRONT_MATTER
    table = _table(opening[1], text[opening.end() : closing.start()])
    if table is None:
        return FrontMatter(Metadata(), closing.end(), (_BROKEN,))
    lowered = {str(key).lower(): value for key, value in table.items()}
    return FrontMatter(metadata_of(lowered, _KEYS), closing.end(), ())


def _table(fence: str, text: str) -> dict[Any, Any] | None:
    import yaml

    try:
        # The base loader makes texts of all values, so 2023-99-99 is a bad date and not an exception.
        table = tomllib.loads(text) if fence == "+++" else yaml.load(text, yaml.BaseLoader)  # noqa: S506
    except (tomllib.TOMLDecodeError, yaml.YAMLError, RecursionError, ValueError):
        return None
    return table if isinstance(table, dict) else {} if table in (None, "") else None
