from __future__ import annotations

import random

import numpy as np
import pytest

from briefbot.index.keys import KeyRows


def keys_of(numbers: list[int]) -> np.ndarray:
    return np.frombuffer(b"".join(number.to_bytes(16, "little") for number in numbers), np.uint8).reshape(-1, 16)


@pytest.mark.parametrize("seed", range(20))
def test_it_finds_what_a_dictionary_finds(seed: int) -> None:
    chance = random.Random(seed)
    numbers = [chance.getrandbits(128) for _ in range(2_000)]
    known = KeyRows()
    expected: dict[int, int] = {}
    while len(expected) < 1_000:
        portion = numbers[len(expected) : len(expected) + chance.choice([0, 1, 2, 50, 300])]
        known.add(keys_of(portion))
        expected |= {number: len(expected) + i for i, number in enumerate(portion)}
        wanted = chance.sample(numbers, 500)
        rows, places = known.find(keys_of(wanted))
        assert {wanted[place]: row for row, place in zip(rows.tolist(), places.tolist(), strict=True)} == {
            number: expected[number] for number in wanted if number in expected
        }
    assert len(known) == len(expected)


def test_a_key_that_shares_half_of_another_is_another() -> None:
    known = KeyRows(keys_of([5 << 64 | 1, 6 << 64 | 2]))
    rows, places = known.find(keys_of([7 << 64 | 1, 5 << 64 | 3, 6 << 64 | 2]))
    assert (rows.tolist(), places.tolist()) == ([1], [2])


def test_nothing_is_found_among_nothing() -> None:
    rows, places = KeyRows().find(keys_of([1, 2]))
    assert (len(rows), len(places)) == (0, 0)
    rows, places = KeyRows(keys_of([1])).find(keys_of([]))
    assert (len(rows), len(places)) == (0, 0)
