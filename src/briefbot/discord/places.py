"""Documents and folders by what somebody types: completion from memory, and what a typed name means.

This module refuses to know who asks: it is given the documents that may be named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.discord.limits import CHOICE, CHOICES, clipped, length
from briefbot.harmless import one_line
from briefbot.serving.reading import places
from briefbot.serving.references import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from briefbot.reports import DocumentLine

_HASHED = "#"


def completions(documents: Iterable[DocumentLine], typed: str) -> list[tuple[str, str]]:
    """Return up to 25 documents and folders that fit what was typed, as (shown, meant); the best begin with it."""
    wanted = typed.strip().casefold()
    titles = {place: title for line in documents for place, title in _named(line)}
    found = [place for place, title in titles.items() if wanted in place.casefold() or wanted in title.casefold()]
    found.sort(key=lambda place: (not _begins(place, titles[place], wanted), place.count("/"), place.casefold()))
    return [(_shown(place, titles[place]), _meant(place)) for place in found[:CHOICES]]


def resolved(documents: Sequence[DocumentLine], typed: str) -> str | None:
    """Return the document or folder that was chosen or typed, or None where there is none or more than one."""
    titles = {place: title for line in documents for place, title in _named(line)}
    exact = [place for place in titles if typed in (place, f"{place}/", _meant(place))]
    if exact:
        return exact[0]
    wanted = typed.strip().rstrip("/").casefold()
    same = [place for place, title in titles.items() if wanted in (place.casefold(), title.casefold())]
    near = same or [place for place in titles if wanted and wanted in place.casefold()]
    return near[0] if len(near) == 1 else None


def _named(line: DocumentLine) -> list[tuple[str, str]]:
    """Return the folders of a document, which have no title, and the document with its own."""
    *folders, name = places(line.name)
    return [*((folder, "") for folder in folders), (name, one_line(line.title) or one_line(name))]


def _begins(place: str, title: str, wanted: str) -> bool:
    own = place.rsplit("/", 1)[-1].casefold()
    return place.casefold().startswith(wanted) or own.startswith(wanted) or title.casefold().startswith(wanted)


def _shown(place: str, title: str) -> str:
    name = one_line(place) if title else f"{one_line(place)}/"
    return clipped(f"{name} · {title}" if title and title != name else name, CHOICE)


def _meant(place: str) -> str:
    """Return what Discord gives back for a choice: the place, or its hash where it is too long."""
    return place if length(place) <= CHOICE else f"{_HASHED}{hash_of(place)}"
