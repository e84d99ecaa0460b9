"""How a test opens a library, as the command line does, with an encoder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from briefbot.answering import Library, open_library
from briefbot.search.sources import DenseSource, LexicalSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation


def library_with(encoder: Encoder) -> Callable[[Generation], Library]:
    """Return what opens a library with this encoder."""
    return lambda generation: open_library(
        generation, encoder, [DenseSource(generation), LexicalSource(generation)], ()
    )
