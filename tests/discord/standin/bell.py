"""Wakes whoever waits for something to become true; knows nothing of what that is."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")


class NothingHappened(AssertionError):
    """What a test waited for did not come in time."""


class Bell:
    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def until(self, look: Callable[[], Found | None], what: str, seconds: float) -> Found:
        """Return the first thing `look` gives that counts as true. Raises NothingHappened after `seconds`."""
        end = perf_counter() + seconds
        while not (found := look()):
            if perf_counter() >= end:
                raise NothingHappened(f"waited {seconds:g} s for {what}")
            future = asyncio.get_running_loop().create_future()
            self._waiting.add(future)
            await asyncio.wait([future], timeout=max(0.0, end - perf_counter()))
            self._waiting.discard(future)
        return found
