"""What was asked and answered before, in one place and for a while.

A place is a channel, or one person's private answers in it, so that nobody's private question shows in another's
answer. Everything is in memory, bounded, and forgotten after half an hour. This module refuses to know how an earlier
question changes a later one.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIFE = 30 * 60  # seconds
TURNS = 6  # questions with their answers
PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, or what one person (`alone`) is answered alone there."""

    channel: int
    alone: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and the words that answered it; empty where nothing did."""

    question: str
    answer: str


@dataclass(slots=True)
class Conversations:
    """The last turns of each place; `clock` gives seconds and never goes back."""

    clock: Callable[[], float]
    _turns: OrderedDict[Place, deque[tuple[float, Turn]]] = field(default_factory=OrderedDict, init=False)

    def add(self, place: Place, turn: Turn) -> None:
        """Remember a turn; the place that was silent longest is forgotten where there are too many."""
        turns = self._turns.setdefault(place, deque(maxlen=TURNS))
        turns.append((self.clock(), turn))
        self._turns.move_to_end(place)
        while self._turns and (len(self._turns) > PLACES or self._is_over(next(iter(self._turns.values())))):
            self._turns.popitem(last=False)

    def turns(self, place: Place) -> tuple[Turn, ...]:
        """Return the turns of a place that are not over, oldest first."""
        recent = self.clock() - LIFE
        return tuple(turn for added, turn in self._turns.get(place, ()) if added > recent)

    def forget(self, alone: int) -> None:
        """Forget what somebody was answered alone."""
        for place in [place for place in self._turns if place.alone == alone]:
            del self._turns[place]

    def _is_over(self, turns: deque[tuple[float, Turn]]) -> bool:
        return turns[-1][0] <= self.clock() - LIFE


def history(turns: tuple[Turn, ...]) -> tuple[str, ...]:
    """Return questions and answers in turn, oldest first, as `Question.history` has them."""
    return tuple(text for turn in turns for text in (turn.question, turn.answer))
