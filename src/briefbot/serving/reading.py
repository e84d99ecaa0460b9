"""What is read from an open generation besides answers: a passage by reference, the paragraphs around it, documents.

Every function takes the asker's `Scope`, and what lies outside it does not exist. This module refuses to know how what
it returns is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from briefbot.answering import excerpt_of
from briefbot.corpus.freshness import is_gone
from briefbot.model import Span
from briefbot.serving.references import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from briefbot.answering import Library
    from briefbot.model import Excerpt, Passage, Scope
    from briefbot.serving.references import Reference


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive paragraphs of one document; `cited` is the place of the one that was asked for, or None."""

    paragraphs: tuple[Excerpt, ...]
    cited: int | None


def excerpt_at(library: Library, scope: Scope, reference: Reference) -> Excerpt | None:
    """Return the passage that a reference names, or None where those words are gone or may not be seen."""
    passage = _passage(library, scope, reference)
    if passage is None:
        return None
    return excerpt_of(passage, library, highlight=_highlight(passage, reference))


def around(library: Library, scope: Scope, reference: Reference, reach: int) -> Stretch | None:
    """Return a passage with up to `reach` paragraphs before and after it, or None where it is gone."""
    passage = _passage(library, scope, reference)
    if passage is None:
        return None
    first = max(1, passage.number - reach)
    passages = _numbered(library, passage.document, range(first, passage.number + reach + 1))
    excerpts = tuple(
        excerpt_of(each, library, highlight=_highlight(each, reference) if each.number == passage.number else _NOTHING)
        for each in passages
    )
    return Stretch(excerpts, passage.number - first)


def paragraphs(library: Library, scope: Scope, name: str, numbers: range) -> Stretch | None:
    """Return paragraphs of a document by number, or None where there are none of these or it may not be seen."""
    if name not in library.generation.documents or not scope.allows(name) or _is_gone(library, name):
        return None
    found = tuple(excerpt_of(passage, library, highlight=_NOTHING) for passage in _numbered(library, name, numbers))
    return Stretch(found, None) if found else None


def place_of(names: Iterable[str], wanted: str) -> str | None:
    """Return the document or folder, among those of `names`, whose hash is `wanted`."""
    known = {place: None for name in names for place in places(name)}
    return next((place for place in known if hash_of(place) == wanted), None)


def places(name: str) -> tuple[str, ...]:
    """Return a document's name and the folders it is in, outermost first."""
    folders = [i for i, character in enumerate(name) if character == "/"]
    return (*(name[:i] for i in folders), name)


_NOTHING = Span(0, 0)


def _passage(library: Library, scope: Scope, reference: Reference) -> Passage | None:
    visible = (name for name in library.generation.documents if scope.allows(name))
    name = next((name for name in visible if hash_of(name) == reference.document), None)
    if name is None or _is_gone(library, name):
        return None
    near = _numbered(library, name, range(reference.number, reference.number + 1))
    everywhere = library.generation.passages(name)
    candidates = (passage for passages in (near, everywhere) for passage in passages)
    return next((passage for passage in candidates if hash_of(passage.text) == reference.words), None)


def _numbered(library: Library, name: str, numbers: range) -> list[Passage]:
    """Return the passages of a document with these numbers; they are numbered from 1 in the order of their rows."""
    listed = library.generation.documents[name]
    segment = library.generation.segments[listed.segment]
    rows = segment.rows_of(listed.row)
    return [segment.passage(rows[number - 1]) for number in numbers if 1 <= number <= len(rows)]


def _highlight(passage: Passage, reference: Reference) -> Span:
    fits = 0 <= reference.start <= reference.end <= len(passage.text)
    return Span(reference.start, reference.end) if fits else Span(0, len(passage.text))


def _is_gone(library: Library, name: str) -> bool:
    return is_gone(Path(library.generation.manifest.corpus), name)
