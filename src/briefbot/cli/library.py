"""What answers from a generation, put together in one place for every command that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from briefbot.answering import Library, open_library
from briefbot.cli.encoders import answering_encoder
from briefbot.search.sources import DenseSource, LexicalSource, Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from briefbot.embedding.encoder import Encoder
    from briefbot.index.generation import Generation
    from briefbot.settings import Settings


def library_of(generation: Generation, encoder: Encoder, settings: Settings) -> Library:
    """Return the library of an open generation. Raises ForeignIndex where it was made with another model.

    From then on, numpy multiplies in the thread that asks: a question's products are small, and where other processes
    have work to do, waiting for a second thread took most of the time.
    """
    threadpool_limits(1, user_api="blas")
    sources: list[Source] = [DenseSource(generation), LexicalSource(generation)]
    return open_library(generation, encoder, sources, settings.links)


class Libraries:
    """Opens one generation after the other; generations that were made with the same model share its encoder."""

    def __init__(self, settings: Settings, plain: Callable[[str], Encoder]) -> None:
        self._settings = settings
        self._plain = plain
        self._encoder: Encoder | None = None

    def open(self, generation: Generation) -> Library:
        """Return the library of a generation. Raises ForeignIndex where it was made with another model."""
        if self._encoder is None or self._encoder.identity != generation.manifest.encoder.identity:
            self._encoder = answering_encoder(generation, self._settings, self._plain)
        return library_of(generation, self._encoder, self._settings)
