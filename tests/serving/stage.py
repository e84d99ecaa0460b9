"""What the tests of serving stand on: a library with an encoder of their own, and waiting for what a thread does."""

from __future__ import annotations

import asyncio
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


async def until(condition: Callable[[], object]) -> None:
    """Return when something has come true that happens in a thread or another process."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - nobody there knows of an event of this loop
            await asyncio.sleep(0.001)
