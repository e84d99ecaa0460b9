"""What answers from a generation, put together in one place for every command that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.answering import Library, open_library
from briefbot.search.sources import DenseSource, LexicalSource, Source

if TYPE_CHECKING:
    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation
    from briefbot.settings import Settings


def library_of(generation: Generation, encoder: Encoder, settings: Settings) -> Library:
    """Return the library of an open generation. Raises ForeignIndex where it was made with another model."""
    sources: list[Source] = [DenseSource(generation), LexicalSource(generation)]
    return open_library(generation, encoder, sources, settings.links)
