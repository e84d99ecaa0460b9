"""Finds every quotation in a document, and tells who said it, as far as the document tells.

`quotations` is the door: a document and its passages in, quotations out, in the document's order. Marks are paired,
what was said is told from what only stands between marks, quotations are credited to speakers, and what is only
reported is kept as another kind. Nothing here knows where documents come from or where quotations are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.model import Quotation
from briefbot.quotes.attributing import beside, credited, reports, scene_of
from briefbot.quotes.judging import said_segments
from briefbot.quotes.outline import outline_of
from briefbot.quotes.spellings import may_name, same_speaker, speaker_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from briefbot.model import Document, Passage

EXTRACTION = 2  # raised when the same document begins to yield other quotations

__all__ = ["EXTRACTION", "may_name", "quotations", "same_speaker", "speaker_key"]


def quotations(document: Document, passages: Sequence[Passage]) -> tuple[Quotation, ...]:
    """Return what was said according to a document, in its order; `passages` are the document's, in theirs."""
    outline = outline_of(document, passages)
    said = said_segments(outline)
    scene = scene_of(outline, beside(outline, said))
    found = sorted((*credited(scene, said), *reports(scene)), key=lambda one: (one.span.start, one.span.end))
    numbers: dict[object, int] = {}
    return tuple(
        Quotation(
            document=document.name,
            utterance=numbers.setdefault(one.utterance, len(numbers) + 1),
            kind=one.kind,
            span=one.span,
            text=one.span.of(document.text),
            context=outline.context(one.paragraph, one.span),
            attribution=one.attribution,
        )
        for one in found
    )
