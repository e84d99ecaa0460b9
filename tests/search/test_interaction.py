"""A passage's words answer to a question's, computed once more without any shortcut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefbot.codes import decoded
from briefbot.search.interaction import BLOCK, STRETCHES, interaction

LENGTHS = st.lists(st.integers(0, 40), min_size=1, max_size=6)


def mean_of_best(pieces: np.ndarray, weights: np.ndarray, passage: np.ndarray) -> float:
    return float((weights * (pieces @ passage.T).max(axis=1)).sum() / weights.sum())


def best_stretch(pieces: np.ndarray, weights: np.ndarray, passage: np.ndarray, blocks: int) -> float:
    starts = range(0, len(passage), BLOCK)
    return max(mean_of_best(pieces, weights, passage[start : start + blocks * BLOCK]) for start in starts)


def mean_of_pairs(pieces: np.ndarray, weights: np.ndarray, passage: np.ndarray) -> float:
    if len(passage) < 2:
        return 0.0
    cosines = pieces @ passage.T
    shares = [(weights[i] * weights[i + 1]) ** 0.5 for i in range(len(pieces) - 1)]
    best = [
        max((cosines[i, j] + cosines[i + 1, j + 1]) / 2 for j in range(len(passage) - 1)) for i in range(len(shares))
    ]
    return sum(share * it for share, it in zip(shares, best, strict=True)) / sum(shares)


@settings(deadline=None)
@given(lengths=LENGTHS, seed=st.integers(0, 99))
def test_it_is_the_weighed_mean_of_the_best_cosines_of_stretches_and_of_pairs(lengths: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    pieces = chance.standard_normal((5, 16)).astype(np.float32)
    pieces /= np.linalg.norm(pieces, axis=1, keepdims=True)
    weights = chance.random(5) + 0.01
    codes = [chance.integers(0, 256, (length, 4), np.uint8) for length in lengths]
    found = interaction(pieces, weights, codes)
    for i, its_codes in enumerate(codes):
        scores = [*(stretch[i] for stretch in found.stretches), found.pairs[i]]
        if not len(its_codes):
            assert scores == [0] * 4
            continue
        passage = decoded(its_codes)
        expected = [
            *(best_stretch(pieces, weights, passage, blocks) for blocks in STRETCHES),
            mean_of_pairs(pieces, weights, passage),
        ]
        assert scores == pytest.approx(expected, abs=1e-5)


def test_without_pieces_or_weights_there_is_nothing_to_compare() -> None:
    codes = [np.ones((3, 4), np.uint8)]
    nothing = interaction(np.empty((0, 16), np.float32), np.empty(0), codes)
    weightless = interaction(np.ones((1, 16), np.float32), np.zeros(1), codes)
    scores = [it.tolist() for one in (nothing, weightless) for it in (*one.stretches, one.pairs)]
    assert scores == [[0.0]] * 8
