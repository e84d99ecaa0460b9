"""A bounded queue in which nobody waits behind all that somebody else has asked: askers are served in turn.

Pure: it refuses to know what waits and who serves.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from briefbot.errors import Overloaded

T = TypeVar("T")


@dataclass(slots=True)
class FairQueue(Generic[T]):
    """What waits, one line for each asker; at most `most` wait in all."""

    most: int
    _lines: OrderedDict[int, deque[T]] = field(default_factory=OrderedDict, init=False)
    _count: int = field(default=0, init=False)

    def __len__(self) -> int:
        return self._count

    def put(self, asker: int, item: T) -> None:
        """Let an item wait. Raises Overloaded where as many wait as may."""
        if self._count >= self.most:
            raise Overloaded("Too many questions wait; ask again in a moment.")
        self._lines.setdefault(asker, deque()).append(item)
        self._count += 1

    def take(self) -> T:
        """Return the first item of the asker whose turn it is. Raises LookupError where nothing waits."""
        asker, line = next(iter(self._lines.items()), (0, None))
        if line is None:
            raise LookupError("nothing waits")
        self._count -= 1
        item = line.popleft()
        del self._lines[asker]
        if line:
            self._lines[asker] = line  # behind everybody else
        return item

    def drop(self, asker: int, item: T) -> None:
        """Take an item out, if it still waits."""
        line = self._lines.get(asker)
        if line is None or item not in line:
            return
        line.remove(item)
        self._count -= 1
        if not line:
            del self._lines[asker]
