from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbot.errors import Overloaded
from briefbot.serving.fairness import FairQueue


def queue(*items: tuple[int, str], most: int = 100) -> FairQueue[str]:
    filled: FairQueue[str] = FairQueue(most)
    for asker, item in items:
        filled.put(asker, item)
    return filled


def taken(waiting: FairQueue[str]) -> list[str]:
    return [waiting.take() for _ in range(len(waiting))]


def test_askers_are_served_in_turn_and_each_in_his_own_order() -> None:
    waiting = queue((1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2"))
    assert taken(waiting) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_later_waits_for_one_of_each_other() -> None:
    waiting = queue((1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (2, "b2"))
    assert waiting.take() == "a1"
    waiting.put(3, "c1")
    assert taken(waiting) == ["b1", "a2", "c1", "b2", "a3"]


def test_beyond_the_bound_nobody_may_wait() -> None:
    waiting = queue((1, "a"), (2, "b"), most=2)
    with pytest.raises(Overloaded, match=r"^Too many questions wait; ask again in a moment\.$"):
        waiting.put(3, "c")
    waiting.take()
    waiting.put(3, "c")
    assert taken(waiting) == ["b", "c"]


def test_what_is_dropped_is_not_served_and_makes_room() -> None:
    waiting = queue((1, "a1"), (1, "a2"), (2, "b1"), most=3)
    waiting.drop(1, "a1")
    waiting.drop(2, "b1")
    waiting.drop(2, "b1")
    waiting.drop(3, "never there")
    assert len(waiting) == 1
    waiting.put(2, "b2")
    waiting.put(2, "b3")
    assert taken(waiting) == ["a2", "b2", "b3"]


def test_nothing_can_be_taken_where_nothing_waits() -> None:
    with pytest.raises(LookupError):
        queue().take()


@given(st.lists(st.integers(0, 4), max_size=40))
def test_between_two_turns_of_an_asker_nobody_has_two(askers: list[int]) -> None:
    waiting: FairQueue[tuple[int, int]] = FairQueue(40)
    for number, asker in enumerate(askers):
        waiting.put(asker, (asker, number))
    order = [waiting.take() for _ in askers]
    assert sorted(number for _, number in order) == list(range(len(askers)))
    for asker in set(askers):
        turns = [i for i, (who, _) in enumerate(order) if who == asker]
        assert [order[i][1] for i in turns] == [n for n, who in enumerate(askers) if who == asker]
        for first, second in pairwise(turns):
            between = [who for who, _ in order[first + 1 : second]]
            assert len(between) == len(set(between))
